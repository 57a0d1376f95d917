#include "dnsd/steer/cidr.h"

#include <fmt/format.h>

#include "dnsd/steer/step_parser.h"
#include "waypost/v1/resource.pb.h"

namespace waypost::steer {

Cidr Cidr::Parse(const v1::CidrStep& message, const StepParser& parser) {
  Cidr step;
  step.fence_ = message.fence();
  step.rule_of_label_.assign(parser.vocabulary().labels.size(), kNoRule);
  if (message.rules().empty()) parser.report().Fail("rules", "missing");
  if (message.rules_size() > static_cast<int>(kMaxRules)) {
    parser.report().Fail("rules", fmt::format("more than {}", kMaxRules));
    return step;
  }
  for (int i = 0; i < message.rules_size(); ++i) {
    step.ParseRule(message.rules(i), static_cast<RuleNumber>(i), parser);
  }
  return step;
}

void Cidr::ParseRule(const v1::CidrRule& message, RuleNumber number, const StepParser& parser) {
  const std::string path = Nth("rules", number);
  kept_.push_back(parser.ParsePools(message.pools(), message.regions(), path));
  const auto& networks = parser.input().networks;
  const bool exists = std::any_of(networks.begin(), networks.end(), [&](const v1::Network* n) {
    return n->name() == message.network();
  });
  if (!exists) {
    return parser.report().Fail(path + ".network",
                                message.network().empty()
                                    ? "missing"
                                    : Quoted("network", message.network()) + " does not exist");
  }
  bool any = false;
  for (size_t i = 0; i < rule_of_label_.size(); ++i) {
    const geo::NetworkLabel& known = parser.vocabulary().labels[i];
    if (known.network != message.network()) continue;
    if (!message.label().empty() && known.label != message.label()) continue;
    rule_of_label_[i] = std::min(rule_of_label_[i], number);
    any = true;
  }
  if (!any && !message.label().empty()) {
    parser.report().Fail(path + ".label",
                         fmt::format("{} has no entry labelled \"{}\"",
                                     Quoted("network", message.network()), message.label()));
  }
}

RuleNumber Cidr::RuleFor(const StepContext& context) const {
  RuleNumber rule = kNoRule;
  for (const uint16_t label : context.world.clients->Labels(context.client_class())) {
    rule = std::min(rule, rule_of_label_[label]);
  }
  return rule;
}

void Cidr::Apply(Candidates& candidates, StepContext& context) const {
  const RuleNumber rule = RuleFor(context);
  if (rule == kNoRule) return;
  const auto keep = [&kept = kept_[rule]](const Candidate& c) { return kept.Contains(c.pool); };
  fence_ ? candidates.KeepOnly(keep) : candidates.Prefer(keep);
}

std::string Cidr::Summary(const Change& change, const StepContext& context) const {
  const RuleNumber rule = RuleFor(context);
  if (rule == kNoRule) return "the client is in none of the networks: all stay";
  return fmt::format("rules[{}] matches the client: {}", rule, KeptText(change, context));
}

std::string Cidr::Why(const Candidate& candidate, const StepContext& context) const {
  const RuleNumber rule = RuleFor(context);
  if (rule == kNoRule) return "no rule matches";
  return kept_[rule].Contains(candidate.pool) ? "named by the rule" : "not named by the rule";
}

}  // namespace waypost::steer
