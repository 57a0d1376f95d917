// Bounded automation, calculated health, signals and webhooks: what is refused, and what the
// verdict engine is told.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dnsd/config/build.h"
#include "dnsd/config/parse.h"
#include "dnsd/config/validate.h"
#include "dnsd/config/webhook_url.h"

namespace waypost::config {
namespace {

using std::chrono::system_clock;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr const char* kWorld = R"(
{kind: Region, name: eu, capacity: 100}
---
{kind: Region, name: us}
---
{kind: Pool, name: api, region: eu, endpoints: [{address: 192.0.2.1}]}
---
{kind: Pool, name: db, region: us, weight: 50, endpoints: [{address: 192.0.2.2}]}
---
{kind: Policy, name: p, preset: active_active}
---
{kind: Record, name: www.example.com, types: A, policy: p, pools: [api, db]}
---
{kind: Zone, origin: example.com, text: "@ 60 SOA ns h 1 2 3 4 5\n@ 60 NS ns\nns 60 A 192.0.2.53\n"}
---
{kind: Signal, name: go, lease: 30s, on_expiry: down}
---
)";

std::vector<std::string> Errors(const std::string& text) {
  const Collected collected = Collect(ParseDocuments(kWorld + text, ""));
  std::vector<std::string> errors;
  for (const Problem& problem : collected.problems) errors.push_back(problem.ToString());
  for (const Problem& problem : Validate(collected.resources, ScopeOf({}, collected.resources))) {
    if (!problem.is_warning) errors.push_back(problem.ToString());
  }
  return errors;
}

liveness::Layout LayoutOf(const std::string& text) {
  const Collected collected = Collect(ParseDocuments(kWorld + text, ""));
  const BuildResult result = Build(collected.resources, nullptr);
  EXPECT_NE(result.built, nullptr) << text;
  for (const Problem& problem : result.problems) {
    EXPECT_TRUE(problem.is_warning) << problem.ToString();
  }
  return result.built ? LayoutFor(*result.built, system_clock::now()) : liveness::Layout{};
}

TEST(ValidateAutomation, NamesWhatIsWrong) {
  EXPECT_THAT(Errors("{kind: Automation, name: a, max_shift: 101, min_regions: 3, headroom: 100, "
                     "cool_down: 2d, pools: [apo], regions: [eu, eu]}"),
              ElementsAre(HasSubstr("max_shift: is above 100"), HasSubstr("headroom: is above 99"),
                          HasSubstr("cool_down: "), HasSubstr("there is no pool \"apo\""),
                          HasSubstr("regions[1]: \"eu\" is named twice"),
                          HasSubstr("min_regions: 3 is more than the 1 regions")));
}

TEST(ValidateAutomation, PoolIsCoveredOnceAtMost) {
  EXPECT_THAT(Errors("{kind: Automation, name: a, max_shift: 1}\n---\n"
                     "{kind: Automation, name: b, max_shift: 1, pools: [db]}"),
              ElementsAre("automation \"b\": pool \"db\" is covered by automation \"a\" as well"));
  EXPECT_THAT(Errors("{kind: Automation, name: a, max_shift: 1, regions: [eu]}\n---\n"
                     "{kind: Automation, name: b, max_shift: 1, pools: [db]}"),
              IsEmpty());
}

TEST(ValidateAutomation, OverrideNeedsAModeAndAReason) {
  const std::string automation = "{kind: Automation, name: a, max_shift: 1}\n---\n";
  EXPECT_THAT(
      Errors(automation + "{kind: Override, target: automation/a, automation: paused, reason: x}"),
      IsEmpty());
  EXPECT_THAT(Errors(automation + "{kind: Override, target: automation/a, automation: lifted}"),
              ElementsAre(HasSubstr("reason: missing")));
  EXPECT_THAT(Errors(automation + "{kind: Override, target: automation/a, drain: true}"),
              ElementsAre(HasSubstr("automations take automation: lifted or paused")));
  EXPECT_THAT(Errors("{kind: Override, target: pool/db, automation: paused, reason: x}"),
              ElementsAre(HasSubstr("is for automations only")));
  EXPECT_THAT(Errors("{kind: Override, target: automation/b, automation: paused, reason: x}"),
              ElementsAre(HasSubstr("there is no automation \"b\"")));
}

TEST(ValidateHealth, NeedsNameWhatExistsAndNotTooMuch) {
  EXPECT_THAT(
      Errors("{kind: Pool, name: web, region: eu, endpoints: [{address: 192.0.2.9, signal: gone}], "
             "health: {needs: {pools: [dbs], signals: [stop], at_least: 3}}}"),
      ElementsAre(HasSubstr("health.needs.pools[0]: there is no pool \"dbs\""),
                  HasSubstr("there is no signal \"stop\""),
                  HasSubstr("at_least: 3 is more than the 2 that are named"),
                  HasSubstr("endpoints[0].signal: there is no signal \"gone\"")));
  EXPECT_THAT(Errors("{kind: Region, name: as, health: {needs: {}}}"),
              ElementsAre(HasSubstr("health.needs: names no pools, regions or signals")));
}

TEST(ValidateHealth, CyclesAreToldWithTheirWholeWay) {
  EXPECT_THAT(Errors("{kind: Pool, name: a, region: us, health: {needs: {pools: [b]}}}\n---\n"
                     "{kind: Pool, name: b, region: us, health: {needs: {pools: [a]}}}"),
              ElementsAre(HasSubstr("a cycle: pool \"a\" needs pool \"b\" needs pool \"a\"")));
  EXPECT_THAT(Errors("{kind: Region, name: as, health: {min_pools_up: 1}}\n---\n"
                     "{kind: Pool, name: a, region: as, health: {needs: {regions: [as]}}}"),
              ElementsAre(HasSubstr("pool \"a\" needs region \"as\" needs pool \"a\"")));
  EXPECT_THAT(Errors("{kind: Region, name: as, health: {min_pools_up: 1}}\n---\n"
                     "{kind: Pool, name: b, region: as}\n---\n"
                     "{kind: Pool, name: a, region: as, health: {needs: {pools: [b]}}}"),
              IsEmpty())
      << "of the same region, which does not make its pools less satisfied";
}

TEST(ValidateWebhook, NamesWhatIsWrong) {
  EXPECT_THAT(
      Errors("{kind: Webhook, name: w, url: \"ftp://x\", format: pagerduty, events: "
             "[verdicts], attempts: 101, queue: 10001, timeout: 2m, secret_file: x}"),
      ElementsAre(HasSubstr("begins with neither http:// nor https://"),
                  HasSubstr("secret_file: \"x\" is no absolute path"),
                  HasSubstr("routing_key_file: missing"),
                  HasSubstr("events[0]: \"verdicts\" is no kind of event"), HasSubstr("timeout: "),
                  HasSubstr("attempts: is above 100"), HasSubstr("queue: is above 10000")));
  EXPECT_THAT(Errors("{kind: Webhook, name: w, url: \"https://h.example/x?y=z\", events: "
                     "[failover, signal], subjects: [pool/*]}"),
              IsEmpty());
}

TEST(WebhookUrl, HasItsParts) {
  const auto url = ParseWebhookUrl("https://[2001:db8::1]:8443/a?b=c");
  ASSERT_TRUE(url);
  EXPECT_TRUE(url->is_tls);
  EXPECT_EQ(url->host, "2001:db8::1");
  EXPECT_EQ(url->port, 8443);
  EXPECT_EQ(url->target, "/a?b=c");
  EXPECT_EQ(ParseWebhookUrl("http://h")->target, "/");
  EXPECT_EQ(ParseWebhookUrl("http://h?x")->target, "/?x");
  EXPECT_EQ(ParseWebhookUrl("https://h/")->port, 443);
}

TEST(WebhookUrl, RefusesWhatIsNone) {
  for (const char* text :
       {"", "http://", "http:///x", "http://h:0/", "http://h:65536/", "http://h:x/", "http://u@h/",
        "http://h/#f", "http://h/a b", "http://[::1", "http://[::1]x/", "h/x"}) {
    EXPECT_FALSE(ParseWebhookUrl(text)) << text;
  }
}

TEST(LayoutOfAutomation, HasItsPoolsWithRegionsAndWeights) {
  const auto layout = LayoutOf(
      "{kind: Pool, name: spare, region: us, endpoints: [{address: 192.0.2.8}]}\n---\n"
      "{kind: Automation, name: a, max_shift: 20, min_regions: 1, cool_down: 5m, headroom: 10}");
  ASSERT_THAT(layout.automations, SizeIs(1));
  const liveness::AutomationSpec& spec = layout.automations[0];
  ASSERT_THAT(spec.members, SizeIs(2)) << "what no record uses is not covered";
  EXPECT_EQ(layout.pools[spec.members[1].pool].name, "db");
  EXPECT_EQ(layout.regions[spec.members[1].region].name, "us");
  EXPECT_EQ(spec.members[1].weight, 50);
  EXPECT_DOUBLE_EQ(spec.max_shift, 0.2);
  EXPECT_DOUBLE_EQ(*spec.headroom, 0.1);
  EXPECT_EQ(spec.cool_down, std::chrono::minutes(5));
  EXPECT_EQ(spec.mode, liveness::AutomationSpec::Mode::kBound);
  EXPECT_EQ(layout.regions[0].capacity, 100);
}

TEST(LayoutOfAutomation, HasTheOperatorsMode) {
  const auto layout = LayoutOf(
      "{kind: Automation, name: a, max_shift: 20}\n---\n"
      "{kind: Override, target: automation/a, automation: paused, reason: x}");
  EXPECT_EQ(layout.automations.at(0).mode, liveness::AutomationSpec::Mode::kPaused);
}

TEST(LayoutOfHealth, NeedsAreIndicesAndAllOfThemByDefault) {
  const auto layout = LayoutOf(
      "{kind: Pool, name: web, region: eu, endpoints: [{address: 192.0.2.9, signal: go}], "
      "health: {needs: {pools: [db, api], regions: [us], signals: [go]}}}");
  ASSERT_EQ(layout.pools.back().name, "web");
  const liveness::Needs& needs = layout.pools.back().needs;
  EXPECT_THAT(needs.pools, ElementsAre(1, 0));
  EXPECT_THAT(needs.regions, ElementsAre(1));
  EXPECT_THAT(needs.signals, ElementsAre(0));
  EXPECT_EQ(needs.at_least, 4U);
  EXPECT_TRUE(layout.pools[0].needs.empty());
  EXPECT_EQ(layout.endpoints.back().signal, 0U);
  EXPECT_EQ(layout.signals.at(0).on_expiry, liveness::SignalSpec::Expiry::kDown);
}

}  // namespace
}  // namespace waypost::config
