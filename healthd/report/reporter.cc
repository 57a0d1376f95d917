#include "healthd/report/reporter.h"

#include <algorithm>
#include <cctype>
#include <set>

namespace waypost::report {
namespace {

using std::chrono::microseconds;

/// LAYER_CONNECT as "connect", as people read it elsewhere.
std::string NameOf(v1::Layer layer) {
  std::string name = v1::Layer_Name(layer).substr(sizeof("LAYER_") - 1);
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return std::tolower(c); });
  return name;
}

}  // namespace

Reporter::Reporter(boost::asio::io_context& io, Options options, Watch watch,
                   std::shared_ptr<spdlog::logger> log)
    : io_(io), options_(std::move(options)), watch_(std::move(watch)), log_(std::move(log)) {}

void Reporter::Connect(const std::vector<std::string>& directors, const Security& security) {
  const std::set<std::string> wanted(directors.begin(), directors.end());
  const bool all_anew = security != security_;
  security_ = security;
  std::erase_if(directors_, [&](const auto& entry) {
    if (!wanted.contains(entry.first)) roster_.Drop(entry.first);
    return all_anew || !wanted.contains(entry.first);
  });
  UpdateWatches();
  for (const std::string& director : wanted)
    if (!directors_.contains(director)) Add(director);
}

void Reporter::Add(const std::string& director) {
  const Director::Setup setup{director, security_, options_.hello, options_.retention,
                              options_.seed + directors_.size()};
  const Director::Events events{
      [this, director](const v1::Assignment& assignment) { return Assign(director, assignment); },
      [this, director] { Drop(director); }};
  const auto [entry, is_new] =
      directors_.emplace(director, std::make_unique<Director>(io_, setup, events, table_, log_));
  entry->second->SetDoubt(doubt_);
  entry->second->Start();
}

void Reporter::Stop() { Connect({}, {}); }

void Reporter::SetDoubt(const detect::Doubt& doubt) {
  doubt_.set_cause(static_cast<v1::Doubt::Cause>(doubt.cause));
  doubt_.set_why(doubt.why);
  if (doubt.cause == detect::Doubt::Cause::kNone)
    log_->info("component=detect event=trust");
  else
    log_->warn("component=detect event=doubt reason={:?}", doubt.why);
  for (const auto& [address, director] : directors_) director->SetDoubt(doubt_);
}

void Reporter::Forget(const std::vector<WatchId>& watches) {
  for (const WatchId watch : watches) table_.erase(watch);
}

void Reporter::Note(WatchId watch, const schedule::Sighting& sighting) {
  if (!sighting.outcome.conclusive) LogInconclusive(sighting);
  if (!wanted_.contains(watch)) return;
  if (!sighting.outcome.conclusive) return NoteInconclusive(watch, sighting);
  if (sighting.opinion_changed) LogChange(watch, sighting);
  Tell(watch, sighting);
}

/// What was seen before counts as long as it would have without this; then it is told why nothing
/// is seen any more.
void Reporter::NoteInconclusive(WatchId watch, schedule::Sighting sighting) {
  const probe::Spec& spec = *wanted_.at(watch);
  const auto seen = table_.find(watch);
  const bool has_opinion = seen != table_.end() && seen->second.opinion != detect::Opinion::kNone;
  const bool is_down = has_opinion && seen->second.opinion == detect::Opinion::kDown;
  const auto counts_for = spec.staleness + (is_down ? spec.backoff_max : microseconds(0));
  if (has_opinion && sighting.ended - seen->second.ended <= counts_for) return;
  const bool goes_on = seen != table_.end() && !has_opinion;
  sighting.opinion = detect::Opinion::kNone;
  sighting.opinion_since = goes_on ? seen->second.opinion_since : sighting.ended;
  Tell(watch, sighting);
}

void Reporter::Tell(WatchId watch, const schedule::Sighting& sighting) {
  table_.insert_or_assign(watch, sighting);
  for (const auto& [address, director] : directors_)
    director->Note(watch, sighting.opinion_changed);
}

std::vector<AssignedTarget> Reporter::Assign(const std::string& director,
                                             const v1::Assignment& assignment) {
  Roster::Accepted accepted = roster_.Assign(director, assignment);
  for (const std::string& problem : accepted.problems)
    if (problem_limit_.Admit(std::chrono::steady_clock::now()))
      log_->error("component=report event=refused director={} problem={:?}", director, problem);
  UpdateWatches();
  return std::move(accepted.targets);
}

void Reporter::Drop(const std::string& director) {
  roster_.Drop(director);
  UpdateWatches();
}

void Reporter::UpdateWatches() {
  wanted_ = roster_.wanted();
  std::erase_if(table_, [this](const auto& entry) { return !wanted_.contains(entry.first); });
  watch_(wanted_);
}

void Reporter::LogChange(WatchId watch, const schedule::Sighting& sighting) {
  const auto held_back = change_limit_.Admit(sighting.ended);
  if (!held_back) return;
  log_->info("component=detect event={} target={} layer={} detail={:?} held_back={}",
             sighting.opinion == detect::Opinion::kUp ? "up" : "down",
             wanted_.at(watch)->address.ToString(), NameOf(sighting.outcome.failure.layer),
             sighting.outcome.failure.detail, *held_back);
}

void Reporter::LogInconclusive(const schedule::Sighting& sighting) {
  const auto held_back = inconclusive_limit_.Admit(sighting.ended);
  if (!held_back) return;
  log_->error("component=probe event=inconclusive detail={:?} held_back={}",
              sighting.outcome.failure.detail, *held_back);
}

}  // namespace waypost::report
