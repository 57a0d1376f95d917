#include "dnsd/control/change_set.h"

#include <gtest/gtest.h>

#include "dnsd/config/parse.h"

namespace waypost::control {
namespace {

config::ResourceSet SetOf(const std::string& yaml) {
  config::ResourceSet set;
  for (const auto& parsed : config::ParseDocuments(yaml, "test.yaml").resources) {
    set[config::IdOf(parsed.resource)] = std::make_shared<v1::Resource>(parsed.resource);
  }
  return set;
}

v1::ApplyRequest RequestOf(const std::string& yaml) {
  v1::ApplyRequest request;
  for (const auto& parsed : config::ParseDocuments(yaml, "test.yaml").resources) {
    v1::SourcedResource* sourced = request.add_resources();
    *sourced->mutable_resource() = parsed.resource;
    sourced->set_file(parsed.source.file);
    sourced->set_line(parsed.source.line);
  }
  return request;
}

const char* const kTwoPools = R"({kind: Pool, name: a, region: r, endpoints: [{address: 192.0.2.1}]}
---
{kind: Pool, name: b, region: r, endpoints: [{address: 192.0.2.2}]}
)";

std::vector<std::string> Summary(const std::vector<ResourceChange>& changes) {
  std::vector<std::string> lines;
  for (const ResourceChange& change : changes) {
    lines.push_back("?+~-"[ToProto(change).action()] + change.id);
  }
  return lines;
}

using Lines = std::vector<std::string>;

TEST(ChangeSet, ApplyCreatesUpdatesAndDeletes) {
  const auto before = SetOf(kTwoPools);
  v1::ApplyRequest request =
      RequestOf("{kind: Pool, name: a, region: r, weight: 5}\n---\n{kind: Region, name: r}\n");
  request.add_delete_("pool/b");
  const ChangeSet change = ApplyTo(before, request);
  EXPECT_TRUE(change.problems.empty());
  EXPECT_EQ(Summary(Difference(before, change.resources)),
            (Lines{"~pool/a", "-pool/b", "+region/r"}));
}

TEST(ChangeSet, TheSameContentIsNoChange) {
  const auto before = SetOf(kTwoPools);
  EXPECT_TRUE(Difference(before, ApplyTo(before, RequestOf(kTwoPools)).resources).empty());
}

TEST(ChangeSet, PruneRemovesTheUnnamedButNoOverride) {
  auto before = SetOf(kTwoPools);
  v1::Override drain;
  drain.set_target("pool/a");
  drain.set_drain(true);
  before = WithOverride(before, drain).value();
  v1::ApplyRequest request =
      RequestOf("{kind: Pool, name: a, region: r, endpoints: [{address: 192.0.2.1}]}");
  request.set_prune(true);
  EXPECT_EQ(Summary(Difference(before, ApplyTo(before, request).resources)), (Lines{"-pool/b"}));
}

TEST(ChangeSet, RrsetsGoWithTheirZoneUnlessTheyAreDeclared) {
  const auto before = SetOf(R"({kind: Zone, origin: a.test, text: x}
---
{kind: Zone, origin: sub.a.test, text: x}
---
{kind: Zone, origin: b.test, text: x}
---
{kind: Rrset, name: sub.a.test, type: SOA, records: [". . 2 0 0 0 0"]}
---
{kind: Rrset, name: x.sub.a.test, type: A, records: [192.0.2.1]}
---
{kind: Rrset, name: x.sub.a.test, type: TXT, records: [x]}
---
{kind: Rrset, name: x.a.test, type: A, records: [192.0.2.1]}
---
{kind: Rrset, name: x.b.test, type: A, records: [192.0.2.1]}
)");
  v1::ApplyRequest request =
      RequestOf("{kind: Rrset, name: x.sub.a.test, type: TXT, records: [x]}\n");
  request.add_delete_("zone/sub.a.test");
  EXPECT_EQ(Summary(Difference(before, ApplyTo(before, request).resources)),
            (Lines{"-rrset/sub.a.test/SOA", "-rrset/x.sub.a.test/A", "-zone/sub.a.test"}));
  v1::ApplyRequest other = RequestOf("{kind: Zone, origin: a.test, text: y}\n");
  EXPECT_EQ(Summary(Difference(before, ApplyTo(before, other).resources)), (Lines{"~zone/a.test"}));
}

TEST(ChangeSet, DeclaringTwiceAndDeletingNothingAreProblems) {
  v1::ApplyRequest request = RequestOf("{kind: Region, name: r}\n---\n{kind: Region, name: r}\n");
  request.add_delete_("pool/none");
  const ChangeSet change = ApplyTo({}, request);
  ASSERT_EQ(change.problems.size(), 2U);
  EXPECT_EQ(change.problems[0].ToString(),
            "test.yaml:3: region \"r\": is declared twice, first at test.yaml:1");
  EXPECT_NE(change.problems[1].ToString().find("pool/none"), std::string::npos);
}

TEST(ChangeSet, WeightOfPoolAndOfEndpoint) {
  const auto before = SetOf(kTwoPools);
  v1::SetWeightRequest request;
  request.set_pool("a");
  request.set_weight(7);
  EXPECT_EQ(WithWeight(before, request)->at("pool/a")->pool().weight(), 7U);
  request.set_endpoint("192.0.2.1");
  const auto after = WithWeight(before, request).value();
  EXPECT_EQ(after.at("pool/a")->pool().endpoints(0).weight(), 7U);
  EXPECT_FALSE(after.at("pool/a")->pool().has_weight());
  EXPECT_EQ(before.at("pool/a")->pool().endpoints(0).has_weight(), false)
      << "the former set is untouched";
}

TEST(ChangeSet, ImpossibleWeightsAreRefused) {
  const auto before = SetOf(kTwoPools);
  v1::SetWeightRequest request;
  request.set_pool("none");
  EXPECT_EQ(WithWeight(before, request).error().code, ErrorCode::kNotFound);
  request.set_pool("a");
  request.set_endpoint("192.0.2.9");
  EXPECT_EQ(WithWeight(before, request).error().code, ErrorCode::kNotFound);
  request.clear_endpoint();
  request.set_weight(65536);
  EXPECT_EQ(WithWeight(before, request).error().code, ErrorCode::kInvalid);
}

TEST(ChangeSet, OverridesComeAndGo) {
  v1::Override drain;
  drain.set_target("region/r");
  EXPECT_FALSE(WithOverride({}, drain)) << "an override must say what it does";
  drain.set_drain(true);
  const auto with = WithOverride({}, drain).value();
  EXPECT_TRUE(with.contains("override/region/r"));
  EXPECT_TRUE(WithoutOverride(with, "region/r")->empty());
  EXPECT_EQ(WithoutOverride({}, "region/r").error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace waypost::control
