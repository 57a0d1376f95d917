#include "dnsd/control/publisher.h"

#include <fmt/format.h>

#include <algorithm>

#include "dnsd/control/liveness_memory.h"
#include "waypost/v1/state.pb.h"

namespace waypost::control {
namespace {

/// Staleness, delayed failback and ended overrides are noticed within this time.
constexpr std::chrono::milliseconds kControlTick{50};
/// The last verdicts are written at most this often; what a crash can lose is a younger flip, which
/// is probed anew.
constexpr std::chrono::milliseconds kRememberPeriod{1000};
constexpr const char* kLivenessKey = "liveness";

/// visit(id, moment) for all overrides that end by themselves, or did.
template <typename Visit>
void VisitOverrideEnds(const config::ResourceSet& resources, const Visit& visit) {
  for (auto it = resources.lower_bound("override/"); it != resources.end(); ++it) {
    if (!it->second->has_override()) break;
    if (!it->second->override().has_until()) continue;
    const Wall until = Wall(std::chrono::seconds(it->second->override().until().seconds())) +
                       std::chrono::nanoseconds(it->second->override().until().nanos());
    visit(it->first, until);
  }
}

/// The next moment at which an override ends by itself.
Wall NextOverrideEnd(const config::ResourceSet& resources, Wall now) {
  Wall next = Wall::max();
  VisitOverrideEnds(resources, [&](const std::string& /*id*/, Wall until) {
    if (until > now) next = std::min(next, until);
  });
  return next;
}

void Configure(liveness::Verdicts& verdicts, const config::Built& built,
               const std::shared_ptr<liveness::Board>& board, const Clock& clock) {
  const Wall now = clock.WallNow();
  verdicts.Configure(config::LayoutFor(built, now), board, clock.Now());
  const auto pins = config::PinsFor(built, now);
  for (uint32_t record = 0; record < board->layout().records; ++record) {
    const auto pin = pins.find(record);
    board->SetPin(record, pin == pins.end() ? liveness::Board::kNoPin : pin->second);
  }
}

}  // namespace

Publisher::Publisher(store::Store& store, const Clock& clock, EventBus& events,
                     SerialExecutor& background)
    : store_(store),
      clock_(clock),
      events_(events),
      background_(background),
      verdicts_(std::make_unique<liveness::Verdicts>()),
      desk_(*verdicts_, events),
      control_("control", SerialExecutor::Pace::kPrompt, kControlTick, [this] { Tick(); }) {}

Publisher::~Publisher() { Stop(); }

std::shared_ptr<const Serving> Publisher::serving() const {
  const std::lock_guard lock(mutex_);
  return serving_;
}

Status Publisher::Restore() {
  const auto bytes = store_.GetState(kLivenessKey);
  if (!bytes) return tl::unexpected(bytes.error());
  v1::LivenessMemory message;
  if (bytes->has_value() && !message.ParseFromString(**bytes)) {
    return Fail(ErrorCode::kInvalid, "state \"liveness\" is damaged");
  }
  control_.Ask([this, &message] { verdicts_->Restore(FromProto(message, clock_)); });
  return {};
}

void Publisher::Publish(uint64_t revision, std::shared_ptr<const config::Built> built,
                        std::shared_ptr<const geo::ClientMap> clients) {
  const auto former = serving();
  auto snapshot = MakeSnapshot(revision, *built, std::move(clients), former.get());
  control_.Ask([&] {
    snapshot->board = BoardFor(*built);
    snapshot->pool_slots = SlotsFor(built->steering->topology);
    Install(std::make_shared<Serving>(Serving{revision, std::move(built), std::move(snapshot)}));
  });
}

void Publisher::PublishClients(std::shared_ptr<const geo::ClientMap> clients) {
  const auto current = serving();
  if (current) Publish(current->revision, current->built, std::move(clients));
}

std::shared_ptr<liveness::Board> Publisher::BoardIfServed(const config::Built& built) {
  liveness::Verdicts verdicts = control_.Ask([this] { return verdicts_->Clone(); });
  auto board = BoardFor(built);
  Configure(verdicts, built, board, clock_);
  return board;
}

bool Publisher::PostToControl(std::function<void(EvidenceDesk&)> task) {
  return control_.Post(OnDesk(std::move(task)));
}

void Publisher::PostAlwaysToControl(std::function<void(EvidenceDesk&)> task) {
  control_.PostAlways(OnDesk(std::move(task)));
}

SerialExecutor::Task Publisher::OnDesk(std::function<void(EvidenceDesk&)> task) {
  return [this, task = std::move(task)] {
    task(desk_);
    AnnounceVerdicts();
  };
}

void Publisher::SetWorkerGeneration(std::function<uint64_t()> oldest) {
  control_.Ask([&] { oldest_generation_ = std::move(oldest); });
}

void Publisher::Stop() {
  control_.Stop();
  if (has_news_to_remember_) Remember(true);
  has_news_to_remember_ = false;
}

void Publisher::Install(std::shared_ptr<const Serving> next) {
  {
    const std::lock_guard lock(mutex_);
    serving_ = next;
  }
  Reconfigure();
  desk_.Assign(*next->built);
  if (auto former = cell_.Publish(next->snapshot))
    retired_.emplace_back(cell_.generation(), std::move(former));
}

void Publisher::Reconfigure() {
  const auto current = serving();
  Configure(*verdicts_, *current->built, current->snapshot->board, clock_);
  next_override_end_ = NextOverrideEnd(current->built->resources, clock_.WallNow());
  AnnounceVerdicts();
}

void Publisher::EndOverrides() {
  const Wall first = next_override_end_;
  const Wall now = clock_.WallNow();
  Reconfigure();
  VisitOverrideEnds(serving()->built->resources, [&](const std::string& id, Wall until) {
    if (until >= first && until <= now) {
      events_.Publish({{}, "override", id, "ended by itself"});
    }
  });
}

void Publisher::Tick() {
  verdicts_->Tick(clock_.Now());
  desk_.Tick(clock_.Now());
  AnnounceVerdicts();
  has_news_to_remember_ |= verdicts_->IsMoving();
  if (clock_.WallNow() >= next_override_end_) EndOverrides();
  has_news_to_remember_ |= verdicts_->arrivals() != remembered_arrivals_;
  if (has_news_to_remember_ && clock_.Now() - last_remembered_ >= kRememberPeriod) Remember(false);
  FreeRetired();
}

void Publisher::AnnounceVerdicts() {
  const auto current = serving();
  for (const liveness::Verdict& verdict : verdicts_->TakeChanges()) {
    has_news_to_remember_ = true;
    verdict_changes_.fetch_add(1, std::memory_order_relaxed);
    events_.Publish({{},
                     "verdict",
                     "endpoint/" + verdict.endpoint,
                     verdict.reason,
                     current->revision,
                     current->snapshot->board->epoch()});
  }
  AnnounceNews();
}

/// Pools and regions as a whole, and signals.
void Publisher::AnnounceNews() {
  const auto current = serving();
  for (const liveness::News& news : verdicts_->TakeNews()) {
    has_news_to_remember_ = true;
    events_.Publish({{},
                     news.kind,
                     news.subject,
                     news.text,
                     current->revision,
                     current->snapshot->board->epoch()});
  }
}

void Publisher::RememberSoon() {
  control_.Post([this] { has_news_to_remember_ = true; });
}

void Publisher::Remember(bool durable) {
  last_remembered_ = clock_.Now();
  has_news_to_remember_ = false;
  remembered_arrivals_ = verdicts_->arrivals();
  auto write = [this, durable, bytes = ToProto(verdicts_->Remember(), clock_).SerializeAsString()] {
    const bool was_writable = store_.writable();
    const Status written = store_.PutState(kLivenessKey, bytes, durable);
    if (written) return;
    state_write_failures_.fetch_add(1, std::memory_order_relaxed);
    if (was_writable) events_.Publish({{}, "store", "store", written.error().message});
  };
  // The disk may be slow or gone; the control thread does not wait for it.
  if (durable) {
    write();
  } else if (!background_.Post(std::move(write))) {
    has_news_to_remember_ = true;
  }
}

void Publisher::FreeRetired() {
  const uint64_t reached = oldest_generation_ ? oldest_generation_() : cell_.generation();
  std::erase_if(retired_, [reached](const auto& entry) { return entry.first <= reached; });
}

std::shared_ptr<liveness::Board> Publisher::BoardFor(const config::Built& built) const {
  auto board = std::make_shared<liveness::Board>(built.steering->layout);
  if (const auto current = serving()) board->RaiseEpoch(current->snapshot->board->epoch());
  return board;
}

std::vector<uint16_t> Publisher::SlotsFor(const steer::Topology& topology) {
  std::vector<uint16_t> slots;
  for (const steer::Pool& pool : topology.pools) {
    // Names beyond the table's end share the last slot: counts stay complete, only less detailed.
    const auto next = static_cast<uint16_t>(std::min(slots_.size(), steer::kMaxPools - 1));
    slots.push_back(slots_.emplace(pool.name, next).first->second);
  }
  return slots;
}

}  // namespace waypost::control
