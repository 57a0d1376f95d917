#include "dnsd/control/evidence_desk.h"

#include <fmt/format.h>

#include <algorithm>

#include "dnsd/base/utf8.h"

namespace waypost::control {
namespace {

using std::chrono::microseconds;

/// Ages from a peer are bounded, so that no sum overflows.
constexpr uint64_t kMaxAgeUs = uint64_t{7} * 24 * 3600 * 1000 * 1000;
/// Words of a peer end up in logs and tables.
constexpr size_t kMaxDetail = 300;
/// The bound of LoadFeedback, so that sums stay finite.
constexpr double kMaxLoad = 1e15;

Steady Before(Steady now, uint64_t age_us) {
  return now - microseconds(std::min(age_us, kMaxAgeUs));
}

liveness::Opinion OpinionOf(v1::Opinion opinion) {
  switch (opinion) {
    case v1::OPINION_UP:
      return liveness::Opinion::kUp;
    case v1::OPINION_DOWN:
      return liveness::Opinion::kDown;
    default:
      return liveness::Opinion::kNone;
  }
}

liveness::Doubt::Cause CauseOf(v1::Doubt::Cause cause) {
  switch (cause) {
    case v1::Doubt::CAUSE_REFERENCES:
      return liveness::Doubt::Cause::kReferences;
    case v1::Doubt::CAUSE_TOGETHER:
      return liveness::Doubt::Cause::kTogether;
    default:
      return liveness::Doubt::Cause::kNone;
  }
}

/// As a vantage may say it; what is none is not known.
liveness::Load LoadOf(const v1::Load& load) {
  const bool is_load = load.used() >= 0 && load.used() <= kMaxLoad && load.capacity() > 0 &&
                       load.capacity() <= kMaxLoad;
  if (!is_load) return {};
  return {static_cast<float>(load.used()), static_cast<float>(load.capacity())};
}

liveness::Evidence EvidenceOf(const v1::Observation& seen, Steady now) {
  liveness::Evidence evidence;
  evidence.opinion = OpinionOf(seen.opinion());
  evidence.observed = Before(now, seen.age_us());
  evidence.opinion_since = Before(now, seen.opinion_age_us());
  evidence.sequence = seen.sequence();
  evidence.failed_layer = static_cast<uint8_t>(seen.failed_layer());
  evidence.detail = Legible(seen.detail(), kMaxDetail);
  evidence.fault = static_cast<uint8_t>(seen.fault());
  evidence.warning = Legible(seen.warning(), kMaxDetail);
  evidence.contrary = seen.contrary();
  evidence.loss_percent = seen.measured().loss_percent();
  evidence.rtt_us = seen.measured().rtt_us();
  evidence.jitter_us = seen.measured().jitter_us();
  evidence.connect_us = seen.phases().connect_us();
  evidence.tls_us = seen.phases().tls_us();
  evidence.first_byte_us = seen.phases().first_byte_us();
  evidence.total_us = seen.phases().total_us();
  evidence.certificate_expires_in_s = seen.certificate_expires_in_s();
  evidence.load = LoadOf(seen.load());
  return evidence;
}

std::shared_ptr<const liveness::VoteRule::Weights> WeightsOf(const v1::Monitor& monitor) {
  const auto& weights = monitor.vantage_weights();
  if (weights.empty()) return nullptr;
  return std::make_shared<liveness::VoteRule::Weights>(weights.begin(), weights.end());
}

}  // namespace

bool EvidenceDesk::Open(StreamId id, const v1::Hello& hello, Send send, Steady now) {
  if (!MakeRoomFor(hello.vantage())) return false;
  Vantage& vantage = vantages_[hello.vantage()];
  const bool was_known = !vantage.facts.name.empty();
  if (const auto older = streams_.find(vantage.stream); older != streams_.end()) {
    older->second.send(nullptr);
    streams_.erase(older);
  }
  vantage.facts = {hello.vantage(),
                   hello.region(),
                   hello.version(),
                   hello.asn(),
                   true,
                   now,
                   0,
                   0,
                   0,
                   vantage.facts.streams + 1,
                   vantage.facts.reports};
  vantage.stream = id;
  vantage.generation = 0;
  vantage.opinions.assign(targets_.size(), v1::OPINION_UNSPECIFIED);
  streams_[id] = {hello.vantage(), std::move(send)};
  plan_.Begins(hello.vantage());
  plan_.Hear(hello.vantage(), hello.region(), now);
  TellAll();
  verdicts_.Introduce(hello.vantage(), {hello.region(), hello.asn()}, now);
  events_.Publish(
      {{}, "vantage", "vantage/" + hello.vantage(), was_known ? "connected again" : "connected"});
  return true;
}

bool EvidenceDesk::MakeRoomFor(const std::string& vantage) {
  if (vantages_.contains(vantage) || vantages_.size() < kMaxVantages) return true;
  const auto gone = std::find_if(vantages_.begin(), vantages_.end(),
                                 [](const auto& entry) { return !entry.second.facts.connected; });
  if (gone == vantages_.end()) return false;
  vantages_.erase(gone);
  return true;
}

void EvidenceDesk::Take(StreamId id, const v1::Report& report, Steady now) {
  const auto stream = streams_.find(id);
  if (stream == streams_.end()) return;
  Vantage& vantage = vantages_[stream->second.vantage];
  vantage.facts.last_heard = now;
  ++vantage.facts.reports;
  verdicts_.Heartbeat(vantage.facts.name, now);
  if (plan_.Hear(vantage.facts.name, vantage.facts.region, now)) TellAll();
  TakeDoubt(vantage, report.doubt(), now);
  if (report.generation() != vantage.generation) return;
  if (report.full()) {
    verdicts_.Forget(vantage.facts.name);
    vantage.opinions.assign(targets_.size(), v1::OPINION_UNSPECIFIED);
    vantage.facts.targets = vantage.facts.targets_down = 0;
  }
  for (const v1::Observation& seen : report.observations()) {
    const bool is_assigned = seen.target() < vantage.share.size() && vantage.share[seen.target()];
    if (is_assigned) TakeOne(vantage, seen, now);
  }
}

void EvidenceDesk::TakeDoubt(Vantage& vantage, const v1::Doubt& doubt, Steady now) {
  const std::string why = Legible(doubt.why(), kMaxDetail);
  verdicts_.Doubts(vantage.facts.name, {CauseOf(doubt.cause()), why}, now);
  if (why == vantage.doubt) return;
  vantage.doubt = why;
  events_.Publish({{},
                   "vantage",
                   "vantage/" + vantage.facts.name,
                   why.empty() ? "trusts itself again" : "doubts itself: " + why});
}

void EvidenceDesk::TakeOne(Vantage& vantage, const v1::Observation& seen, Steady now) {
  const Target& target = targets_[seen.target()];
  verdicts_.Observe(vantage.facts.name, target.endpoint, EvidenceOf(seen, now), now);
  NoteAbility(vantage, seen, now);
  Count(vantage, seen);
  if (seen.failed_layer() == v1::LAYER_NONE && seen.phases().connect_us() > 0) {
    NoteRtt(vantage.facts.region, target.region, seen.phases().connect_us() / 1000.0);
  }
}

/// Without an opinion, and with a reason: what it takes to look is missing there.
void EvidenceDesk::NoteAbility(const Vantage& vantage, const v1::Observation& seen, Steady now) {
  const bool has_opinion = seen.opinion() != v1::OPINION_UNSPECIFIED;
  const bool had_opinion = vantage.opinions[seen.target()] != v1::OPINION_UNSPECIFIED;
  if (has_opinion && had_opinion) return;
  plan_.Looks(vantage.facts.name, seen.target(),
              has_opinion ? "" : Legible(seen.detail(), kMaxDetail), now);
}

void EvidenceDesk::Count(Vantage& vantage, const v1::Observation& seen) {
  v1::Opinion& held = vantage.opinions[seen.target()];
  if (held == v1::OPINION_UNSPECIFIED && seen.opinion() != v1::OPINION_UNSPECIFIED)
    ++vantage.facts.targets;
  if (held == v1::OPINION_DOWN) --vantage.facts.targets_down;
  if (seen.opinion() == v1::OPINION_DOWN) ++vantage.facts.targets_down;
  held = seen.opinion();
}

void EvidenceDesk::NoteRtt(const std::string& from, const std::string& to, double milliseconds) {
  if (from.empty() || to.empty() || from == to) return;
  const auto [entry, is_new] = region_rtts_.emplace(std::make_pair(from, to), milliseconds);
  if (is_new) return;
  // Follows a shorter time at once, for a connect can only be slower than the path, and forgets it
  // slowly.
  double& held = entry->second;
  held = milliseconds < held ? milliseconds : held + (milliseconds - held) / 256;
}

void EvidenceDesk::Close(StreamId id, Steady now) {
  const auto stream = streams_.find(id);
  if (stream == streams_.end()) return;
  Vantage& vantage = vantages_[stream->second.vantage];
  vantage.stream = 0;
  vantage.facts.connected = false;
  verdicts_.Disconnect(vantage.facts.name, now);
  events_.Publish({{}, "vantage", "vantage/" + vantage.facts.name, "disconnected"});
  streams_.erase(stream);
}

void EvidenceDesk::Assign(const config::Built& built) {
  auto message = std::make_shared<v1::DirectorMessage>();
  std::vector<Target> targets;
  std::vector<liveness::WatchTarget> watched;
  const steer::Topology& topology = built.steering->topology;
  for (steer::EndpointIndex i = 0; i < topology.endpoints.size(); ++i) {
    const auto monitor = config::MonitorFor(built, i);
    if (!monitor) continue;
    const steer::Endpoint& endpoint = topology.endpoints[i];
    v1::Target* target = message->mutable_assignment()->add_targets();
    target->set_id(static_cast<uint32_t>(targets.size()));
    target->set_endpoint(endpoint.id);
    target->set_address(config::ProbeAddressFor(built, i).ToString());
    *target->mutable_monitor() = *monitor;
    for (v1::Monitor& member : config::MembersFor(built, i)) {
      *target->add_members() = std::move(member);
    }
    watched.push_back({endpoint.id, monitor->vantages(), WeightsOf(*monitor)});
    targets.push_back({endpoint.id, topology.regions[topology.pools[endpoint.pool].region].name});
  }
  std::string bytes = message->SerializeAsString();
  if (last_generation_ > 0 && bytes == everything_bytes_) return;
  everything_bytes_ = std::move(bytes);
  message->mutable_assignment()->set_generation(++last_generation_);
  everything_ = std::move(message);
  targets_ = std::move(targets);
  plan_.Configure(std::move(watched));
  for (auto& [name, vantage] : vantages_) {
    vantage.generation = 0;
    vantage.opinions.assign(targets_.size(), v1::OPINION_UNSPECIFIED);
    vantage.facts.targets = vantage.facts.targets_down = 0;
  }
  TellAll();
}

void EvidenceDesk::Tick(Steady now) {
  for (const auto& [name, vantage] : vantages_) {
    plan_.Doubts(name, !verdicts_.Suspended(name).empty(), now);
  }
  if (plan_.Tick(now)) TellAll();
}

void EvidenceDesk::TellAll() {
  for (auto& [name, vantage] : vantages_) Tell(vantage);
}

void EvidenceDesk::Tell(Vantage& vantage) {
  const liveness::WatchPlan::Share* share = plan_.Of(vantage.facts.name);
  const auto stream = streams_.find(vantage.stream);
  // What is connected and silent keeps what it has, and is told the latest when it speaks again.
  if (share == nullptr || stream == streams_.end()) return;
  if (vantage.generation != 0 && vantage.share == *share) return;
  const Message message = MessageFor(*share);
  vantage.generation = message->assignment().generation();
  vantage.share = *share;
  vantage.facts.assigned = static_cast<uint32_t>(message->assignment().targets_size());
  stream->second.send(message);
}

EvidenceDesk::Message EvidenceDesk::MessageFor(const liveness::WatchPlan::Share& share) {
  if (std::find(share.begin(), share.end(), false) == share.end()) return everything_;
  auto message = std::make_shared<v1::DirectorMessage>();
  v1::Assignment& assignment = *message->mutable_assignment();
  for (size_t i = 0; i < share.size(); ++i) {
    const auto& target = everything_->assignment().targets(static_cast<int>(i));
    if (share[i]) *assignment.add_targets() = target;
  }
  assignment.set_generation(++last_generation_);
  return message;
}

std::vector<std::string> EvidenceDesk::WatchersOf(const std::string& endpoint) const {
  for (size_t i = 0; i < targets_.size(); ++i) {
    if (targets_[i].endpoint == endpoint) return plan_.WatchersOf(i);
  }
  return {};
}

std::vector<VantageFacts> EvidenceDesk::Vantages() const {
  std::vector<VantageFacts> all;
  for (const auto& [name, vantage] : vantages_) all.push_back(vantage.facts);
  return all;
}

}  // namespace waypost::control
