#include "dnsd/config/registrations.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dnsd/config/build.h"
#include "dnsd/config/parse.h"

namespace waypost::config {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* kWorld = R"({kind: Region, name: r}
---
{kind: Pool, name: open, region: r, endpoints: [{address: 192.0.2.1}],
 registration: {allow: [web-1, web-2], max_endpoints: 2}}
---
{kind: Pool, name: closed, region: r, endpoints: [{address: 192.0.2.1}]}
---
{kind: Policy, name: all, steps: [weighted]}
---
{kind: Record, name: www.example.com, types: [A], policy: all, pools: [open, closed]}
---
{kind: Zone, origin: example.com, text: "@ 60 SOA ns h 1 1 1 1 1\n@ 60 NS ns.example.net.\n"}
)";

std::string Registered(const std::string& pool, const std::string& endpoint,
                       const std::string& client = "web-1") {
  return "---\n{kind: Registration, pool: " + pool + ", endpoint: {" + endpoint +
         "}, client: " + client + ", lease: 10s}\n";
}

BuildResult BuildOf(const std::string& more) {
  const Collected collected = Collect(ParseDocuments(kWorld + more, "test.yaml"));
  EXPECT_THAT(collected.problems, IsEmpty());
  return Build(collected.resources, nullptr);
}

std::vector<std::string> EndpointsOf(const BuildResult& result) {
  std::vector<std::string> ids;
  if (!result.built) return {"not built"};
  for (const auto& endpoint : result.built->steering->topology.endpoints) {
    ids.push_back(endpoint.id);
  }
  return ids;
}

TEST(Registrations, AreEndpointsOfTheirPoolBehindTheDeclaredOnes) {
  const auto result = BuildOf(Registered("open", "address: 192.0.2.9, port: 31000, weight: 7"));
  EXPECT_THAT(EndpointsOf(result),
              ElementsAre("closed/192.0.2.1", "open/192.0.2.1", "open/192.0.2.9"));
  EXPECT_EQ(result.built->steering->topology.endpoints[2].port, 31000);
  EXPECT_EQ(result.built->steering->topology.endpoints[2].weight, 7);
  EXPECT_THAT(result.built->left_out, IsEmpty());
  EXPECT_EQ(LayoutFor(*result.built, {}).endpoints.size(), 3U);
}

TEST(Registrations, ThatTheirPoolDoesNotAllowAreLeftOutAndBreakNothing) {
  for (const std::string& more : {
           Registered("closed", "address: 192.0.2.9"),
           Registered("open", "address: 192.0.2.9", "stranger"),
           Registered("gone", "address: 192.0.2.9"),
           Registered("open", "address: 192.0.2.1"),
           Registered("open", "address: nowhere"),
           Registered("open", "cname: www.example.net"),
           Registered("open", "address: 192.0.2.9, weight: 65536"),
           Registered("open", "address: 192.0.2.9, port: 65536"),
           Registered("open", "address: 192.0.2.9, monitor: none"),
       }) {
    const auto result = BuildOf(more);
    EXPECT_THAT(EndpointsOf(result), ElementsAre("closed/192.0.2.1", "open/192.0.2.1")) << more;
    EXPECT_EQ(result.built->left_out.size(), 1U) << more;
  }
}

TEST(Registrations, AreNoMoreThanTheirPoolTakes) {
  const auto result = BuildOf(Registered("open", "address: 192.0.2.7") +
                              Registered("open", "address: 192.0.2.8", "web-2") +
                              Registered("open", "address: 192.0.2.9"));
  EXPECT_EQ(EndpointsOf(result).size(), 4U);
  EXPECT_THAT(result.built->left_out, ElementsAre("open/192.0.2.9"));
}

TEST(Registrations, APoolMayHaveNoOtherEndpoints) {
  const std::string empty =
      "---\n{kind: Pool, name: dynamic, region: r, registration: {allow: "
      "['*'], min_lease: 1s}}\n";
  EXPECT_EQ(EndpointsOf(BuildOf(empty)).size(), 2U);
  EXPECT_EQ(EndpointsOf(BuildOf(empty + Registered("dynamic", "address: '2001:db8::1'"))).size(),
            3U);
}

TEST(Registrations, WrongRulesAreReported) {
  const auto result = BuildOf(
      "---\n{kind: Pool, name: bad, region: r, registration: {max_endpoints: 5000, min_lease: "
      "1ms}}\n");
  EXPECT_EQ(result.built, nullptr);
  std::vector<std::string> facts;
  for (const Problem& problem : result.problems) {
    if (!problem.is_warning) facts.push_back(problem.field + ": " + problem.fact);
  }
  EXPECT_THAT(facts, ElementsAre(HasSubstr("registration.allow: missing"),
                                 HasSubstr("registration.max_endpoints: is above 4096"),
                                 HasSubstr("registration.min_lease: ")));
}

}  // namespace
}  // namespace waypost::config
