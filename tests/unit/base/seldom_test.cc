#include "dnsd/base/seldom.h"

#include <gtest/gtest.h>

#include <string>

namespace waypost {
namespace {

struct Extras {
  std::string name;
  int number = 7;
};

TEST(Seldom, IsAsByDefaultUntilSomethingIsSet) {
  Seldom<Extras> extras;
  EXPECT_EQ(extras->name, "");
  EXPECT_EQ(extras->number, 7);
  extras.Set(&Extras::name, std::string("a"));
  EXPECT_EQ(extras->name, "a");
  EXPECT_EQ(extras->number, 7);
  extras.Set(&Extras::name, std::string());
  EXPECT_EQ(extras->name, "");
}

TEST(Seldom, CopyHasAPartOfItsOwn) {
  Seldom<Extras> extras;
  extras.Set(&Extras::name, std::string("a"));
  Seldom<Extras> copy = extras;
  copy.Set(&Extras::name, std::string("b"));
  EXPECT_EQ(extras->name, "a");
  EXPECT_EQ(copy->name, "b");
  copy = Seldom<Extras>();
  EXPECT_EQ(copy->name, "");
}

}  // namespace
}  // namespace waypost
