// The tree keeps to its own rules, and the rules notice when it does not.
#include <gmock/gmock.h>

#include <sstream>

#include "tests/unit/architecture/rules.h"

namespace waypost::architecture {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr size_t kMaxLines = 500;

const Sources& Programs() {
  static const Sources sources = LoadSources({"dnsd", "healthd", "ctl"});
  return sources;
}

TEST(Architecture, TheTreeIsWhereTheTestsLookForIt) {
  EXPECT_GT(Programs().size(), 100U);
  EXPECT_EQ(Programs().count("dnsd/base/result.h"), 1U);
}

TEST(Architecture, FoldersIncludeOnlyTheLayersBelowThem) {
  EXPECT_THAT(CheckLayers(Programs()), IsEmpty());
}

TEST(Architecture, SteeringDoesNotShowTheSchema) {
  EXPECT_THAT(CheckSchemaStaysInside(Programs()), IsEmpty());
}

TEST(Architecture, LibrariesAreIncludedAtHomeOnly) {
  EXPECT_THAT(CheckLibraries(Programs()), IsEmpty());
}

TEST(Architecture, TheHotPathReachesNoLibraryButFormatting) {
  EXPECT_THAT(CheckHotPath(Programs()), IsEmpty());
}

TEST(Architecture, NothingIncludesItself) { EXPECT_THAT(CheckCycles(Programs()), IsEmpty()); }

TEST(Architecture, NoFileIsTooLongToRead) {
  EXPECT_THAT(CheckSizes(LoadSources({"dnsd", "healthd", "ctl", "proto", "tests"}), kMaxLines),
              IsEmpty());
}

TEST(Architecture, HeadersSayWhatTheyAre) { EXPECT_THAT(CheckHeaders(Programs()), IsEmpty()); }

/// A tree of files with these texts.
Sources Forge(const std::map<std::string, std::string>& texts) {
  Sources sources;
  for (const auto& [path, text] : texts) {
    std::istringstream stream(text);
    sources.emplace(path, ReadSource(path, stream));
  }
  return sources;
}

TEST(ArchitectureRules, NoticeAnIncludeOfAHigherLayer) {
  const Sources sources = Forge({{"dnsd/zone/a.h", "#include \"dnsd/steer/b.h\"\n"},
                                 {"dnsd/steer/b.h", "#include \"dnsd/zone/c.h\"\n"},
                                 {"dnsd/zone/c.h", ""}});
  EXPECT_THAT(CheckLayers(sources),
              ElementsAre("dnsd/zone/a.h: dnsd/zone must not include dnsd/steer/b.h"));
}

TEST(ArchitectureRules, NoticeSiblingsAndForeignPrograms) {
  const Sources sources = Forge({{"dnsd/geo/a.h", "#include \"dnsd/liveness/b.h\"\n"},
                                 {"dnsd/liveness/b.h", ""},
                                 {"healthd/probe/c.cc", "  # include \"dnsd/geo/a.h\"\n"},
                                 {"ctl/render/d.cc", "#include \"dnsd/control/e.h\"  // why\n"},
                                 {"dnsd/control/e.h", ""}});
  EXPECT_THAT(CheckLayers(sources),
              ElementsAre(HasSubstr("ctl/render/d.cc"), HasSubstr("dnsd/geo/a.h"),
                          HasSubstr("healthd/probe/c.cc")));
}

TEST(ArchitectureRules, NoticeNewFoldersAndAbsentFiles) {
  const Sources sources =
      Forge({{"dnsd/magic/a.h", ""}, {"dnsd/zone/b.h", "#include \"dnsd/zone/absent.h\"\n"}});
  EXPECT_THAT(CheckLayers(sources), ElementsAre("dnsd/magic/a.h: its folder has no layer",
                                                HasSubstr("dnsd/zone/absent.h is no file")));
}

TEST(ArchitectureRules, NoticeLibrariesAwayFromHome) {
  const Sources sources =
      Forge({{"dnsd/zone/a.cc", "#include <ldns/ldns.h>\n#include <map>\n"},
             {"dnsd/zone/b.h", "#include <ldns/rr.h>\n"},
             {"dnsd/serve/c.cc", "#include <spdlog/spdlog.h>\n"},
             {"dnsd/config/d.cc", "#include \"waypost/v1/control.grpc.pb.h\"\n"},
             {"dnsd/geo/e.cc", "#include <maxminddb.h>\n#include <new/x.h>\n"}});
  EXPECT_THAT(
      CheckLibraries(sources),
      ElementsAre("dnsd/config/d.cc: dnsd/config is no home of waypost/v1/control.grpc.pb.h",
                  "dnsd/geo/e.cc: new/x.h is of no library that has a home",
                  "dnsd/serve/c.cc: dnsd/serve is no home of spdlog/spdlog.h",
                  "dnsd/zone/b.h: a header shows ldns/rr.h"));
}

TEST(ArchitectureRules, NoticeWhatTheHotPathReachesThroughOthers) {
  const Sources sources = Forge({{"dnsd/serve/a.cc", "#include \"dnsd/steer/b.h\"\n"},
                                 {"dnsd/steer/b.h", "#include \"dnsd/steer/c.h\"\n"},
                                 {"dnsd/steer/c.h",
                                  "#include <grpcpp/grpcpp.h>\n#include <fmt/format.h>\n"
                                  "#include \"waypost/v1/resource.pb.h\"\n"}});
  EXPECT_THAT(CheckHotPath(sources),
              ElementsAre("dnsd/serve/a.cc: reaches grpcpp/grpcpp.h by dnsd/steer/c.h",
                          "dnsd/serve/a.cc: reaches waypost/v1/resource.pb.h"));
  EXPECT_THAT(CheckSchemaStaysInside(sources), ElementsAre(HasSubstr("dnsd/steer/c.h")));
}

TEST(ArchitectureRules, NoticeCycles) {
  const Sources sources = Forge({{"dnsd/base/a.h", "#include \"dnsd/base/b.h\"\n"},
                                 {"dnsd/base/b.h", "#include \"dnsd/base/a.h\"\n"},
                                 {"dnsd/base/c.h", "#include \"dnsd/base/a.h\"\n"}});
  EXPECT_THAT(CheckCycles(sources),
              ElementsAre(HasSubstr("dnsd/base/a.h"), HasSubstr("dnsd/base/b.h")));
}

TEST(ArchitectureRules, NoticeLongFilesAndBareHeaders) {
  const Sources sources = Forge({{"dnsd/base/a.cc", "1\n2\n3\n"},
                                 {"dnsd/base/b.h", "#pragma once\n"},
                                 {"dnsd/base/c.h", "// What it is.\n"},
                                 {"dnsd/base/d.h", "// What it is.\n#pragma once\n"}});
  EXPECT_THAT(CheckSizes(sources, 2), ElementsAre("dnsd/base/a.cc: has 3 lines"));
  EXPECT_THAT(CheckHeaders(sources), ElementsAre("dnsd/base/b.h: does not begin with a comment",
                                                 "dnsd/base/c.h: has no #pragma once"));
}

}  // namespace
}  // namespace waypost::architecture
