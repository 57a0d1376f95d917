#include "dnsd/config/render.h"

#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include "dnsd/config/parse.h"
#include "tests/unit/config/random_message.h"
#include "waypost/v1/control.pb.h"

namespace waypost::config {
namespace {

using google::protobuf::util::MessageDifferencer;

/// What is wrong with reading `text` back as `resource`; empty: nothing.
std::string Unlike(const v1::Resource& resource, const std::string& text) {
  const Parsed parsed = ParseDocuments(text, "f");
  if (!parsed.problems.empty()) return parsed.problems[0].ToString() + "\n" + text;
  if (parsed.resources.size() != 1) return "not one resource:\n" + text;
  const v1::Resource& read = parsed.resources[0].resource;
  if (MessageDifferencer::Equals(read, resource)) return "";
  return text + "\nwant " + resource.DebugString() + "\ngot " + read.DebugString();
}

TEST(Render, IsReadBackAsWhatItWas) {
  const auto& type = *v1::Resource::descriptor();
  for (uint64_t seed = 1; seed <= 3000; ++seed) {
    Random random(seed);
    v1::Resource resource;
    const auto* kind = type.field(static_cast<int>(seed) % type.field_count());
    Randomize(*resource.GetReflection()->MutableMessage(&resource, kind), random);
    ASSERT_EQ(Unlike(resource, ToYaml(resource)), "") << "seed " << seed;
    ASSERT_EQ(Unlike(resource, ToJson(resource)), "") << "seed " << seed;
  }
}

v1::Resource ExamplePolicy() {
  v1::Resource resource;
  v1::Policy& policy = *resource.mutable_policy();
  policy.set_name("web");
  policy.add_steps()->mutable_latency()->mutable_tolerance()->set_nanos(10'000'000);
  policy.add_steps()->mutable_weighted();
  policy.set_on_all_down(v1::ON_ALL_DOWN_ALL);
  return resource;
}

TEST(Render, WritesYamlAsPeopleDo) {
  EXPECT_EQ(ToYaml(ExamplePolicy()),
            "kind: Policy\n"
            "name: web\n"
            "steps:\n"
            "  - latency:\n"
            "      tolerance: 10ms\n"
            "  - {weighted: {}}\n"
            "on_all_down: all\n");
  v1::Resource zone;
  zone.mutable_zone()->set_origin("example.com");
  zone.mutable_zone()->set_text("@ SOA ns hostmaster 1 2 3 4 5\n\tNS ns\n");
  EXPECT_EQ(ToYaml(zone),
            "kind: Zone\norigin: example.com\ntext: |\n  @ SOA ns hostmaster 1 2 3 4 5\n"
            "  \tNS ns\n");
}

TEST(Render, WritesJson) {
  EXPECT_EQ(ToJson(ExamplePolicy()),
            R"({
  "kind": "Policy",
  "name": "web",
  "steps": [
    {
      "latency": {
        "tolerance": "10ms"
      }
    },
    {
      "weighted": {}
    }
  ],
  "on_all_down": "all"
}
)");
}

TEST(Render, WritesAnyReplyWithItsResources) {
  v1::ListReply reply;
  *reply.add_resources() = ExamplePolicy();
  reply.mutable_resources(0)->mutable_policy()->clear_steps();
  reply.set_revision(18446744073709551615U);
  EXPECT_EQ(ToYaml(reply),
            "resources:\n"
            "  - {kind: Policy, name: web, on_all_down: all}\n"
            "revision: 18446744073709551615\n");
  v1::Revision revision;
  revision.set_number(3);
  revision.mutable_time()->set_seconds(1777636800);
  EXPECT_EQ(ToJson(revision), "{\n  \"number\": 3,\n  \"time\": \"2026-05-01T12:00:00Z\"\n}\n");
  EXPECT_EQ(ToYaml(v1::StatusRequest()), "{}\n");
}

TEST(Render, WritesUnknownEnumValuesAsNumbers) {
  v1::Monitor monitor;
  monitor.set_quorum(static_cast<v1::Quorum>(99));
  EXPECT_EQ(ToYaml(monitor), "quorum: 99\n");
}

}  // namespace
}  // namespace waypost::config
