#include "dnsd/transfer/replies.h"

#include <algorithm>
#include <utility>

#include "dnsd/wire/edns.h"
#include "dnsd/wire/header.h"
#include "dnsd/wire/octets.h"

namespace waypost::transfer {
namespace {

constexpr uint16_t kRcodeNotAuth = 9;
/// An OPT without options.
constexpr size_t kOptOctets = 11;
/// A message of a row ends where no pointer reaches any more (RFC 1035 section 4.1.4): names behind
/// would be written in full, and large transfers be a quarter larger.
constexpr size_t kEnoughOctets = 0x4000;

std::string OptionsOf(const ReplyHead& head) {
  if (head.cookie.empty()) return "";
  std::string option(wire::kOptionHeaderOctets, '\0');
  auto* const at = reinterpret_cast<uint8_t*>(option.data());
  wire::WriteU16(at, wire::kOptionCookie);
  wire::WriteU16(at + 2, static_cast<uint16_t>(head.cookie.size()));
  return option + head.cookie;
}

size_t OptOctetsOf(const ReplyHead& head) {
  return head.has_opt ? kOptOctets + OptionsOf(head).size() : 0;
}

void AddOpt(const ReplyHead& head, MessageWriter& writer) {
  using namespace std::string_view_literals;
  if (!head.has_opt) return;
  const std::string options = OptionsOf(head);
  writer.Add(Part::kAdditional, {"\0"sv, zone::kOpt, 0, options, wire::kMaxUdpPayload});
}

class MessageRow final : public serve::ReplySource {
 public:
  MessageRow(ReplyHead head, std::optional<TsigSigner> signer, const Clock& clock,
             std::unique_ptr<RrCursor> records, bool is_one)
      : head_(std::move(head)),
        signer_(std::move(signer)),
        clock_(clock),
        records_(std::move(records)),
        is_one_(is_one) {
    has_next_ = records_ != nullptr && records_->Next(next_);
  }

  size_t Next(std::span<uint8_t> out) noexcept override {
    if (is_done_) return 0;
    const size_t kept = signer_ ? signer_->octets() : 0;
    MessageWriter writer(out, head_.id, head_.flags);
    writer.Reserve(kept + OptOctetsOf(head_));
    if (is_first_ && head_.question) {
      writer.AddQuestion(head_.question->name, head_.question->type, head_.question->record_class);
    }
    const size_t records = Fill(writer);
    // Nothing was written of what is left: it will not fit into the next one either.
    if (records == 0 && has_next_) is_done_ = true;
    if (is_done_ && !is_first_) return 0;
    writer.Reserve(kept);
    AddOpt(head_, writer);
    is_first_ = false;
    is_done_ = is_done_ || is_one_ || !has_next_;
    return signer_ ? signer_->Sign(out, writer.octets(), clock_.WallNow()) : writer.octets();
  }

  /// There are records that no message has.
  bool has_more() const { return has_next_; }

 private:
  size_t Fill(MessageWriter& writer) {
    size_t records = 0;
    const auto has_room = [&] { return is_one_ || writer.octets() < kEnoughOctets; };
    for (; has_next_ && has_room() && writer.Add(Part::kAnswer, next_); ++records) {
      has_next_ = records_->Next(next_);
    }
    return records;
  }

  const ReplyHead head_;
  std::optional<TsigSigner> signer_;
  const Clock& clock_;
  const std::unique_ptr<RrCursor> records_;
  const bool is_one_;
  RrView next_;
  bool has_next_ = false;
  bool is_first_ = true;
  bool is_done_ = false;
};

class ReadyMessage final : public serve::ReplySource {
 public:
  ReadyMessage(std::string message, std::optional<TsigSigner> signer, const Clock& clock)
      : message_(std::move(message)), signer_(std::move(signer)), clock_(clock) {}

  size_t Next(std::span<uint8_t> out) noexcept override {
    const size_t octets =
        std::exchange(message_, "").copy(reinterpret_cast<char*>(out.data()), out.size());
    return octets > 0 && signer_ ? signer_->Sign(out, octets, clock_.WallNow()) : octets;
  }

 private:
  std::string message_;
  std::optional<TsigSigner> signer_;
  const Clock& clock_;
};

std::string HeadOnly(const ReplyHead& head) {
  std::string message(wire::kMinUdpPayload, '\0');
  MessageWriter writer({reinterpret_cast<uint8_t*>(message.data()), message.size()}, head.id,
                       head.flags);
  if (head.question) {
    writer.AddQuestion(head.question->name, head.question->type, head.question->record_class);
  }
  AddOpt(head, writer);
  message.resize(writer.octets());
  return message;
}

}  // namespace

ReplyHead ReplyHead::For(const Message& request, uint16_t rcode, bool authoritative) {
  const uint16_t kept = request.flags & (wire::kOpcodeMask | wire::kFlagRecursionDesired);
  ReplyHead head;
  head.id = request.id;
  head.flags = static_cast<uint16_t>(wire::kFlagResponse | kept | rcode |
                                     (authoritative ? wire::kFlagAuthoritative : 0));
  head.has_opt = request.has_opt;
  if (request.questions.size() == 1) head.question = request.questions[0];
  return head;
}

std::unique_ptr<serve::ReplySource> OneReply(ReplyHead head, std::optional<TsigSigner> signer,
                                             const Clock& clock, std::unique_ptr<RrCursor> answer) {
  return std::make_unique<MessageRow>(std::move(head), std::move(signer), clock, std::move(answer),
                                      true);
}

std::unique_ptr<serve::ReplySource> WholeReply(ReplyHead head, std::optional<TsigSigner> signer,
                                               const Clock& clock, std::unique_ptr<RrCursor> answer,
                                               size_t max_octets) {
  std::string message(max_octets, '\0');
  MessageRow row(std::move(head), std::move(signer), clock, std::move(answer), true);
  const size_t octets = row.Next({reinterpret_cast<uint8_t*>(message.data()), message.size()});
  if (row.has_more()) return nullptr;
  message.resize(octets);
  return ReadyReply(std::move(message), std::nullopt, clock);
}

std::unique_ptr<serve::ReplySource> TransferReply(ReplyHead head, std::optional<TsigSigner> signer,
                                                  const Clock& clock,
                                                  std::unique_ptr<RrCursor> records) {
  return std::make_unique<MessageRow>(std::move(head), std::move(signer), clock, std::move(records),
                                      false);
}

std::unique_ptr<serve::ReplySource> BadSignatureReply(const Message& request,
                                                      const TsigVerdict& verdict,
                                                      const Clock& clock) {
  if (verdict.error == TsigError::kFormErr) {
    const auto formerr = static_cast<uint16_t>(wire::Rcode::kFormErr);
    return OneReply(ReplyHead::For(request, formerr), std::nullopt, clock);
  }
  std::string message = HeadOnly(ReplyHead::For(request, kRcodeNotAuth));
  const size_t octets = message.size();
  message.resize(octets + kMaxTsigOctets);
  const std::span<uint8_t> buffer(reinterpret_cast<uint8_t*>(message.data()), message.size());
  if (verdict.error == TsigError::kBadTime) {
    TsigSigner signer(verdict.key, *request.tsig);
    message.resize(signer.SignBadTime(buffer, octets, request.tsig->time_s, clock.WallNow()));
  } else {
    message.resize(AppendUnsigned(buffer, octets, *request.tsig, verdict.error));
  }
  return ReadyReply(std::move(message), std::nullopt, clock);
}

std::unique_ptr<serve::ReplySource> ReadyReply(std::string message,
                                               std::optional<TsigSigner> signer,
                                               const Clock& clock) {
  return std::make_unique<ReadyMessage>(std::move(message), std::move(signer), clock);
}

}  // namespace waypost::transfer
