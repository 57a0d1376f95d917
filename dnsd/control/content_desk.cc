#include "dnsd/control/content_desk.h"

#include <algorithm>
#include <utility>

#include "dnsd/transfer/delta.h"
#include "dnsd/transfer/refresh_schedule.h"

namespace waypost::control {
namespace {

/// The first error; the others are much the same to who reads a status.
std::string FirstError(const Problems& problems) {
  for (const Problem& problem : problems) {
    if (!problem.is_warning) return problem.ToString();
  }
  return "it cannot be served";
}

}  // namespace

Result<std::map<std::string, KeptContent>> ContentDesk::Load() {
  std::map<std::string, KeptContent> kept;
  if (copies_ == nullptr) return kept;
  auto loaded = copies_->Load();
  if (!loaded) return tl::unexpected(loaded.error());
  for (const std::string& origin : loaded->damaged) {
    events_.Publish({{}, "secondary", "zone/" + origin, "what was kept of it is damaged"});
  }
  for (auto& [origin, copy] : loaded->copies) {
    if (clock_.WallNow() - copy.confirmed >= transfer::ExpireOf(transfer::SoaOf(*copy.content))) {
      Note(origin, copies_->Drop(origin));
      events_.Publish({{}, "secondary", "zone/" + origin, "expired while nobody was here"});
    } else {
      kept[origin] = {std::move(copy.content), copy.confirmed, std::move(copy.listed_by)};
    }
  }
  return kept;
}

void ContentDesk::Deliver(Delivery delivery) {
  const std::lock_guard lock(mutex_);
  waiting_.push_back(std::move(delivery));
  if (waiting_.size() == 1) builder_.PostAlways([this] { Run(); });
}

void ContentDesk::Run() {
  std::vector<Delivery> deliveries;
  {
    const std::lock_guard lock(mutex_);
    deliveries.swap(waiting_);
  }
  config::Contents contents;
  for (const Delivery& delivery : deliveries) {
    if (delivery.kind == Delivery::Kind::kConfirmed) continue;
    contents[delivery.origin] = delivery.version.content;
  }
  const auto refused =
      contents.empty() ? std::map<std::string, Problems>() : changes_.Refill(contents);
  for (const Delivery& delivery : deliveries) Finish(delivery, refused);
}

void ContentDesk::Finish(const Delivery& delivery, const std::map<std::string, Problems>& refused) {
  const std::string& origin = delivery.origin;
  const auto refusal = refused.find(origin);
  const bool is_new = delivery.kind == Delivery::Kind::kNew;
  if (is_new && refusal != refused.end()) {
    return delivery.done(transfer::Trouble{transfer::Layer::kContent, FirstError(refusal->second)});
  }
  if (copies_ != nullptr) {
    const Wall now = clock_.WallNow();
    if (is_new) {
      Note(origin, copies_->Keep(origin, *delivery.version.content, delivery.version.deltas, now,
                                 changes_.ListedBy(origin)));
    } else if (delivery.kind == Delivery::Kind::kExpired) {
      Note(origin, copies_->Drop(origin));
    } else if (copies_->Has(origin)) {
      Note(origin, copies_->Confirm(origin, now));
    }
  }
  if (is_new) delivery.done(std::nullopt);
}

void ContentDesk::Note(const std::string& origin, const Status& kept) {
  if (kept) return;
  unkept_.fetch_add(1, std::memory_order_relaxed);
  events_.Publish({{},
                   "store",
                   "zone/" + origin,
                   "what was transferred is served but not kept: " + kept.error().message});
}

void ContentDesk::Retain(const config::Built& built) {
  if (copies_ == nullptr) return;
  for (const std::string& origin : copies_->origins()) {
    const auto zone = built.zones.find(origin);
    const bool is_gone =
        zone == built.zones.end() || !config::IsSecondary(zone->second.resource->zone());
    // What a catalog listed before may have been another zone of this name.
    const bool is_reset = !is_gone && !zone->second.extras->listed_by.empty() &&
                          zone->second.extras->content == nullptr;
    if (is_gone || is_reset) {
      Note(origin, copies_->Drop(origin));
    }
  }
}

}  // namespace waypost::control
