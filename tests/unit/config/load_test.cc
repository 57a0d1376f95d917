#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <thread>

#include "dnsd/base/utf8.h"
#include "dnsd/config/parse.h"
#include "tests/unit/config/temp_folder.h"

namespace waypost::config {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::vector<std::string> Ids(const Parsed& parsed) {
  std::vector<std::string> ids;
  for (const ParsedResource& read : parsed.resources) ids.push_back(IdOf(read.resource));
  return ids;
}

std::vector<std::string> Texts(const Parsed& parsed) {
  std::vector<std::string> texts;
  for (const Problem& problem : parsed.problems) texts.push_back(problem.ToString());
  for (const Problem& problem : parsed.zone_problems) texts.push_back(problem.ToString());
  return texts;
}

TEST(LoadPath, TakesTheOriginFromAMasterFilesName) {
  const TempFolder folder;
  const Parsed parsed = LoadPath(folder.Write("Example.com.zone", "@ SOA"));
  EXPECT_THAT(Ids(parsed), ElementsAre("zone/example.com"));
  EXPECT_EQ(parsed.resources[0].resource.zone().text(), "@ SOA");
  EXPECT_EQ(parsed.resources[0].source.file, folder.path() + "/Example.com.zone");
}

TEST(LoadPath, TakesAMasterFileInAnyEncoding) {
  const TempFolder folder;
  const Parsed parsed = LoadPath(folder.Write("example.com.zone", "t TXT caf\xE9 ; \xE9"));
  EXPECT_EQ(parsed.resources[0].resource.zone().text(), "t TXT caf\\233 ; \\233");
  EXPECT_THAT(Texts(parsed), IsEmpty());
}

TEST(LoadPath, SaysInTextWhatIsWrongWithAFileInAnyEncoding) {
  const TempFolder folder;
  const Parsed parsed = LoadPath(folder.Write("example.com.zone", "$INCLUDE caf\xE9\\9\n"));
  EXPECT_THAT(parsed.resources[0].resource.zone().faults(), HasSubstr("caf\\xE9"));
  EXPECT_TRUE(IsUtf8(parsed.resources[0].resource.zone().faults()));
}

TEST(LoadPath, SetsAsideAMasterFileWhoseNameIsNoText) {
  const TempFolder folder;
  folder.Write("caf\xE9.example.zone", "@ SOA");
  folder.Write("x.zone", "text");
  const Parsed parsed = LoadPath(folder.path());
  EXPECT_THAT(Ids(parsed), ElementsAre("zone/x"));
  EXPECT_THAT(Texts(parsed),
              ElementsAre(HasSubstr("caf\\xE9.example.zone: the file's name is not")));
}

TEST(LoadPath, SetsAsideAMasterFileThatIsEmptyOrTheSecondOfItsZone) {
  const TempFolder folder;
  folder.Write("A.zone", "first");
  folder.Write("a.zone", "second");
  folder.Write("b.zone", "third");
  folder.Write("b.yaml", "{kind: Zone, origin: b, text: declared}\n");
  folder.Write("c.zone", "");
  const Parsed parsed = LoadPath(folder.path());
  EXPECT_THAT(Ids(parsed), ElementsAre("zone/b", "zone/a", "zone/c"));
  EXPECT_EQ(parsed.resources[0].resource.zone().text(), "declared");
  EXPECT_EQ(parsed.resources[1].resource.zone().text(), "first");
  EXPECT_THAT(parsed.resources[2].resource.zone().faults(), HasSubstr("c.zone: is empty"));
  EXPECT_THAT(parsed.problems, IsEmpty());
  EXPECT_THAT(Texts(parsed), ElementsAre(HasSubstr("a.zone:1: zone \"a\": is declared by another"),
                                         HasSubstr("b.zone:1: zone \"b\": is declared by another"),
                                         HasSubstr("c.zone: is empty")));
}

TEST(LoadPath, ReadsFoldersInNameOrderButNotSubfoldersAndHiddenFiles) {
  const TempFolder folder;
  folder.Write("b.yml", "kind: Pool\nname: b\n");
  folder.Write("a.json", R"([{"kind": "Pool", "name": "a"}])");
  folder.Write("c.yaml", "kind: Pool\nname: c\n");
  folder.Write("x.zone", "text");
  folder.Write(".d.yaml", "kind: Pool\nname: d\n");
  folder.Write("e.txt", "kind: Pool\nname: e\n");
  folder.Write("sub/f.yaml", "kind: Pool\nname: f\n");
  const Parsed parsed = LoadPath(folder.path());
  EXPECT_THAT(Ids(parsed), ElementsAre("pool/a", "pool/b", "pool/c", "zone/x"));
  EXPECT_THAT(Texts(parsed), IsEmpty());
}

TEST(LoadPath, ReadsTheFileThatAZoneNamesOnce) {
  const TempFolder folder;
  folder.Write("z/one.zone", "one");
  folder.Write("two.zone", "two");
  folder.Write("all.yaml",
               "kind: Zone\norigin: one.example\nfile: z/one.zone\n---\nkind: Zone\n"
               "origin: two.example\nfile: ./two.zone\n");
  const Parsed parsed = LoadPath(folder.path());
  EXPECT_THAT(Ids(parsed), ElementsAre("zone/one.example", "zone/two.example"));
  EXPECT_EQ(parsed.resources[0].resource.zone().text(), "one");
  EXPECT_EQ(parsed.resources[1].resource.zone().text(), "two");
}

TEST(LoadPath, KeepsTextThatStandsBesideAFile) {
  const TempFolder folder;
  const Parsed parsed = LoadPath(
      folder.Write("z.yaml", "kind: Zone\norigin: a.example\nfile: gone.zone\ntext: kept\n"));
  EXPECT_THAT(Texts(parsed), IsEmpty());
  EXPECT_EQ(parsed.resources[0].resource.zone().text(), "kept");
}

TEST(LoadPath, SaysWhichFileCannotBeRead) {
  const TempFolder folder;
  const std::string file =
      folder.Write("z.yaml", "kind: Zone\norigin: a.example\nfile: gone.zone\n");
  EXPECT_THAT(Texts(LoadPath(file)),
              ElementsAre(file + ":3: zone \"a.example\": file: \"" + folder.path() +
                          "/gone.zone\" cannot be opened: No such file or directory"));
  EXPECT_THAT(
      Texts(LoadPath(folder.path() + "/none.yaml")),
      ElementsAre(folder.path() + "/none.yaml: cannot be opened: No such file or directory"));
  EXPECT_THAT(
      Texts(LoadPath(folder.path() + "/none.zone")),
      ElementsAre(folder.path() + "/none.zone: cannot be opened: No such file or directory"));
}

/// A folder with a document and two master files, as it is loaded again and again.
class Reload : public ::testing::Test {
 protected:
  Reload() {
    Write("a.zone", "@ SOA");
    Write("b.zone", "@ SOA");
    Write("c.yaml", "kind: Zone\norigin: c.example\nfile: c.data\n");
    Write("c.data", "@ SOA");
    Load();
  }
  /// Times in which two changes could look like one are over.
  void Write(const std::string& name, const std::string& text) {
    const std::string path = folder_.Write(name, text);
    while (!StampOf(path)) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  Parsed Load() {
    KnownFiles seen;
    Parsed parsed = LoadPath(folder_.path(), known_, seen);
    known_ = std::move(seen);
    return parsed;
  }

  TempFolder folder_;
  KnownFiles known_;
};

TEST_F(Reload, ReadsNothingThatDidNotChange) {
  const Parsed again = Load();
  EXPECT_THAT(again.resources, IsEmpty());
  EXPECT_THAT(again.kept, ElementsAre("zone/c.example", "zone/a", "zone/b"));
}

TEST_F(Reload, ReadsWhatChangedThoughItsSizeDidNot) {
  Write("b.zone", "@ soa");
  const Parsed again = Load();
  EXPECT_THAT(Ids(again), ElementsAre("zone/b"));
  EXPECT_THAT(again.kept, ElementsAre("zone/c.example", "zone/a"));
}

TEST_F(Reload, ReadsADocumentWhoseMasterFileChanged) {
  Write("c.data", "@ NS a");
  const Parsed again = Load();
  EXPECT_THAT(Ids(again), ElementsAre("zone/c.example"));
  EXPECT_EQ(again.resources[0].resource.zone().text(), "@ NS a");
  EXPECT_THAT(Load().resources, IsEmpty());
}

TEST_F(Reload, KeepsNothingThatIsGone) {
  std::filesystem::remove(folder_.path() + "/a.zone");
  EXPECT_THAT(Load().kept, ElementsAre("zone/c.example", "zone/b"));
}

TEST_F(Reload, TriesWhatCannotBeReadAgain) {
  std::filesystem::create_symlink("nowhere", folder_.path() + "/d.zone");
  for (int round = 0; round < 2; ++round) {
    const Parsed again = Load();
    EXPECT_THAT(Ids(again), ElementsAre("zone/d"));
    EXPECT_THAT(again.problems, IsEmpty()) << "it is of one zone only";
    EXPECT_EQ(again.zone_problems.size(), 1U);
    EXPECT_THAT(again.resources[0].resource.zone().faults(), HasSubstr("cannot be opened"));
  }
}

TEST_F(Reload, ReadsAZoneWhoseIncludedFileChanged) {
  Write("hosts.inc", "www 60 A 192.0.2.1\n");
  Write("a.zone", "@ 60 SOA a b 1 1 1 1 1\n$INCLUDE hosts.inc\n");
  EXPECT_THAT(Ids(Load()), ElementsAre("zone/a"));
  EXPECT_THAT(Load().resources, IsEmpty());
  Write("hosts.inc", "www 60 A 192.0.2.2\n");
  const Parsed again = Load();
  EXPECT_THAT(Ids(again), ElementsAre("zone/a"));
  EXPECT_THAT(again.resources[0].resource.zone().text(), HasSubstr("192.0.2.2"));
}

TEST_F(Reload, IncludesNothingFromOutsideOfTheFolder) {
  Write("a.zone", "@ 60 SOA a b 1 1 1 1 1\n$INCLUDE ../hosts.inc\n");
  const Parsed again = Load();
  EXPECT_THAT(Texts(again), ElementsAre(HasSubstr("a.zone:2: $INCLUDE: ")));
  EXPECT_THAT(again.resources[0].resource.zone().faults(), HasSubstr("a.zone:2: $INCLUDE: "));
}

}  // namespace
}  // namespace waypost::config
