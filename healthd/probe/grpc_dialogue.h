// Asks gRPC's health service (grpc.health.v1.Health), once or by a stream of changes.
//
// Thread safety, ownership, errors: as Dialogue. A watching one is decided with each status that
// comes, and over when the stream is. Limits: 4 KiB for one message.
#pragma once

#include "healthd/probe/http2_dialogue.h"

namespace waypost::probe {

/// The request for `service`, framed (gRPC over HTTP/2, "Requests").
std::string BuildHealthRequest(const std::string& service);

class GrpcDialogue final : public Http2Dialogue {
 public:
  GrpcDialogue(const GrpcSpec& spec, bool is_tls)
      : Http2Dialogue(spec.request, is_tls), watch_(spec.watch) {}

  bool is_over() const override { return over_; }

 private:
  void OnStatus(unsigned status) override;
  void OnField(std::string_view name, std::string_view value) override;
  void OnData(std::string_view bytes) override;
  void OnEnd() override;
  void OnBroken(Failure failure) override;

  void TakeMessages();
  void Judge(std::string_view message);
  void Finish(Failure failure);

  const bool watch_;
  bool over_ = false;
  bool has_status_ = false;
  std::string data_;
  std::string code_;
  std::string words_;
};

}  // namespace waypost::probe
