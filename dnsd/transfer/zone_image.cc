#include "dnsd/transfer/zone_image.h"

#include "dnsd/wire/octets.h"

namespace waypost::transfer {
namespace {

std::string_view Text(std::span<const uint8_t> octets) {
  return {reinterpret_cast<const char*>(octets.data()), octets.size()};
}

/// Walks over the RRsets of a node and the records of each.
class NodeCursor {
 public:
  NodeCursor(const ZoneImage& image, const zone::Node& node)
      : image_(&image), node_(&node), is_apex_(&node == &image.zone->apex()) {}

  bool Next(RrView& record) { return NextStatic(record) || NextFallback(record); }

 private:
  bool NextStatic(RrView& record) {
    for (; rrset_ < node_->rrsets().size(); ++rrset_, at_ = 0) {
      const zone::RrSet& set = node_->rrsets()[rrset_];
      if (at_ == set.count || (is_apex_ && set.type == zone::kSoa)) continue;
      if (at_++ == 0) next_ = set.records;
      const size_t octets = wire::ReadU16(next_);
      record = {Text(node_->owner()), set.type, set.ttl, Text({next_ + 2, octets})};
      next_ += 2 + octets;
      return true;
    }
    return false;
  }

  bool NextFallback(RrView& record) {
    if (!node_->steered().any()) return false;
    const auto& sets = image_->fallbacks[node_->steered().slot];
    for (; fallback_ < sets.size(); ++fallback_, at_ = 0) {
      const steer::FallbackSet& set = sets[fallback_];
      if (at_ == set.rdata.size()) continue;
      const std::string_view owner = set.owner.empty() ? Text(node_->owner()) : set.owner;
      record = {owner, set.type, set.ttl_s, set.rdata[at_++]};
      return true;
    }
    return false;
  }

  const ZoneImage* image_;
  const zone::Node* node_;
  bool is_apex_;
  size_t rrset_ = 0;
  size_t fallback_ = 0;
  size_t at_ = 0;                  // records of the present set that were given
  const uint8_t* next_ = nullptr;  // in a static one
};

class ZoneCursor final : public RrCursor {
 public:
  explicit ZoneCursor(std::shared_ptr<const ZoneImage> image)
      : image_(std::move(image)),
        node_(image_->zone->nodes().begin()),
        end_(image_->zone->nodes().end()),
        at_node_(*image_, *node_) {}

  bool Next(RrView& record) override {
    while (!at_node_.Next(record)) {
      if (node_ == end_ || ++node_ == end_) return false;
      at_node_ = NodeCursor(*image_, *node_);
    }
    return true;
  }

 private:
  const std::shared_ptr<const ZoneImage> image_;
  zone::NodeRange::Iterator node_;
  const zone::NodeRange::Iterator end_;
  NodeCursor at_node_;
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
  return {Text(zone->apex().owner()), zone::kSoa, soa.ttl, Text(soa.rdata().subspan(2))};
}

void ForEachAt(const ZoneImage& image, const zone::Node& node,
               const std::function<void(const RrView&)>& visit) {
  NodeCursor cursor(image, node);
  for (RrView record; cursor.Next(record);) visit(record);
}

std::unique_ptr<RrCursor> RecordsOf(std::shared_ptr<const ZoneImage> image) {
  return std::make_unique<ZoneCursor>(std::move(image));
}

std::unique_ptr<RrCursor> WholeZone(std::shared_ptr<const ZoneImage> image) {
  return std::make_unique<WholeZoneCursor>(std::move(image));
}

}  // namespace waypost::transfer
