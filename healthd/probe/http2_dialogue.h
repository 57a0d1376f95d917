// A client's end of an HTTP/2 connection with one request on it (RFC 9113). The only place that
// knows nghttp2.
//
// Thread safety, ownership, errors: as Dialogue. Limits: 16 KiB of header fields.
#pragma once

#include <memory>
#include <string>

#include "healthd/probe/dialogue.h"
#include "healthd/probe/spec.h"

namespace waypost::probe {

class Http2Dialogue : public Dialogue {
 public:
  ~Http2Dialogue() override;
  Http2Dialogue(const Http2Dialogue&) = delete;
  Http2Dialogue& operator=(const Http2Dialogue&) = delete;

  std::string_view Output() final;
  void Feed(std::string_view bytes) final;
  void End() final;

 protected:
  Http2Dialogue(const HttpRequest& request, bool is_tls);

  /// What comes on the stream, in order; interim responses are left out. OnEnd: all of it came.
  virtual void OnStatus(unsigned status) = 0;
  virtual void OnField(std::string_view name, std::string_view value) = 0;
  virtual void OnData(std::string_view bytes) = 0;
  virtual void OnEnd() = 0;
  /// The connection or the stream ended before that.
  virtual void OnBroken(Failure failure) = 0;

 private:
  struct Session;
  std::unique_ptr<Session> session_;
};

}  // namespace waypost::probe
