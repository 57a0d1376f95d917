#include "healthd/probe/dns_dialogue.h"

#include "healthd/probe/dns_reply.h"

namespace waypost::probe {
namespace {

constexpr size_t kLengthOctets = 2;

void PutNumber(std::string& text, size_t at, size_t number) {
  text[at] = static_cast<char>(number >> 8);
  text[at + 1] = static_cast<char>(number);
}

size_t Number(std::string_view text) {
  return static_cast<size_t>(static_cast<uint8_t>(text[0]) << 8 | static_cast<uint8_t>(text[1]));
}

}  // namespace

DnsDialogue::DnsDialogue(const DnsSpec& spec, uint16_t id) : spec_(spec) {
  if (spec_.over_stream) sent_.resize(kLengthOctets);
  sent_ += spec_.query;
  PutNumber(sent_, sent_.size() - spec_.query.size(), id);
  if (spec_.over_stream) PutNumber(sent_, 0, spec_.query.size());
}

std::string_view DnsDialogue::Output() {
  return std::exchange(is_sent_, true) ? std::string_view() : sent_;
}

void DnsDialogue::Feed(std::string_view bytes) {
  if (!spec_.over_stream) return Judge(bytes);
  heard_ += bytes;
  while (!decided() && heard_.size() >= kLengthOctets &&
         heard_.size() >= kLengthOctets + Number(heard_)) {
    const size_t length = Number(heard_);
    Judge(std::string_view(heard_).substr(kLengthOctets, length));
    heard_.erase(0, kLengthOctets + length);
  }
}

void DnsDialogue::Judge(std::string_view reply) {
  const std::string_view query = std::string_view(sent_).substr(sent_.size() - spec_.query.size());
  auto failure = JudgeDnsReply(spec_, query, reply);
  if (failure) Decide(*std::move(failure));
}

void DnsDialogue::End() {
  Decide(
      {v1::LAYER_RESPONSE, v1::FAULT_CLOSED,
       heard_.empty() ? "connection closed before a reply" : "connection closed within a reply"});
}

}  // namespace waypost::probe
