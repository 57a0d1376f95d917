// Pages that point at files point at files that are there.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>

namespace waypost::architecture {
namespace {

TEST(Pages, TheTableOfRfcsNamesTestsThatExist) {
  std::ostringstream page;
  page << std::ifstream("zones/RFCS.md").rdbuf();
  const std::string text = page.str();
  const std::regex path("`(tests/[^`]*)`");
  size_t found = 0;
  for (std::sregex_iterator at(text.begin(), text.end(), path), end; at != end; ++at, ++found) {
    EXPECT_TRUE(std::filesystem::exists((*at)[1].str())) << (*at)[1];
  }
  EXPECT_GT(found, 10U);
}

}  // namespace
}  // namespace waypost::architecture
