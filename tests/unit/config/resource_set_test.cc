#include "dnsd/config/resource_set.h"

#include <gtest/gtest.h>

#include "dnsd/config/catalog.h"

namespace waypost::config {
namespace {

v1::Resource RecordNamed(const std::string& name) {
  v1::Resource resource;
  resource.mutable_record()->set_name(name);
  return resource;
}

TEST(ResourceSet, NamesResourcesByKindAndName) {
  v1::Resource resource;
  EXPECT_EQ(KindOf(resource), "");
  resource.mutable_policy()->set_name("Web");
  EXPECT_EQ(IdOf(resource), "policy/Web");
  EXPECT_EQ(Describe(resource), "policy \"Web\"");
  resource.mutable_override()->set_target("pool/web");
  EXPECT_EQ(IdOf(resource), "override/pool/web");
  resource.mutable_zone()->set_origin("Example.COM.");
  EXPECT_EQ(IdOf(resource), "zone/example.com");
  resource.mutable_zone()->set_origin(".");
  EXPECT_EQ(IdOf(resource), "zone/.");
}

TEST(ResourceSet, KnowsOneSpellingOfADomainName) {
  EXPECT_EQ(NameOf(RecordNamed("*.Example.com.")), "*.example.com");
  EXPECT_EQ(NameOf(RecordNamed("\\119ww.example.com")), "www.example.com");
  EXPECT_EQ(NameOf(RecordNamed("Not..a name")), "not..a name");
}

TEST(ResourceSet, NamesTheViewOfWhatBelongsToOne) {
  v1::Resource resource = RecordNamed("WWW.example.com");
  resource.mutable_record()->set_view("Inside");
  EXPECT_EQ(IdOf(resource), "record/www.example.com@Inside");
  resource.mutable_zone()->set_origin("Example.com.");
  resource.mutable_zone()->set_view("inside");
  EXPECT_EQ(IdOf(resource), "zone/example.com@inside");
  resource.mutable_rrset()->set_name("www.Example.com");
  resource.mutable_rrset()->set_type("a");
  resource.mutable_rrset()->set_view("inside");
  EXPECT_EQ(IdOf(resource), "rrset/www.example.com/A@inside");
  resource.mutable_override()->set_target("record/WWW.example.com@Inside");
  EXPECT_EQ(IdOf(resource), "override/record/www.example.com@Inside");
}

TEST(ResourceSet, DoesNotTakeAnAtSignInADomainNameForAView) {
  EXPECT_EQ(NameOf(RecordNamed("a@b.example.com")), "a\\@b.example.com");
  EXPECT_EQ(Scoped::Parse("a\\@b.example.com").view, "");
  EXPECT_EQ(Scoped::Parse("a\\@b.example.com@inside").view, "inside");
}

class LocateTest : public ::testing::Test {
 protected:
  LocateTest() {
    sources_["policy/web"] = {"a.yaml", 3, {{"steps", 5}, {"steps[1]", 7}, {"labels", 9}}};
    sources_["record/www.example.com"] = {"b.yaml", 20, {}};
  }
  std::string LineFor(const std::string& object, const std::string& field) {
    Problems problems = {{.object = object, .field = field, .fact = "x"}};
    Locate(problems, sources_);
    return problems[0].file + ":" + std::to_string(problems[0].line);
  }
  Sources sources_;
};

TEST_F(LocateTest, FindsTheFieldOrTheNearestAroundIt) {
  EXPECT_EQ(LineFor("policy \"web\"", "steps[1].weighted.sticky"), "a.yaml:7");
  EXPECT_EQ(LineFor("policy \"web\"", "steps[2].weighted"), "a.yaml:5");
  EXPECT_EQ(LineFor("policy \"web\"", "labels.a.b"), "a.yaml:9");
  EXPECT_EQ(LineFor("policy \"web\"", "preset"), "a.yaml:3");
  EXPECT_EQ(LineFor("policy \"web\"", ""), "a.yaml:3");
}

TEST_F(LocateTest, FindsDomainNamesInAnySpelling) {
  EXPECT_EQ(LineFor("record \"WWW.example.com.\"", "pools[0]"), "b.yaml:20");
}

TEST_F(LocateTest, LeavesWhatItDoesNotKnow) {
  EXPECT_EQ(LineFor("policy \"other\"", "steps"), ":0");
  EXPECT_EQ(LineFor("", ""), ":0");
  EXPECT_EQ(LineFor("policy \"", ""), ":0");
  Problems problems = {{.file = "c.zone", .line = 4, .object = "policy \"web\"", .fact = "x"}};
  Locate(problems, sources_);
  EXPECT_EQ(problems[0].ToString(), "c.zone:4: policy \"web\": x");
}

}  // namespace
}  // namespace waypost::config
