// Asks a name server one question, over datagrams or a stream, and judges the reply.
//
// Thread safety, ownership, errors: as Dialogue. Feed takes whole datagrams, or pieces of a stream
// (RFC 1035 section 4.2.2). Datagrams that are not the reply, such as late or forged ones, are
// passed over.
#pragma once

#include <string>

#include "healthd/probe/dialogue.h"
#include "healthd/probe/spec.h"

namespace waypost::probe {

class DnsDialogue final : public Dialogue {
 public:
  /// `id`: not to be guessed.
  DnsDialogue(const DnsSpec& spec, uint16_t id);

  std::string_view Output() override;
  void Feed(std::string_view bytes) override;
  void End() override;

 private:
  void Judge(std::string_view reply);

  const DnsSpec& spec_;
  std::string sent_;  // with its length in front on a stream
  bool is_sent_ = false;
  std::string heard_;  // of a stream
};

}  // namespace waypost::probe
