#include "dnsd/transfer/record_bytes.h"

#include <algorithm>
#include <optional>
#include <span>

#include "dnsd/wire/octets.h"
#include "dnsd/zone/wire_names.h"

namespace waypost::transfer {
namespace {

/// Type, TTL and the length of the RDATA.
constexpr size_t kFixedOctets = 8;

void AppendRecord(std::string_view owner, uint16_t type, uint32_t ttl, std::string_view rdata,
                  std::string& out) {
  uint8_t fixed[kFixedOctets];
  wire::WriteU16(fixed, type);
  wire::WriteU32(fixed + 2, ttl);
  wire::WriteU16(fixed + 6, static_cast<uint16_t>(rdata.size()));
  out += owner;
  out.append(reinterpret_cast<const char*>(fixed), kFixedOctets);
  out += rdata;
}

void Append(const Rr& rr, std::string& out) {
  AppendRecord(rr.owner, rr.type, rr.ttl, rr.rdata, out);
}

void AppendAll(const std::vector<Rr>& records, std::string& out) {
  uint8_t count[4];
  wire::WriteU32(count, static_cast<uint32_t>(records.size()));
  out.append(reinterpret_cast<const char*>(count), sizeof count);
  for (const Rr& rr : records) Append(rr, out);
}

/// Takes one value after the other off the front. Absent: the octets end early, or a name in them
/// is none.
class Taker {
 public:
  explicit Taker(std::string_view octets) : left_(octets) {}

  bool is_empty() const { return left_.empty(); }

  std::optional<std::string_view> Take(size_t octets) {
    if (left_.size() < octets) return std::nullopt;
    const std::string_view taken = left_.substr(0, octets);
    left_.remove_prefix(octets);
    return taken;
  }

  std::optional<Rr> TakeRecord() {
    const auto owner = Take(NameOctets());
    const auto fixed = owner && !owner->empty() ? Take(kFixedOctets) : std::nullopt;
    if (!fixed) return std::nullopt;
    const auto* at = reinterpret_cast<const uint8_t*>(fixed->data());
    const auto rdata = Take(wire::ReadU16(at + 6));
    if (!rdata) return std::nullopt;
    return Rr{std::string(*owner), wire::ReadU16(at), 1, wire::ReadU32(at + 2),
              std::string(*rdata)};
  }

  bool TakeAll(std::vector<Rr>& records) {
    const auto count = Take(4);
    if (!count) return false;
    const uint32_t n = wire::ReadU32(reinterpret_cast<const uint8_t*>(count->data()));
    for (uint32_t i = 0; i < n; ++i) {
      auto record = TakeRecord();
      if (!record) return false;
      records.push_back(*std::move(record));
    }
    return true;
  }

 private:
  /// Of the name at the front; 0: there is none.
  size_t NameOctets() const {
    for (size_t at = 0; at < left_.size() && at < wire::kMaxNameOctets;) {
      const auto label = static_cast<uint8_t>(left_[at]);
      if (label == 0) return at + 1;
      if (label > wire::kMaxLabelOctets) return 0;
      at += 1 + size_t{label};
    }
    return 0;
  }

  std::string_view left_;
};

tl::unexpected<Error> Damaged() { return Fail(ErrorCode::kInvalid, "kept records are damaged"); }

}  // namespace

Status WriteRecords(const zone::Records& records,
                    const std::function<Status(std::string piece)>& write) {
  std::string piece;
  for (const auto& entry : records.entries()) {
    AppendRecord(zone::AsText(zone::NameAt(entry.owner)), entry.type, entry.ttl,
                 zone::AsText(entry.rdata_bytes()), piece);
    if (piece.size() < kPieceOctets) continue;
    if (Status status = write(std::exchange(piece, "")); !status) return status;
  }
  return piece.empty() ? Status() : write(std::move(piece));
}

Status ReadRecords(std::string_view piece, zone::Records& records) {
  for (Taker taker(piece); !taker.is_empty();) {
    const auto rr = taker.TakeRecord();
    if (!rr) return Damaged();
    records.Add(zone::AsView(rr->owner), rr->type, rr->ttl, zone::AsView(rr->rdata));
  }
  return {};
}

std::string WriteDelta(const Delta& delta) {
  std::string out;
  Append(delta.from, out);
  Append(delta.to, out);
  AppendAll(delta.removed, out);
  AppendAll(delta.added, out);
  return out;
}

Result<Delta> ReadDelta(std::string_view octets) {
  Taker taker(octets);
  auto from = taker.TakeRecord();
  auto to = from ? taker.TakeRecord() : std::nullopt;
  if (!to || to->rdata.size() < kSoaNumberOctets || from->rdata.size() < kSoaNumberOctets) {
    return Damaged();
  }
  Delta delta{*std::move(from), *std::move(to), {}, {}};
  const bool is_whole =
      taker.TakeAll(delta.removed) && taker.TakeAll(delta.added) && taker.is_empty();
  if (!is_whole) return Damaged();
  return delta;
}

}  // namespace waypost::transfer
