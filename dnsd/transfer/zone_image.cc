#include "dnsd/transfer/zone_image.h"

#include "dnsd/wire/octets.h"

namespace waypost::transfer {
namespace {

std::string_view Text(std::span<const uint8_t> octets) {
  return {reinterpret_cast<const char*>(octets.data()), octets.size()};
}

/// Walks over nodes, their RRsets, and the records of each.
class ZoneCursor final : public RrCursor {
 public:
  explicit ZoneCursor(std::shared_ptr<const ZoneImage> image)
      : image_(std::move(image)), nodes_(image_->zone->nodes()) {}

  bool Next(RrView& record) override {
    for (; node_ < nodes_.size(); ++node_, rrset_ = fallback_ = 0) {
      if (NextStatic(record) || NextFallback(record)) return true;
    }
    return false;
  }

 private:
  bool NextStatic(RrView& record) {
    const zone::Node& node = nodes_[node_];
    for (; rrset_ < node.rrsets.size(); ++rrset_, at_ = 0) {
      const zone::RrSet& set = node.rrsets[rrset_];
      if (at_ == set.rdata.size() || (node_ == 0 && set.type == zone::kSoa)) continue;
      const size_t octets = wire::ReadU16(set.rdata.data() + at_);
      record = {Text(node.owner), set.type, set.ttl, Text(set.rdata.subspan(at_ + 2, octets))};
      at_ += 2 + octets;
      return true;
    }
    return false;
  }

  bool NextFallback(RrView& record) {
    const zone::Node& node = nodes_[node_];
    if (!node.steered.any()) return false;
    const auto& sets = image_->fallbacks[node.steered.slot];
    for (; fallback_ < sets.size(); ++fallback_, at_ = 0) {
      const steer::FallbackSet& set = sets[fallback_];
      if (at_ == set.rdata.size()) continue;
      const std::string_view owner = set.owner.empty() ? Text(node.owner) : set.owner;
      record = {owner, set.type, set.ttl_s, set.rdata[at_++]};
      return true;
    }
    return false;
  }

  const std::shared_ptr<const ZoneImage> image_;
  const std::span<const zone::Node> nodes_;
  size_t node_ = 0;
  size_t rrset_ = 0;
  size_t fallback_ = 0;
  size_t at_ = 0;  // an offset in a static RRset, an index in a fallback
};

class WholeZoneCursor final : public RrCursor {
 public:
  explicit WholeZoneCursor(std::shared_ptr<const ZoneImage> image)
      : image_(image), records_(std::move(image)) {}

  bool Next(RrView& record) override {
    if (soas_ == 1 && records_.Next(record)) return true;
    if (soas_ == 2) return false;
    ++soas_;
    record = image_->Soa();
    return true;
  }

 private:
  const std::shared_ptr<const ZoneImage> image_;
  ZoneCursor records_;
  int soas_ = 0;
};

}  // namespace

RrView ZoneImage::Soa() const {
  const zone::RrSet& soa = *zone->apex().Find(zone::kSoa);
  return {Text(zone->apex().owner), zone::kSoa, soa.ttl, Text(soa.rdata.subspan(2))};
}

std::unique_ptr<RrCursor> RecordsOf(std::shared_ptr<const ZoneImage> image) {
  return std::make_unique<ZoneCursor>(std::move(image));
}

std::unique_ptr<RrCursor> WholeZone(std::shared_ptr<const ZoneImage> image) {
  return std::make_unique<WholeZoneCursor>(std::move(image));
}

}  // namespace waypost::transfer
