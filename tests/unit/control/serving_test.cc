#include "dnsd/control/serving.h"

#include <gtest/gtest.h>

#include "dnsd/config/parse.h"
#include "dnsd/geo/atlas.h"

namespace waypost::control {
namespace {

constexpr const char* kSteering = R"(
{kind: Region, name: east, location: {latitude: 40, longitude: -74, country: US}}
---
{kind: Pool, name: east, region: east, endpoints: [{address: 192.0.2.1}], weight: 70}
---
{kind: Policy, name: split, steps: [weighted]}
---
{kind: Record, name: www.one.test, types: A, policy: split, pools: [east]}
)";

std::string ZoneNamed(const std::string& origin) {
  return "---\n{kind: Zone, origin: " + origin + ", text: \"" + origin +
         ". 60 IN SOA ns1 h 1 2 3 4 5\\n" + origin + ". 60 IN NS ns1.example.net.\\n\"}\n";
}

/// One configuration after the other, as they are published.
class Served {
 public:
  const serve::Snapshot& Publish(const std::string& yaml, bool with_new_clients = false) {
    config::ResourceSet set;
    for (const auto& parsed : config::ParseDocuments(yaml, "test.yaml").resources) {
      set[config::IdOf(parsed.resource)] = FormerOrNew(parsed.resource);
    }
    const config::BuildResult result = config::Build(set, serving_.built.get());
    for (const Problem& problem : result.problems) {
      if (!problem.is_warning) ADD_FAILURE() << problem.ToString();
    }
    if (clients_ == nullptr || with_new_clients) {
      clients_ = geo::Atlas::Open({}).value()->Compile(result.built->steering->vocabulary, {});
    }
    const Serving former = serving_;
    serving_.built = result.built;
    serving_.snapshot = MakeSnapshot(++serving_.revision, *result.built, clients_,
                                     former.snapshot == nullptr ? nullptr : &former);
    return *serving_.snapshot;
  }

 private:
  /// Revisions share what did not change.
  std::shared_ptr<const v1::Resource> FormerOrNew(const v1::Resource& resource) const {
    if (serving_.built != nullptr) {
      const auto former = serving_.built->resources.find(config::IdOf(resource));
      const bool is_same = former != serving_.built->resources.end() &&
                           former->second->SerializeAsString() == resource.SerializeAsString();
      if (is_same) return former->second;
    }
    return std::make_shared<v1::Resource>(resource);
  }

  Serving serving_;
  std::shared_ptr<const geo::ClientMap> clients_;
};

bool Serves(const serve::Snapshot& snapshot, const char* origin) {
  return snapshot.index->FindExact(wire::Name::Parse(origin).value()) != zone::ZoneIndex::kNone;
}

TEST(Serving, AZoneThatComesOrGoesLeavesWhatIsKnownOfFronts) {
  Served served;
  const auto fronts = served.Publish(kSteering + ZoneNamed("one.test")).fronts;
  ASSERT_NE(fronts, nullptr);
  const auto& with_two = served.Publish(kSteering + ZoneNamed("one.test") + ZoneNamed("two.test"));
  EXPECT_TRUE(Serves(with_two, "two.test"));
  EXPECT_EQ(with_two.fronts, fronts);
  const auto& without = served.Publish(kSteering + ZoneNamed("one.test"));
  EXPECT_FALSE(Serves(without, "two.test"));
  EXPECT_EQ(without.fronts, fronts);
}

TEST(Serving, ChangedSteeringOrClientsForgetFronts) {
  Served served;
  const std::string yaml = kSteering + ZoneNamed("one.test");
  const auto first = served.Publish(yaml).fronts;
  const auto second =
      served.Publish(yaml + "---\n{kind: Policy, name: spare, steps: [failover]}\n").fronts;
  EXPECT_NE(second, nullptr);
  EXPECT_NE(second, first);
  const auto third = served.Publish(yaml + "---\n{kind: Policy, name: spare, steps: [failover]}\n",
                                    /*with_new_clients=*/true);
  EXPECT_NE(third.fronts, nullptr);
  EXPECT_NE(third.fronts, second);
}

}  // namespace
}  // namespace waypost::control
