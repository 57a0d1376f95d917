#include "dnsd/control/zone_copies.h"

#include <array>
#include <cstdlib>
#include <optional>
#include <set>
#include <utility>

#include "dnsd/transfer/delta.h"
#include "dnsd/transfer/record_bytes.h"
#include "dnsd/wire/octets.h"

namespace waypost::control {
namespace {

constexpr std::string_view kPrefix = "copy/";
// What a key says behind the origin and its NUL. Differences come before the head, and the head
// before the pieces, so that one scan can put them together.
constexpr char kDifference = 'd';
constexpr char kHead = 'h';
constexpr char kPiece = 'p';
constexpr char kTime = 't';
constexpr size_t kNumberOctets = 12;

std::string Numbers(uint64_t generation, uint32_t number) {
  std::array<uint8_t, kNumberOctets> octets;
  wire::WriteU32(octets.data(), static_cast<uint32_t>(generation >> 32));
  wire::WriteU32(octets.data() + 4, static_cast<uint32_t>(generation));
  wire::WriteU32(octets.data() + 8, number);
  return {octets.begin(), octets.end()};
}

std::string KeyOf(const std::string& origin, char what, const std::string& numbers = "") {
  std::string key(kPrefix);
  key += origin;
  key += '\0';
  key += what;
  return key + numbers;
}

struct Place {
  std::string origin;
  char what = 0;
  std::string numbers;
};

std::optional<Place> PlaceOf(std::string_view key) {
  const size_t end = key.find('\0');
  if (end == std::string_view::npos || end < kPrefix.size() || end + 1 >= key.size()) {
    return std::nullopt;
  }
  return Place{std::string(key.substr(kPrefix.size(), end - kPrefix.size())), key[end + 1],
               std::string(key.substr(end + 2))};
}

std::string TimeText(Wall time) {
  const auto since = std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch());
  return std::to_string(since.count());
}

Wall TimeFrom(std::string_view text) {
  return Wall(std::chrono::milliseconds(std::strtoll(std::string(text).c_str(), nullptr, 10)));
}

/// Everything that is written of one generation.
void AppendDeletions(const std::string& origin, const v1::ZoneCopy& head,
                     std::vector<store::StateEdit>& edits) {
  for (uint32_t i = 0; i < head.pieces(); ++i) {
    edits.push_back({KeyOf(origin, kPiece, Numbers(head.generation(), i)), std::nullopt});
  }
  for (uint32_t i = 0; i < head.differences(); ++i) {
    edits.push_back({KeyOf(origin, kDifference, Numbers(head.generation(), i)), std::nullopt});
  }
}

}  // namespace

/// Puts the copies together while the store is scanned.
class ZoneCopies::Loader {
 public:
  explicit Loader(ZoneCopies& copies) : copies_(copies) {}

  Status Take(std::string_view key, std::string_view value) {
    const auto place = PlaceOf(key);
    if (!place) return {};
    if (place->origin != origin_) Finish();
    origin_ = place->origin;
    keys_.emplace_back(key);
    switch (place->what) {
      case kDifference:
        differences_.emplace(place->numbers, value);
        break;
      case kHead:
        head_.emplace();
        is_damaged_ = !head_->ParseFromArray(value.data(), static_cast<int>(value.size()));
        break;
      case kPiece:
        TakePiece(place->numbers, value);
        break;
      case kTime:
        confirmed_ = TimeFrom(value);
        break;
      default:
        break;
    }
    return {};
  }

  void Finish() {
    if (!keys_.empty()) FinishZone();
    keys_.clear();
    differences_.clear();
    head_.reset();
    records_.emplace();
    pieces_ = 0;
    is_damaged_ = false;
    confirmed_ = Wall();
  }

  Loaded loaded;
  std::vector<store::StateEdit> leftovers;

 private:
  void TakePiece(const std::string& numbers, std::string_view value) {
    if (!head_ || pieces_ == head_->pieces()) return;
    if (numbers != Numbers(head_->generation(), pieces_)) return;
    ++pieces_;
    if (!transfer::ReadRecords(value, *records_)) is_damaged_ = true;
  }

  std::optional<zone::Records> Whole() {
    if (!head_ || is_damaged_ || pieces_ != head_->pieces() || records_->size() == 0) return {};
    std::vector<transfer::Delta> deltas;
    for (uint32_t i = 0; i < head_->differences(); ++i) {
      const auto octets = differences_.find(Numbers(head_->generation(), i));
      if (octets == differences_.end()) return {};
      auto delta = transfer::ReadDelta(octets->second);
      if (!delta) return {};
      deltas.push_back(*std::move(delta));
    }
    if (deltas.empty()) return std::move(records_);
    auto applied = transfer::ApplyDeltas(*records_, deltas);
    if (!applied) return {};
    return *std::move(applied);
  }

  void FinishZone() {
    std::optional<zone::Records> whole = Whole();
    std::vector<std::string> used;
    if (whole) {
      std::vector<store::StateEdit> edits;
      AppendDeletions(origin_, *head_, edits);
      for (const store::StateEdit& edit : edits) used.push_back(edit.key);
      used.push_back(KeyOf(origin_, kHead));
      used.push_back(KeyOf(origin_, kTime));
      copies_.heads_[origin_] = *head_;
      loaded.copies[origin_] = {std::make_shared<const zone::Records>(*std::move(whole)),
                                confirmed_, head_->listed_by()};
    } else if (head_) {
      loaded.damaged.push_back(origin_);
    }
    const std::set<std::string> kept(used.begin(), used.end());
    for (const std::string& key : keys_) {
      if (!kept.contains(key)) leftovers.push_back({key, std::nullopt});
    }
  }

  ZoneCopies& copies_;
  std::string origin_;
  std::vector<std::string> keys_;
  std::map<std::string, std::string, std::less<>> differences_;
  std::optional<v1::ZoneCopy> head_;
  std::optional<zone::Records> records_{std::in_place};
  uint32_t pieces_ = 0;
  bool is_damaged_ = false;
  Wall confirmed_;
};

Result<ZoneCopies::Loaded> ZoneCopies::Load() {
  Loader loader(*this);
  const Status scanned = store_.ScanState(
      std::string(kPrefix),
      [&](std::string_view key, std::string_view value) { return loader.Take(key, value); });
  if (!scanned) return tl::unexpected(scanned.error());
  loader.Finish();
  if (!loader.leftovers.empty()) {
    if (Status status = store_.WriteState(loader.leftovers, false); !status) {
      return tl::unexpected(status.error());
    }
  }
  return std::move(loader.loaded);
}

Status ZoneCopies::Keep(const std::string& origin, const zone::Records& content,
                        const std::vector<transfer::Delta>& deltas, Wall confirmed,
                        const std::string& listed_by) {
  const auto head = heads_.find(origin);
  const bool is_light =
      head != heads_.end() && head->second.difference_octets() < head->second.piece_octets() / 2;
  const Status kept = !deltas.empty() && is_light ? Append(origin, deltas, confirmed, listed_by)
                                                  : Replace(origin, content, confirmed, listed_by);
  // What is kept is no longer what the next differences begin with. An empty head is never light.
  if (!kept && head != heads_.end()) head->second.set_piece_octets(0);
  return kept;
}

Status ZoneCopies::Replace(const std::string& origin, const zone::Records& content, Wall confirmed,
                           const std::string& listed_by) {
  const v1::ZoneCopy former = heads_.contains(origin) ? heads_[origin] : v1::ZoneCopy();
  v1::ZoneCopy head;
  head.set_generation(former.generation() + 1);
  head.set_listed_by(listed_by);
  const Status written = transfer::WriteRecords(content, [&](std::string piece) {
    head.set_piece_octets(head.piece_octets() + piece.size());
    const std::string numbers = Numbers(head.generation(), head.pieces());
    head.set_pieces(head.pieces() + 1);
    return store_.PutState(KeyOf(origin, kPiece, numbers), piece, false);
  });
  if (!written) return written;
  std::vector<store::StateEdit> edits{{KeyOf(origin, kHead), head.SerializeAsString()},
                                      {KeyOf(origin, kTime), TimeText(confirmed)}};
  AppendDeletions(origin, former, edits);
  if (Status status = store_.WriteState(edits, true); !status) return status;
  heads_[origin] = head;
  return {};
}

Status ZoneCopies::Append(const std::string& origin, const std::vector<transfer::Delta>& deltas,
                          Wall confirmed, const std::string& listed_by) {
  v1::ZoneCopy head = heads_[origin];
  head.set_listed_by(listed_by);
  std::vector<store::StateEdit> edits;
  for (const transfer::Delta& delta : deltas) {
    std::string octets = transfer::WriteDelta(delta);
    head.set_difference_octets(head.difference_octets() + octets.size());
    edits.push_back({KeyOf(origin, kDifference, Numbers(head.generation(), head.differences())),
                     std::move(octets)});
    head.set_differences(head.differences() + 1);
  }
  edits.push_back({KeyOf(origin, kHead), head.SerializeAsString()});
  edits.push_back({KeyOf(origin, kTime), TimeText(confirmed)});
  if (Status status = store_.WriteState(edits, true); !status) return status;
  heads_[origin] = head;
  return {};
}

Status ZoneCopies::Confirm(const std::string& origin, Wall confirmed) {
  return store_.PutState(KeyOf(origin, kTime), TimeText(confirmed), false);
}

std::vector<std::string> ZoneCopies::origins() const {
  std::vector<std::string> origins;
  for (const auto& [origin, head] : heads_) origins.push_back(origin);
  return origins;
}

Status ZoneCopies::Drop(const std::string& origin) {
  const auto head = heads_.find(origin);
  if (head == heads_.end()) return {};
  std::vector<store::StateEdit> edits{{KeyOf(origin, kHead), std::nullopt},
                                      {KeyOf(origin, kTime), std::nullopt}};
  AppendDeletions(origin, head->second, edits);
  if (Status status = store_.WriteState(edits, true); !status) return status;
  heads_.erase(head);
  return {};
}

}  // namespace waypost::control
