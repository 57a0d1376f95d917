#include "dnsd/transfer/request.h"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "dnsd/transfer/message_writer.h"
#include "dnsd/transfer/soa.h"
#include "dnsd/wire/header.h"
#include "dnsd/wire/octets.h"
#include "dnsd/zone/zone.h"

namespace waypost::transfer {
namespace {

constexpr uint16_t kNotAuth = 9;

bool IsSame(const Question& a, const Question& b) {
  return a.type == b.type && a.record_class == b.record_class &&
         LoweredName(a.name) == LoweredName(b.name);
}

std::string TsigErrorName(uint16_t error) {
  switch (static_cast<TsigError>(error)) {
    case TsigError::kBadSig:
      return "BADSIG";
    case TsigError::kBadKey:
      return "BADKEY";
    case TsigError::kBadTime:
      return "BADTIME";
    default:
      return fmt::format("error {}", error);
  }
}

/// What a signature that is not good has against it, seen from here.
std::string Complaint(const Message& message, TsigError error) {
  if (!message.tsig) return "the reply is not signed";
  switch (error) {
    case TsigError::kBadTime:
      return "the clocks differ too much (BADTIME)";
    case TsigError::kBadKey:
      return "the reply is signed with the key " + NameText(message.tsig->key);
    default:
      return "the signature of the reply is not good (BADSIG)";
  }
}

}  // namespace

Request::Request(uint16_t id, Question question, std::string known_soa,
                 std::shared_ptr<const TsigKey> key)
    : id_(id),
      question_(std::move(question)),
      known_soa_(std::move(known_soa)),
      key_(std::move(key)) {}

std::string Request::Write(Wall now) {
  // A name, a SOA with two more, and a signature with two fit.
  std::string octets(size_t{4} * wire::kMaxUdpPayload, '\0');
  const std::span<uint8_t> buffer(reinterpret_cast<uint8_t*>(octets.data()), octets.size());
  MessageWriter writer(buffer, id_, 0);
  writer.AddQuestion(question_.name, question_.type);
  if (!known_soa_.empty()) {
    writer.Add(Part::kAuthority, {question_.name, zone::kSoa, 0, known_soa_});
  }
  size_t size = writer.octets();
  if (key_ != nullptr) {
    TsigSigner signer(key_);
    size = signer.Sign(buffer, size, now);
    checker_.emplace(key_, signer.mac());
  }
  octets.resize(size);
  return octets;
}

bool Request::IsAnsweredBy(std::span<const uint8_t> datagram) const {
  if (datagram.size() < wire::kHeaderOctets) return false;
  const uint16_t flags = wire::ReadU16(datagram.data() + wire::kFlagsAt);
  return wire::ReadU16(datagram.data() + wire::kIdAt) == id_ && (flags & wire::kFlagResponse) != 0;
}

Tried<Message> Request::Read(std::span<const uint8_t> octets, Wall now) {
  if (!IsAnsweredBy(octets)) return Failed(Layer::kFormat, "what came is no reply to the request");
  auto message = ReadMessage(octets);
  if (!message) return Failed(Layer::kFormat, std::move(message.error().message));
  auto checked = CheckSignature(octets, *std::move(message), now);
  if (!checked) return checked;
  if (checked->opcode() != 0) return Failed(Layer::kFormat, "the reply is of another opcode");
  if (checked->rcode() != 0) {
    return Failed(Layer::kRcode, "the primary says " + RcodeName(checked->rcode()));
  }
  // RFC 5936 section 2.2.2: later messages need not repeat the question.
  if (checked->questions.size() > 1 ||
      (!checked->questions.empty() && !IsSame(checked->questions[0], question_))) {
    return Failed(Layer::kFormat, "the reply is to another question");
  }
  if ((checked->flags & wire::kFlagTruncated) != 0) {
    return Failed(Layer::kFormat, "the reply is truncated");
  }
  return checked;
}

Tried<Message> Request::CheckSignature(std::span<const uint8_t> octets, Message message, Wall now) {
  if (!checker_) return message;
  // RFC 8945 section 5.3.2: what the other side found wrong cannot be signed with a key that it has
  // not.
  if (message.rcode() == kNotAuth && message.tsig && message.tsig->error != 0) {
    return Failed(Layer::kTsig,
                  fmt::format("the primary says {} of the key {}",
                              TsigErrorName(message.tsig->error), key_->NameForPeople()));
  }
  const bool is_bare_error = !message.tsig && message.rcode() != 0;
  if (is_bare_error) {
    return Failed(Layer::kRcode,
                  "the primary says " + RcodeName(message.rcode()) + ", without a signature");
  }
  const TsigError error = checker_->Check(octets, message, now);
  if (error != TsigError::kNone) return Failed(Layer::kTsig, Complaint(message, error));
  return message;
}

std::string RcodeName(uint16_t rcode) {
  constexpr std::array<std::string_view, 11> kNames = {"NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN",
                                                       "NOTIMP",  "REFUSED", "YXDOMAIN", "YXRRSET",
                                                       "NXRRSET", "NOTAUTH", "NOTZONE"};
  return rcode < kNames.size() ? std::string(kNames[rcode]) : fmt::format("rcode {}", rcode);
}

Tried<uint32_t> SerialFrom(const Message& reply, const Question& question) {
  if ((reply.flags & wire::kFlagAuthoritative) == 0) {
    return Failed(Layer::kAuthority, "the primary is not authoritative");
  }
  for (const Rr& rr : reply.answer) {
    if (rr.type == zone::kSoa && LoweredName(rr.owner) == LoweredName(question.name)) {
      return ReadSoa(rr.rdata).serial;
    }
  }
  return Failed(Layer::kAuthority, "the reply has no SOA");
}

}  // namespace waypost::transfer
