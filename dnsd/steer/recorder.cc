#include "dnsd/steer/recorder.h"

#include <fmt/format.h>

#include <algorithm>

#include "dnsd/steer/words.h"

namespace waypost::steer {

namespace {

// Groups counted from the front.
std::vector<uint32_t> DenseRanks(std::span<const Candidate> candidates) {
  std::vector<uint32_t> ranks;
  uint32_t rank = 0;
  for (size_t i = 0; i < candidates.size(); ++i) {
    if (i > 0 && candidates[i].rank != candidates[i - 1].rank) ++rank;
    ranks.push_back(rank);
  }
  return ranks;
}

bool Holds(std::span<const Candidate> list, PoolIndex pool) {
  return std::any_of(list.begin(), list.end(), [&](const Candidate& c) { return c.pool == pool; });
}

std::string_view NetworkText(const Client& client) {
  return client.address.is_v4() ? "/24" : "/56";
}

}  // namespace

void Recorder::Start(const Candidates& candidates) {
  before_.assign(candidates.begin(), candidates.end());
}

template <typename Why>
void Recorder::Write(std::string step, std::string summary, std::span<const Candidate> after,
                     Why why) {
  Trace::StepEntry entry{std::move(step), std::move(summary), {}};
  const std::vector<uint32_t> ranks = DenseRanks(after);
  for (size_t i = 0; i < after.size(); ++i) {
    entry.candidates.push_back({after[i].pool, true, ranks[i], why(after[i])});
  }
  for (const Candidate& c : before_) {
    if (!Holds(after, c.pool)) entry.candidates.push_back({c.pool, false, 0, why(c)});
  }
  trace_.steps.push_back(std::move(entry));
  before_.assign(after.begin(), after.end());
}

void Recorder::WriteCandidates(const Record& record, const Candidates& candidates) {
  Start(candidates);
  Write("candidates",
        fmt::format("{} of {} pools have endpoints of this type", candidates.size(),
                    record.candidates->all.size()),
        candidates.all(), [](const Candidate& c) { return StandingsText(c.standings); });
  for (const PoolIndex pool : record.candidates->all) {
    if (Holds(candidates.all(), pool)) continue;
    trace_.steps.back().candidates.push_back({pool, false, 0, "no endpoints of this type"});
  }
}

void Recorder::WriteStep(const Step& step, const Candidates& after) {
  const Change change{before_, after.all()};
  std::string name(step.name());
  if (step.is_fence()) name += " (fence)";
  Write(std::move(name), step.Summary(change, context_), after.all(),
        [&](const Candidate& c) { return step.Why(c, context_); });
}

void Recorder::WriteHealth(const Candidates& after, liveness::StandingSet usable) {
  std::string summary = fmt::format("{} of {} can be used", after.size(), before_.size());
  summary += " (counts as up: " + StandingsText(usable) + ")";
  Write("health", std::move(summary), after.all(),
        [](const Candidate& c) { return StandingsText(c.standings); });
}

void Recorder::WriteNote(const std::string& step, const std::string& summary) {
  trace_.steps.push_back({step, summary, {}});
}

void Recorder::WriteAnswer(const Decision& decision, const Candidates& candidates) {
  Start(candidates);
  std::string names;
  size_t tier = 0;
  for (size_t i = 0; i < decision.count; ++i) {
    const Endpoint& e = context_.world.steering->topology.endpoints[decision.endpoints[i]];
    const bool starts_tier = tier < decision.tiers && (i == 0 || decision.tier_ends[tier - 1] == i);
    if (starts_tier && tier > 0) names += "; ";
    if (starts_tier) names += fmt::format("priority {}: ", ++tier);
    names += (names.empty() || starts_tier ? "" : ", ") + e.id;
  }
  Write("answers", fmt::format("{}: {}", decision.count, names), candidates.all(),
        [&](const Candidate& c) { return c.rank == candidates[0].rank ? "in front" : "behind"; });
}

void Recorder::WriteTtl(const Decision& decision, const Record& record, uint16_t cap_s,
                        PoolIndex capped_by) {
  const std::string bounds = fmt::format("bounds {} s to {} s", record.ttl_min_s, record.ttl_max_s);
  const std::string soonest = capped_by == kNoPool
                                  ? std::string("no verdict is due")
                                  : fmt::format("the verdict about {} could change in {} s",
                                                context_.pool(capped_by).name, cap_s);
  trace_.ttl_why = fmt::format("{} s: {}; {}", decision.ttl_s, soonest, bounds);
}

void Recorder::WriteScope(const Decision& decision, const Record& record, Reads reads) {
  std::string why;
  if (!record.ecs) {
    why = "the policy does not look at the client subnet";
  } else if (!reads.class_of_client && !reads.network) {
    why = "the answer does not depend on the client";
  } else {
    if (reads.class_of_client) {
      why =
          fmt::format("clients within /{} are of one place", context_.client.located.prefix_length);
    }
    if (reads.network) {
      why += fmt::format("{}each {} keeps its pool", why.empty() ? "" : "; ",
                         NetworkText(context_.client));
    }
  }
  trace_.scope_why = fmt::format("{}: {}", decision.scope, why);
}

}  // namespace waypost::steer
