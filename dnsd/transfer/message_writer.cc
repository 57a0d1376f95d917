#include "dnsd/transfer/message_writer.h"

#include <algorithm>
#include <cstring>

#include "dnsd/transfer/message.h"
#include "dnsd/wire/header.h"
#include "dnsd/wire/octets.h"

namespace waypost::transfer {
namespace {

constexpr uint16_t kPointer = 0xC000;
constexpr size_t kPointerReach = 0x3FFF;

size_t NameOctets(std::string_view at) {
  size_t octets = 0;
  while (at[octets] != 0) octets += 1 + static_cast<uint8_t>(at[octets]);
  return octets + 1;
}

}  // namespace

MessageWriter::MessageWriter(std::span<uint8_t> buffer, uint16_t id, uint16_t flags)
    : buffer_(buffer), limit_(buffer.size()), at_(wire::kHeaderOctets) {
  std::fill_n(buffer.begin(), wire::kHeaderOctets, uint8_t{0});
  wire::WriteU16(buffer.data() + wire::kIdAt, id);
  wire::WriteU16(buffer.data() + wire::kFlagsAt, flags);
}

bool MessageWriter::AddQuestion(std::string_view name, uint16_t type, uint16_t record_class) {
  if (!WriteName(name) || !WriteNumber(type, 2) || !WriteNumber(record_class, 2)) {
    return false;
  }
  CountUp(wire::kQuestionCountAt);
  return true;
}

bool MessageWriter::Add(Part part, const RrView& record) {
  const size_t start = at_;
  const bool fits = WriteName(record.owner) && WriteNumber(record.type, 2) &&
                    WriteNumber(record.record_class, 2) && WriteNumber(record.ttl, 4) &&
                    WriteRdata(record);
  if (!fits) {
    // Names that were remembered behind `start` would be overwritten by what comes next.
    std::erase_if(names_, [start](const auto& entry) { return entry.second >= start; });
    at_ = start;
    return false;
  }
  constexpr size_t kCounts[] = {wire::kAnswerCountAt, wire::kAuthorityCountAt,
                                wire::kAdditionalCountAt};
  CountUp(kCounts[static_cast<size_t>(part)]);
  return true;
}

bool MessageWriter::WriteRdata(const RrView& record) {
  const size_t length_at = at_;
  if (!WriteNumber(0, 2)) return false;
  if (!MayCompress(record.type) || record.rdata.empty()) {
    if (!WriteOctets(record.rdata)) return false;
  } else {
    // Only numbers stand before and after the names of these types.
    std::string_view rest = record.rdata;
    for (const char field : RdataFields(record.type)) {
      const size_t octets = field == 'n' ? NameOctets(rest) : static_cast<size_t>(field - '0');
      const std::string_view value = rest.substr(0, octets);
      if (field == 'n' ? !WriteName(value) : !WriteOctets(value)) return false;
      rest.remove_prefix(octets);
    }
  }
  wire::WriteU16(buffer_.data() + length_at, static_cast<uint16_t>(at_ - length_at - 2));
  return true;
}

bool MessageWriter::WriteName(std::string_view name) {
  while (name.size() > 1) {
    const auto known = names_.find(name);
    if (known != names_.end()) return WriteNumber(kPointer | known->second, 2);
    const size_t octets = 1 + static_cast<uint8_t>(name[0]);
    const size_t here = at_;
    if (!WriteOctets(name.substr(0, octets))) return false;
    if (here <= kPointerReach) names_.emplace(name, static_cast<uint16_t>(here));
    name.remove_prefix(octets);
  }
  return WriteOctets(name);
}

bool MessageWriter::WriteOctets(std::string_view octets) {
  if (limit_ - at_ < octets.size()) return false;
  if (!octets.empty()) std::memcpy(buffer_.data() + at_, octets.data(), octets.size());
  at_ += octets.size();
  return true;
}

bool MessageWriter::WriteNumber(uint64_t value, size_t octets) {
  if (limit_ - at_ < octets) return false;
  for (size_t i = octets; i-- > 0;) buffer_[at_++] = static_cast<uint8_t>(value >> (8 * i));
  return true;
}

void MessageWriter::CountUp(size_t field) {
  uint8_t* const at = buffer_.data() + field;
  wire::WriteU16(at, static_cast<uint16_t>(wire::ReadU16(at) + 1));
}

}  // namespace waypost::transfer
