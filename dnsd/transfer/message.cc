#include "dnsd/transfer/message.h"

#include <algorithm>

#include "dnsd/wire/edns.h"
#include "dnsd/wire/header.h"
#include "dnsd/wire/name.h"
#include "dnsd/wire/octets.h"

namespace waypost::transfer {
namespace {

constexpr uint16_t kTypeOpt = 41;
constexpr uint8_t kPointerBits = 0xC0;
/// In one name: as many as it can have labels. With more, a message of thousands of names that lead
/// through thousands of pointers would take a third of a second.
constexpr size_t kMaxPointers = 127;

struct TypeFields {
  uint16_t type;
  std::string_view fields;
};

constexpr TypeFields kFields[] = {
    {1, "4"},    {2, "n"},    {3, "n"},   {4, "n"},    {5, "n"},      {6, "nn992"},
    {7, "n"},    {8, "n"},    {9, "n"},   {12, "n"},   {13, "ss"},    {14, "nn"},
    {15, "2n"},  {16, "t"},   {17, "nn"}, {18, "2n"},  {21, "2n"},    {24, "Fn*"},
    {26, "2nn"}, {28, "88"},  {30, "n*"}, {33, "6n"},  {35, "4sssn"}, {36, "2n"},
    {39, "n"},   {46, "Fn*"}, {47, "n*"}, {64, "2n*"}, {65, "2n*"},   {99, "t"},
};

tl::unexpected<Error> Bad(const char* why) { return Fail(ErrorCode::kInvalid, why); }

/// Reads forward; after the first fault everything is empty and ok() false.
class Reader {
 public:
  explicit Reader(std::span<const uint8_t> message) : message_(message) {}

  bool ok() const { return ok_; }
  size_t at() const { return at_; }
  size_t left() const { return message_.size() - at_; }
  void Break() { ok_ = false; }

  std::string Take(size_t octets) {
    if (!ok_ || left() < octets) return ok_ = false, std::string();
    const auto* const begin = reinterpret_cast<const char*>(message_.data() + at_);
    at_ += octets;
    return {begin, octets};
  }
  uint16_t U16() {
    const std::string octets = Take(2);
    return ok_ ? wire::ReadU16(reinterpret_cast<const uint8_t*>(octets.data())) : uint16_t{0};
  }
  uint32_t U32() {
    const uint32_t high = U16();
    return high << 16 | U16();
  }
  std::string Name();
  Rr Record();
  std::string Rdata(uint16_t type, size_t end);

 private:
  std::string Field(char field, size_t end);

  std::span<const uint8_t> message_;
  size_t at_ = 0;
  bool ok_ = true;
};

std::string Reader::Name() {
  std::string name;
  size_t behind = 0;   // where reading goes on after the first pointer
  size_t limit = at_;  // a pointer must lead before everything that was read of this name
  size_t pointers = 0;
  while (ok_) {
    const std::string head = Take(1);
    const auto length = static_cast<uint8_t>(ok_ ? head[0] : 0);
    if (length >= kPointerBits) {
      const size_t target = static_cast<size_t>(length & 0x3F) << 8 |
                            static_cast<uint8_t>(Take(1).append(1, '\0')[0]);
      if (!ok_ || target >= limit || ++pointers > kMaxPointers) return ok_ = false, std::string();
      if (behind == 0) behind = at_;
      at_ = limit = target;
    } else if (length > wire::kMaxLabelOctets) {
      ok_ = false;
    } else {
      name += head + Take(length);
      if (name.size() > wire::kMaxNameOctets) ok_ = false;
      if (length == 0) break;
    }
  }
  if (behind != 0) at_ = behind;
  return name;
}

std::string Reader::Field(char field, size_t end) {
  if (field == 'n') return Name();
  if (field == 's') {
    const std::string length = Take(1);
    return ok_ ? length + Take(static_cast<uint8_t>(length[0])) : "";
  }
  if (field == 't') {
    std::string strings = Field('s', end);
    while (ok_ && at_ < end) strings += Field('s', end);
    return strings;
  }
  if (field == '*') return at_ <= end ? Take(end - at_) : (ok_ = false, "");
  return Take(field == 'F' ? 18 : static_cast<size_t>(field - '0'));
}

std::string Reader::Rdata(uint16_t type, size_t end) {
  std::string rdata;
  for (const char field : RdataFields(type)) rdata += Field(field, end);
  if (at_ != end) ok_ = false;
  return rdata;
}

Rr Reader::Record() {
  Rr rr;
  rr.owner = Name();
  rr.type = U16();
  rr.record_class = U16();
  rr.ttl = U32();
  const size_t length = U16();
  if (left() < length) ok_ = false;
  if (!ok_) return rr;
  // An empty RDATA of class ANY or NONE stands for "any" (RFC 2136 sections 2.4 and 2.5).
  const bool is_pattern = length == 0 && rr.record_class != wire::kClassIn;
  if (!is_pattern) rr.rdata = Rdata(rr.type, at_ + length);
  return rr;
}

std::optional<Tsig> ReadTsig(const Rr& rr, size_t at) {
  Reader in({reinterpret_cast<const uint8_t*>(rr.rdata.data()), rr.rdata.size()});
  Tsig tsig;
  tsig.at = at;
  tsig.key = LoweredName(rr.owner);
  tsig.algorithm = LoweredName(in.Name());
  const uint64_t high = in.U16();
  tsig.time_s = high << 32 | in.U32();
  tsig.fudge_s = in.U16();
  tsig.mac = in.Take(in.U16());
  tsig.original_id = in.U16();
  tsig.error = in.U16();
  tsig.other = in.Take(in.U16());
  const bool is_sound = in.ok() && in.left() == 0 && rr.record_class == kClassAny && rr.ttl == 0;
  return is_sound ? std::optional(tsig) : std::nullopt;
}

bool HasMeta(const std::vector<Rr>& section) {
  return std::ranges::any_of(
      section, [](const Rr& rr) { return rr.type == wire::kTypeTsig || rr.type == kTypeOpt; });
}

/// In an OPT of whatever options; empty: none.
std::string CookieIn(const Rr& opt) {
  wire::Edns edns;
  wire::ParseOpt(opt.record_class, opt.ttl,
                 {reinterpret_cast<const uint8_t*>(opt.rdata.data()), opt.rdata.size()}, edns);
  return {edns.cookie.begin(), edns.cookie.end()};
}

/// OPT and TSIG go to their places; a TSIG must be the last (RFC 8945 section 5.1).
bool ReadAdditional(Reader& in, unsigned count, Message& message) {
  for (unsigned i = 0; i < count && in.ok(); ++i) {
    const size_t at = in.at();
    Rr rr = in.Record();
    if (!in.ok()) return false;
    if (rr.type == wire::kTypeTsig) {
      message.tsig = ReadTsig(rr, at);
      if (i + 1 < count || !message.tsig) return false;
    } else if (rr.type == kTypeOpt) {
      // RFC 6891 section 6.1.1: one, owned by the root.
      if (message.has_opt || rr.owner.size() != 1) return false;
      message.has_opt = true;
      message.udp_octets = std::max(rr.record_class, message.udp_octets);
      message.cookie = CookieIn(rr);
    } else {
      message.additional.push_back(std::move(rr));
    }
  }
  return in.ok();
}

}  // namespace

Result<Message> ReadMessage(std::span<const uint8_t> octets) {
  Reader in(octets);
  Message message;
  message.id = in.U16();
  message.flags = in.U16();
  const unsigned questions = in.U16();
  const unsigned answers = in.U16();
  const unsigned authorities = in.U16();
  const unsigned additionals = in.U16();
  for (unsigned i = 0; i < questions && in.ok(); ++i) {
    Question& question = message.questions.emplace_back();
    question.name = in.Name();
    question.type = in.U16();
    question.record_class = in.U16();
  }
  for (unsigned i = 0; i < answers && in.ok(); ++i) message.answer.push_back(in.Record());
  for (unsigned i = 0; i < authorities && in.ok(); ++i) message.authority.push_back(in.Record());
  if (!in.ok()) return Bad("the message is not well-formed");
  if (HasMeta(message.answer) || HasMeta(message.authority)) {
    return Bad("a TSIG or an OPT stands outside of the additional section");
  }
  if (!ReadAdditional(in, additionals, message)) return Bad("its additional section is malformed");
  if (in.left() > 0) return Bad("octets follow the message");
  return message;
}

std::string LoweredName(std::string_view name) {
  std::string lowered(name);
  for (char& c : lowered) c = static_cast<char>(wire::Lower(static_cast<uint8_t>(c)));
  return lowered;
}

std::string CanonicalRdata(uint16_t type, std::string_view rdata) {
  const std::string_view fields = RdataFields(type);
  if (fields.find('n') == fields.npos) return std::string(rdata);
  Reader in({reinterpret_cast<const uint8_t*>(rdata.data()), rdata.size()});
  std::string canonical;
  for (const char field : fields) {
    if (field == 'n') {
      canonical += LoweredName(in.Name());
    } else if (field == 's') {
      const size_t length = in.left() > 0 ? static_cast<uint8_t>(rdata[in.at()]) : 0;
      canonical += in.Take(1 + length);
    } else if (field == '*') {
      canonical += in.Take(in.left());
    } else {
      canonical += in.Take(field == 'F' ? 18 : static_cast<size_t>(field - '0'));
    }
  }
  return in.ok() && in.left() == 0 ? canonical : std::string(rdata);
}

std::string NameText(std::string_view name) {
  const auto parsed = wire::Name::FromWire(name);
  return parsed ? parsed->ToString() : "?";
}

std::string_view RdataFields(uint16_t type) {
  const auto* const found =
      std::ranges::find_if(kFields, [type](const TypeFields& one) { return one.type == type; });
  return found == std::end(kFields) ? "*" : found->fields;
}

bool MayCompress(uint16_t type) {
  return type >= 2 && type <= 15 && RdataFields(type).find('n') != std::string_view::npos;
}

}  // namespace waypost::transfer
