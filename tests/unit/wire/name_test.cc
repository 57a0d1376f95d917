#include "dnsd/wire/name.h"

#include <gtest/gtest.h>

namespace waypost::wire {
namespace {

TEST(Name, RoundTripsTextAndWire) {
  for (const char* text :
       {".", "com", "www.example.com", "*.example.com", "a\\.b.example", "\\000\\255.x"}) {
    const auto name = Name::Parse(text);
    ASSERT_TRUE(name) << name.error().message;
    EXPECT_EQ(name->ToString(), text);
    EXPECT_EQ(Name::FromWire(name->wire())->ToString(), text);
  }
  EXPECT_EQ(Name::Parse("example.com.")->ToString(), "example.com");
}

TEST(Name, RefusesWhatRfc1035DoesNotAllow) {
  const std::string label64(64, 'a');
  const std::string long_name = std::string(63, 'a') + "." + std::string(63, 'b') + "." +
                                std::string(63, 'c') + "." + std::string(62, 'd');
  for (const std::string& text :
       {std::string(), std::string(".."), std::string("a..b"), std::string(".a"), label64,
        long_name, std::string("a\\"), std::string("\\25"), std::string("\\256")}) {
    EXPECT_FALSE(Name::Parse(text)) << text;
  }
  EXPECT_TRUE(Name::Parse(long_name.substr(1)));
  for (const char* wire : {"", "\1", "\1a", "\3ab"}) EXPECT_FALSE(Name::FromWire(wire));
  EXPECT_FALSE(Name::FromWire(std::string_view("\1a\0\0", 4)));
}

TEST(Name, IgnoresCaseAndKeepsIt) {
  EXPECT_EQ(*Name::Parse("WWW.Example.com"), *Name::Parse("www.eXample.COM"));
  EXPECT_EQ(Name::Parse("WWW.Example.com")->ToString(), "WWW.Example.com");
  EXPECT_EQ(Name::Parse("WWW.Example.com")->Lowered().ToString(), "www.example.com");
}

TEST(Name, KnowsItsAncestors) {
  const Name zone = *Name::Parse("example.com");
  EXPECT_TRUE(Name::Parse("a.b.Example.com")->IsAtOrBelow(zone));
  EXPECT_TRUE(zone.IsAtOrBelow(zone));
  EXPECT_TRUE(zone.IsAtOrBelow(Name()));
  EXPECT_FALSE(Name::Parse("badexample.com")->IsAtOrBelow(zone));
  EXPECT_FALSE(Name::Parse("com")->IsAtOrBelow(zone));
  EXPECT_EQ(zone.Parent().ToString(), "com");
  EXPECT_EQ(zone.label_count(), 2U);
}

}  // namespace
}  // namespace waypost::wire
