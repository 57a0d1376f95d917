#include "dnsd/steer/compile_policy.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

#include "dnsd/steer/step_shelf.h"
#include "waypost/v1/resource.pb.h"

namespace waypost::steer {

namespace {

constexpr uint32_t kDefaultAnswers = 8;

std::vector<v1::Step> PresetSteps(v1::Preset preset) {
  std::vector<v1::Step> steps;
  if (preset == v1::PRESET_ACTIVE_ACTIVE) {
    steps.resize(2);
    steps[0].mutable_latency();
    steps[1].mutable_weighted();
  } else if (preset == v1::PRESET_ACTIVE_PASSIVE) {
    steps.resize(1);
    steps[0].mutable_failover();
  }
  return steps;
}

std::vector<v1::Step> StepsOf(const v1::Policy& policy) {
  if (policy.steps().empty()) return PresetSteps(policy.preset());
  return {policy.steps().begin(), policy.steps().end()};
}

const char* FieldOf(const v1::Step& step) {
  const auto* field = v1::Step::descriptor()->FindFieldByNumber(step.step_case());
  return field == nullptr ? "" : field->name().c_str();
}

bool IsWaitingFailover(const v1::Step& step) {
  return step.failover().failback() == v1::FAILBACK_DELAYED ||
         step.failover().failback() == v1::FAILBACK_MANUAL;
}

// Compiles one policy, and those that it nests as part of it.
class PolicyCompiler {
 public:
  PolicyCompiler(const CompileInput& input, const Steering& steering, HoldBook& holds,
                 StepShelf& shelf, const std::vector<PoolIndex>& candidates)
      : input_(input), steering_(steering), holds_(holds), shelf_(shelf), candidates_(candidates) {}

  CompiledPolicy Compile(const v1::Policy& policy, Problems& problems) {
    const Reporter report(&problems, Quoted("policy", policy.name()));
    CompiledPolicy compiled{policy.name(), {}, {}};
    CheckPolicy(policy, report);
    CompileKnobs(policy, compiled.knobs, report);
    out_ = &compiled;
    Inline(policy, report);
    if (visited_ > kMaxSteps) {
      report.Fail("steps", fmt::format("more than {}, nested ones counted", kMaxSteps));
    }
    compiled.knobs.max_answers = static_cast<uint8_t>(max_answers_.value_or(kDefaultAnswers));
    return compiled;
  }

 private:
  void CheckPolicy(const v1::Policy& policy, const Reporter& report) {
    CheckName(policy.name(), "name", report);
    const bool has_preset = policy.preset() != v1::PRESET_UNSPECIFIED;
    if (!v1::Preset_IsValid(policy.preset())) report.Fail("preset", "unknown value");
    if (has_preset && !policy.steps().empty()) {
      report.Fail("preset", "stands beside steps: give one of them");
    }
    if (!has_preset && policy.steps().empty()) report.Fail("steps", "missing, and so is a preset");
    const auto waiting =
        std::count_if(policy.steps().begin(), policy.steps().end(), IsWaitingFailover);
    if (waiting > 1) {
      report.Fail("steps", "two failover steps wait with their failback: a pool can wait for one");
    }
  }

  void CompileKnobs(const v1::Policy& policy, Knobs& knobs, const Reporter& report) {
    if (!v1::OnAllDown_IsValid(policy.on_all_down())) report.Fail("on_all_down", "unknown value");
    if (!v1::OnNoDataYet_IsValid(policy.on_no_data_yet())) {
      report.Fail("on_no_data_yet", "unknown value");
    }
    if (!v1::OnStale_IsValid(policy.on_stale())) report.Fail("on_stale", "unknown value");
    knobs.usable = UsableStandings(policy);
    knobs.static_when_stale = policy.on_stale() == v1::ON_STALE_STATIC;
    knobs.ecs = !policy.has_ecs() || policy.ecs();
    if (policy.on_all_down() == v1::ON_ALL_DOWN_NONE) knobs.on_all_down = AllDown::kNone;
    CompileLastResort(policy, knobs, report);
  }

  void CompileLastResort(const v1::Policy& policy, Knobs& knobs, const Reporter& report) {
    const bool is_asked_for = policy.on_all_down() == v1::ON_ALL_DOWN_LAST_RESORT;
    if (is_asked_for) knobs.on_all_down = AllDown::kLastResort;
    if (policy.last_resort().empty()) {
      if (is_asked_for) report.Fail("last_resort", "missing, but on_all_down asks for it");
      return;
    }
    if (!is_asked_for) report.Fail("last_resort", "counts only with on_all_down: last_resort");
    const auto pool = FindByName(steering_.topology.pools, policy.last_resort());
    if (pool) {
      knobs.last_resort = static_cast<PoolIndex>(*pool);
    } else {
      report.Fail("last_resort", Quoted("pool", policy.last_resort()) + " does not exist");
    }
  }

  // False: stop, the steps are too many or go in a circle.
  bool Inline(const v1::Policy& policy, const Reporter& report) {
    path_.push_back(policy.name());
    size_t i = 0;
    bool goes_on = true;
    for (const v1::Step& step : StepsOf(policy)) {
      const Reporter at = report.In(policy.steps().empty() ? "preset" : Nth("steps", i++));
      goes_on = ++visited_ <= kMaxSteps && AddStep(step, policy.name(), at);
      if (!goes_on) break;
    }
    path_.pop_back();
    return goes_on;
  }

  bool AddStep(const v1::Step& message, const std::string& policy, const Reporter& report) {
    const Reporter at = report.In(FieldOf(message));
    if (message.step_case() == v1::Step::kPolicy) return Nest(message.policy(), at);
    if (message.step_case() == v1::Step::kAnswers) {
      LimitAnswers(message.answers().max(), at);
      return true;
    }
    const StepParser parser(input_, steering_, holds_, candidates_, policy, at);
    if (auto step = shelf_.Get(message, parser)) out_->steps.push_back(std::move(step));
    return true;
  }

  // A nested policy is compiled on its own as well, and reports its own problems there. A circle is
  // reported by every policy in it.
  bool Nest(const std::string& name, const Reporter& report) {
    if (path_.size() == 1) outermost_ = report;
    if (std::find(path_.begin(), path_.end(), name) != path_.end()) {
      if (name == path_.front()) {
        outermost_.Fail("",
                        fmt::format("goes in a circle: {} -> {}", fmt::join(path_, " -> "), name));
      }
      return false;
    }
    const auto at = std::find_if(input_.policies.begin(), input_.policies.end(),
                                 [&](const v1::Policy* p) { return p->name() == name; });
    if (at != input_.policies.end()) return Inline(**at, Reporter(&unheard_, ""));
    report.Fail("", Quoted("policy", name) + " does not exist");
    return true;
  }

  // Every answers step is a limit, so the least holds.
  void LimitAnswers(uint32_t max, const Reporter& report) {
    if (max == 0) max = kDefaultAnswers;
    if (max > kMaxAnswers) {
      report.Fail("max", fmt::format("{} is not within 1 and {}", max, kMaxAnswers));
    }
    max_answers_ = std::min<uint32_t>(max_answers_.value_or(kMaxAnswers), max);
  }

  const CompileInput& input_;
  const Steering& steering_;
  HoldBook& holds_;
  StepShelf& shelf_;
  const std::vector<PoolIndex>& candidates_;
  CompiledPolicy* out_ = nullptr;
  std::vector<std::string> path_;    // from the policy that is compiled to the present one
  Reporter outermost_{nullptr, ""};  // its nesting step
  Problems unheard_;                 // of nested policies
  std::optional<uint32_t> max_answers_;
  size_t visited_ = 0;
};

// The pools of all records by policy, in the order of indices.
std::map<std::string, std::vector<PoolIndex>> CandidatesByPolicy(const CompileInput& input,
                                                                 const Topology& topology) {
  std::map<std::string, std::set<PoolIndex>> sets;
  for (const v1::Record* record : input.records) {
    for (const std::string& name : record->pools()) {
      const auto pool = FindByName(topology.pools, name);
      if (pool) sets[record->policy()].insert(static_cast<PoolIndex>(*pool));
    }
  }
  std::map<std::string, std::vector<PoolIndex>> lists;
  for (const auto& [policy, pools] : sets) lists[policy].assign(pools.begin(), pools.end());
  return lists;
}

}  // namespace

std::vector<CompiledPolicy> CompilePolicies(const CompileInput& input, Steering& steering,
                                            Problems& problems) {
  auto candidates = CandidatesByPolicy(input, steering.topology);
  HoldBook holds(steering.holds);
  StepShelf shelf;
  std::vector<CompiledPolicy> compiled;
  for (const v1::Policy* policy : input.policies) {
    PolicyCompiler compiler(input, steering, holds, shelf, candidates[policy->name()]);
    compiled.push_back(compiler.Compile(*policy, problems));
  }
  steering.layout.holds = static_cast<uint32_t>(steering.holds.size());
  return compiled;
}

}  // namespace waypost::steer
