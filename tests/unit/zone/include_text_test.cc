#include "dnsd/zone/include_text.h"

#include <gmock/gmock.h>

#include "dnsd/zone/builder.h"
#include "tests/support/process.h"
#include "tests/unit/zone/zone_words.h"

namespace waypost::zone {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kApex = "$TTL 60\n@ SOA a b 1 1 1 1 1\n@ NS a\na A 192.0.2.1\n";

class IncludeText : public ::testing::Test {
 protected:
  WholeText Embed(const std::string& text) { return EmbedIncludes(text, "z", dir_.path()); }
  /// Of the text as it is stored, read without any folder.
  BuiltZone Load(const std::string& lines) {
    WholeText whole = Embed(kApex + lines);
    EXPECT_THAT(whole.problems, IsEmpty());
    return LoadZoneText(whole.text, N("example"), "z");
  }
  std::vector<std::string> Errors(const BuiltZone& zone) {
    std::vector<std::string> texts;
    for (const Problem& problem : zone.problems) texts.push_back(problem.ToString());
    return texts;
  }
  static bool Has(const BuiltZone& zone, const char* name) {
    return zone.zone != nullptr && zone.zone->FindExact(AsView(N(name).wire())) != nullptr;
  }

  test::TempDir dir_;
};

TEST_F(IncludeText, LeavesATextThatIncludesNothing) {
  EXPECT_EQ(Embed("a TXT \"$INCLUDE x\" ; $INCLUDE y\n").text,
            "a TXT \"$INCLUDE x\" ; $INCLUDE y\n");
}

TEST_F(IncludeText, MeansWhatTheFilesMeanTogether) {
  dir_.Write("deep", "deep A 192.0.2.3");
  dir_.Write("hosts", "host A 192.0.2.2\n$ORIGIN other.example.\n@ A 192.0.2.4\n$include deep\n");
  const BuiltZone zone = Load("www A 192.0.2.1\n$INCLUDE hosts sub ; all of them\n  TXT mine\n");
  EXPECT_THAT(Errors(zone), IsEmpty());
  for (const char* name : {"host.sub.example", "other.example", "deep.other.example"}) {
    EXPECT_TRUE(Has(zone, name)) << name;
  }
  const Node* www = zone.zone->FindExact(AsView(N("www.example").wire()));
  EXPECT_NE(www->Find(16), nullptr) << "owner and origin are those of before";
}

TEST_F(IncludeText, ErrorsNameTheFileAndLineWhereTheyAre) {
  const std::string deep = dir_.Write("deep", "ok A 192.0.2.1\nbad A x\n");
  const std::string hosts = dir_.Write("hosts", "one A y\n$INCLUDE deep\nlast A z\n");
  EXPECT_THAT(
      Errors(Load("$INCLUDE hosts\nend A w\n")),
      ElementsAre(HasSubstr(hosts + ":1: one.example A"), HasSubstr(deep + ":2: bad.example A"),
                  HasSubstr(hosts + ":3: last.example A"), HasSubstr("z:6: end.example A")));
}

TEST_F(IncludeText, RefusesWhatCannotBeIncludedByFileAndLine) {
  dir_.Write("loop", "$INCLUDE loop\n");
  const auto problem = [&](const std::string& text) {
    const WholeText whole = Embed("\n" + text);
    return whole.problems.empty() ? "" : whole.problems.front().ToString();
  };
  EXPECT_THAT(problem("$INCLUDE gone\n"), HasSubstr("z:2: $INCLUDE: "));
  EXPECT_THAT(problem("$INCLUDE /etc/passwd\n"), HasSubstr("z:2: $INCLUDE: "));
  EXPECT_THAT(problem("$INCLUDE ../x\n"), HasSubstr("z:2: $INCLUDE: "));
  EXPECT_THAT(problem("$INCLUDE\n"), HasSubstr("wants a file"));
  EXPECT_THAT(problem("$INCLUDE loop\n"), HasSubstr("nests deeper than 8 files"));
}

TEST_F(IncludeText, EndsOnlyWhatItBegan) {
  EXPECT_THAT(Errors(LoadZoneText(std::string(kApex) + "$END_INCLUDE\n", N("example"), "z")),
              ElementsAre(HasSubstr("z:5: $END_INCLUDE: ends nothing")));
}

}  // namespace
}  // namespace waypost::zone
