// Judges a response as its bytes come in, and says so as soon as it can be said.
//
// Thread safety: one thread. Ownership: keeps a reference to the spec. Errors: whatever the server
// sends becomes a failed layer and words; limits: 16 KiB of header, the first 64 KiB of body.
#pragma once

#include <memory>
#include <string_view>

#include "healthd/probe/outcome.h"
#include "healthd/probe/spec.h"

namespace waypost::probe {

class ResponseCheck {
 public:
  explicit ResponseCheck(const Spec& spec);
  ~ResponseCheck();

  /// The next bytes of the response; true: decided, no more are wanted.
  bool Feed(std::string_view bytes);
  /// The server closed the connection: decides.
  void End();

  /// Once decided.
  v1::Layer failed_layer() const { return failed_layer_; }
  const std::string& detail() const { return detail_; }

 private:
  struct Parser;

  bool Parse();
  bool CheckStatus();
  bool CheckBody();
  bool Pass();
  bool Reject(v1::Layer layer, std::string detail);

  const Spec& spec_;
  std::unique_ptr<Parser> parser_;
  bool header_checked_ = false;
  size_t searched_ = 0;  // bytes of the body in which the expected text does not begin
  v1::Layer failed_layer_ = v1::LAYER_RESPONSE;
  std::string detail_;
};

}  // namespace waypost::probe
