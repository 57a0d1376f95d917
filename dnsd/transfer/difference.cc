#include "dnsd/transfer/difference.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "dnsd/base/siphash.h"
#include "dnsd/transfer/message.h"
#include "dnsd/wire/octets.h"
#include "dnsd/zone/wire_names.h"

namespace waypost::transfer {
namespace {

constexpr size_t kNumbers = 8;  // type, TTL and length of a record in a sequence
constexpr size_t kSoaNumbers = 20;
/// Not secret: it tells versions apart, and whoever may write here need not forge them.
constexpr SipKey kDigestKey{};

void AppendNumber(std::string& out, uint64_t value, int octets) {
  for (int i = octets - 1; i >= 0; --i) out += static_cast<char>(value >> (8 * i));
}

void Append(std::string& out, const RrView& record) {
  out += record.owner;
  AppendNumber(out, record.type, 2);
  AppendNumber(out, record.ttl, 4);
  AppendNumber(out, record.rdata.size(), 2);
  out += record.rdata;
}

/// Equal for equal records.
std::string KeyOf(const RrView& record) {
  std::string key = LoweredName(record.owner);
  AppendNumber(key, record.type, 2);
  AppendNumber(key, record.ttl, 4);
  return key + CanonicalRdata(record.type, record.rdata);
}

uint64_t HashOf(const RrView& record) { return SipHash24(kDigestKey, zone::AsView(KeyOf(record))); }

uint32_t SerialIn(const RrView& soa) {
  return wire::ReadU32(reinterpret_cast<const uint8_t*>(soa.rdata.data()) + soa.rdata.size() -
                       kSoaNumbers);
}

/// Walks over a sequence; stops, and is not done, at what is no record.
class SequenceCursor final : public RrCursor {
 public:
  explicit SequenceCursor(std::string_view sequence) : rest_(sequence) {}

  bool Next(RrView& record) override {
    const size_t owner = NameOctets();
    if (owner == 0 || rest_.size() < owner + kNumbers) return false;
    const auto* const numbers = reinterpret_cast<const uint8_t*>(rest_.data()) + owner;
    const size_t octets = wire::ReadU16(numbers + 6);
    if (rest_.size() < owner + kNumbers + octets) return false;
    record = {rest_.substr(0, owner), wire::ReadU16(numbers), wire::ReadU32(numbers + 2),
              rest_.substr(owner + kNumbers, octets)};
    rest_.remove_prefix(owner + kNumbers + octets);
    return true;
  }
  bool is_done() const { return rest_.empty(); }

 private:
  /// Of the name at the beginning; 0: there is none.
  size_t NameOctets() const {
    size_t at = 0;
    while (at < rest_.size() && rest_[at] != 0) at += 1 + static_cast<uint8_t>(rest_[at]);
    return at < rest_.size() && at < wire::kMaxNameOctets ? at + 1 : 0;
  }

  std::string_view rest_;
};

struct Keyed {
  std::string key;
  RrView record;

  bool operator<(const Keyed& other) const { return key < other.key; }
};

bool IsSame(const zone::RrSet& a, const zone::RrSet& b) {
  return a.type == b.type && a.ttl == b.ttl && std::ranges::equal(a.rdata(), b.rdata());
}

/// Most nodes: nothing steered, and octet by octet the same.
bool IsPlainlySame(const zone::Node& a, const zone::Node& b) {
  return !a.steered().any() && !b.steered().any() &&
         std::equal(a.rrsets().begin(), a.rrsets().end(), b.rrsets().begin(), b.rrsets().end(),
                    [](const zone::RrSet& x, const zone::RrSet& y) { return IsSame(x, y); });
}

std::vector<Keyed> KeyedAt(const ZoneImage& image, const zone::Node* node) {
  std::vector<Keyed> records;
  if (node == nullptr) return records;
  ForEachAt(image, *node, [&records](const RrView& record) {
    records.push_back({KeyOf(record), record});
  });
  std::sort(records.begin(), records.end());
  return records;
}

class Comparison {
 public:
  Comparison(const ZoneImage& before, const ZoneImage& after, size_t max_octets)
      : before_(before), after_(after), max_octets_(max_octets) {
    Append(removed_, before.Soa());
    Append(added_, after.Soa());
  }

  /// False: it takes too much, and there is no need to go on.
  bool Compare(const zone::Node* a, const zone::Node* b) {
    if (a != nullptr && b != nullptr && IsPlainlySame(*a, *b)) return true;
    const std::vector<Keyed> old = KeyedAt(before_, a);
    const std::vector<Keyed> now = KeyedAt(after_, b);
    Put(old, now, removed_);
    Put(now, old, added_);
    return removed_.size() + added_.size() <= max_octets_;
  }

  Difference Take() && {
    return {before_.serial(), after_.serial(), records_, std::move(removed_) + added_};
  }

 private:
  void Put(const std::vector<Keyed>& these, const std::vector<Keyed>& others, std::string& out) {
    std::vector<Keyed> only;
    std::set_difference(these.begin(), these.end(), others.begin(), others.end(),
                        std::back_inserter(only));
    for (const Keyed& keyed : only) Append(out, keyed.record);
    records_ += only.size();
  }

  const ZoneImage& before_;
  const ZoneImage& after_;
  const size_t max_octets_;
  std::string removed_, added_;
  uint64_t records_ = 2;
};

class IncrementalCursor final : public RrCursor {
 public:
  IncrementalCursor(std::shared_ptr<const ZoneImage> current, Differences steps)
      : current_(std::move(current)), steps_(std::move(steps)) {}

  bool Next(RrView& record) override {
    if (!has_begun_) return TellSoa(has_begun_, record);
    for (; step_ < steps_.size(); ++step_, cursor_.reset()) {
      if (!cursor_) cursor_.emplace(steps_[step_]->sequence);
      if (cursor_->Next(record)) return true;
    }
    return !has_ended_ && TellSoa(has_ended_, record);
  }

 private:
  bool TellSoa(bool& told, RrView& record) {
    record = current_->Soa();
    return told = true;
  }

  const std::shared_ptr<const ZoneImage> current_;
  const Differences steps_;
  std::optional<SequenceCursor> cursor_;
  size_t step_ = 0;
  bool has_begun_ = false;
  bool has_ended_ = false;
};

}  // namespace

std::optional<Difference> DifferenceOf(const ZoneImage& before, const ZoneImage& after,
                                       size_t max_octets) {
  Comparison comparison(before, after, max_octets);
  for (const zone::Node& node : before.zone->nodes()) {
    const zone::Node* now = after.zone->FindExact(zone::LoweredName(node.owner()).view());
    if (!comparison.Compare(&node, now)) return std::nullopt;
  }
  for (const zone::Node& node : after.zone->nodes()) {
    if (before.zone->FindExact(zone::LoweredName(node.owner()).view()) != nullptr) continue;
    if (!comparison.Compare(nullptr, &node)) return std::nullopt;
  }
  return std::move(comparison).Take();
}

std::optional<Difference> DifferenceAt(const ZoneImage& before, const ZoneImage& after,
                                       std::span<const std::string> owners, size_t max_octets) {
  Comparison comparison(before, after, max_octets);
  for (const std::string& owner : owners) {
    const zone::NameView name = zone::AsView(owner);
    if (!comparison.Compare(before.zone->FindExact(name), after.zone->FindExact(name))) {
      return std::nullopt;
    }
  }
  return std::move(comparison).Take();
}

Result<Difference> ReadDifference(std::string sequence) {
  Difference difference{.sequence = std::move(sequence)};
  SequenceCursor cursor(difference.sequence);
  size_t soas = 0;
  for (RrView record; cursor.Next(record); ++difference.records) {
    const bool is_soa = record.type == zone::kSoa;
    if (is_soa && record.rdata.size() < kSoaNumbers) break;
    if (is_soa) (soas == 0 ? difference.from : difference.to) = SerialIn(record);
    soas += is_soa ? 1 : 0;
    if (soas == 0) break;
  }
  if (soas == 2 && cursor.is_done()) return difference;
  return Fail(ErrorCode::kInvalid, "is no difference of two versions of a zone");
}

uint64_t DigestOf(const ZoneImage& image) {
  uint64_t digest = HashOf(image.Soa());
  for (const zone::Node& node : image.zone->nodes()) {
    ForEachAt(image, node, [&digest](const RrView& record) { digest += HashOf(record); });
  }
  return digest;
}

uint64_t DigestAfter(uint64_t before, const Difference& difference) {
  SequenceCursor cursor(difference.sequence);
  size_t soas = 0;
  for (RrView record; cursor.Next(record);) {
    soas += record.type == zone::kSoa ? 1 : 0;
    before += soas == 1 ? 0 - HashOf(record) : HashOf(record);
  }
  return before;
}

std::unique_ptr<RrCursor> Incremental(std::shared_ptr<const ZoneImage> current, Differences steps) {
  return std::make_unique<IncrementalCursor>(std::move(current), std::move(steps));
}

}  // namespace waypost::transfer
