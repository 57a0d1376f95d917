// What only a store on a disk can get wrong.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "dnsd/store/bytes.h"
#include "dnsd/store/database.h"
#include "dnsd/store/format.h"
#include "tests/support/process.h"
#include "tests/unit/store/store_fixture.h"

namespace waypost::store {
namespace {

using ::testing::HasSubstr;

class RocksStoreTest : public ::testing::Test {
 protected:
  std::unique_ptr<Store> Open() {
    auto store = OpenRocksStore(directory_.state(), clock_);
    EXPECT_TRUE(store) << store.error().message;
    return store ? *std::move(store) : nullptr;
  }
  Error OpenError() {
    auto store = OpenRocksStore(directory_.state(), clock_);
    EXPECT_FALSE(store);
    return store ? Error{} : std::move(store).error();
  }
  /// Writes behind the store's back.
  void Overwrite(const std::string& key, const std::optional<std::string>& value) {
    const auto database = Database::Open(directory_.state());
    ASSERT_TRUE(database);
    ASSERT_TRUE((*database)->Write({{key, value}}, true));
  }
  uint64_t Format() {
    const auto database = Database::Open(directory_.state());
    return *DecodeNumber(kFormatKey, **Database::View(**database).Get(std::string(kFormatKey)));
  }
  std::vector<std::string> Files(const std::string& suffix) {
    std::vector<std::string> files;
    for (const auto& entry : std::filesystem::directory_iterator(directory_.state())) {
      if (entry.path().string().ends_with(suffix)) files.push_back(entry.path());
    }
    return files;
  }

  TempDirectory directory_;
  VirtualClock clock_;
};

TEST_F(RocksStoreTest, EverythingIsThereAfterReopening) {
  {
    const auto store = Open();
    CommitTo(*store, {Put("a", "1")});
    CommitTo(*store, {Put("a", "2"), Put("b", "3")});
    ASSERT_TRUE(store->PutState("verdicts", "v", true));
    ASSERT_TRUE(store->PutState("latency", "l", false));
  }
  const auto store = Open();
  EXPECT_EQ(store->current(), 2U);
  EXPECT_EQ(ReadOf(*store, 1), (Content{{"a", "1"}}));
  EXPECT_EQ(ReadOf(*store), (Content{{"a", "2"}, {"b", "3"}}));
  EXPECT_EQ(store->History(0, 1)->front().info.author, "ann");
  EXPECT_EQ(store->History(0, 1)->front().info.time, clock_.WallNow());
  EXPECT_EQ(*store->GetState("verdicts"), "v");
  EXPECT_EQ(*store->GetState("latency"), "l");
}

TEST_F(RocksStoreTest, DirectoryIsForItsOwnerOnly) {
  Open();
  struct stat status {};
  ASSERT_EQ(::stat(directory_.state().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0700U);
}

TEST_F(RocksStoreTest, ParentsAreMade) {
  const std::string deep = directory_.path() + "/one/two/state";
  EXPECT_TRUE(OpenRocksStore(deep, clock_));
}

TEST_F(RocksStoreTest, SecondOpenerIsToldThatItIsInUse) {
  const auto store = Open();
  const Error error = OpenError();
  EXPECT_EQ(error.code, ErrorCode::kUnavailable);
  EXPECT_EQ(error.message, "state " + directory_.state() + " is in use by another process");
}

constexpr const char* kStateVariable = "WAYPOST_STORE_TEST_STATE";

/// The other process's part of the test below; a program of its own, for a child of many threads
/// must not do more than start one.
TEST_F(RocksStoreTest, DISABLED_IsToldThatItIsInUse) {
  const char* state = ::getenv(kStateVariable);
  ASSERT_NE(state, nullptr);
  const auto second = OpenRocksStore(state, clock_);
  ASSERT_FALSE(second);
  EXPECT_THAT(second.error().message, HasSubstr("in use by another process"));
}

TEST_F(RocksStoreTest, OtherProcessIsToldThatItIsInUse) {
  const auto store = Open();
  ::setenv(kStateVariable, directory_.state().c_str(), 1);
  test::Process other(
      {"/proc/self/exe", "--gtest_filter=RocksStoreTest.DISABLED_IsToldThatItIsInUse",
       "--gtest_also_run_disabled_tests", "--gtest_output="},
      directory_.state() + ".other");
  EXPECT_EQ(other.Wait(), 0) << other.out();
  EXPECT_THAT(other.out(), HasSubstr("[  PASSED  ] 1 test."));
}

TEST_F(RocksStoreTest, FileInPlaceOfTheDirectoryIsUnavailable) {
  std::ofstream(directory_.state()) << "x";
  EXPECT_EQ(OpenError().code, ErrorCode::kUnavailable);
}

TEST_F(RocksStoreTest, NewerFormatIsRefused) {
  Open();
  Overwrite(std::string(kFormatKey), EncodeNumber(kFormatVersion + 1));
  const Error error = OpenError();
  EXPECT_EQ(error.code, ErrorCode::kInvalid);
  EXPECT_THAT(error.message, HasSubstr("format 3 is not known here; this program reads 1 to 2"));
  EXPECT_THAT(error.message, HasSubstr(directory_.state()));
}

TEST_F(RocksStoreTest, FormerFormatIsReadAndKeptUntilItDoesNotDo) {
  const std::string large(size_t{100} << 10, 'x');
  // Before 2, records had large values whole.
  ByteWriter record;
  record.U64(0);
  record.Text("ann");
  record.Text("why");
  record.U32(1);
  record.Text("a");
  record.OptionalText(large + "1");
  record.OptionalText(large + "2");
  CommitTo(*Open(), {Put("a", large + "1")});
  CommitTo(*Open(), {Put("a", large + "2")});
  Overwrite(RevisionKey(2), std::move(record).Take());
  Overwrite(std::string(kFormatKey), EncodeNumber(1));
  CommitTo(*Open(), {Put("b", "small")});
  EXPECT_EQ(Format(), 1U);
  CommitTo(*Open(), {Put("a", large + "3")});
  EXPECT_EQ(Format(), 2U);
  const auto store = Open();
  EXPECT_EQ(ReadOf(*store, 1).at("a"), large + "1");
  EXPECT_EQ(ReadOf(*store, 2).at("a"), large + "2");
  EXPECT_EQ(ReadOf(*store, 3).at("a"), large + "2");
  EXPECT_EQ(ReadOf(*store, 4).at("a"), large + "3");
}

TEST_F(RocksStoreTest, SmallEditsOfALargeValueTakeLittleRoomAndComeBack) {
  std::string large(size_t{3} << 20, 'x');
  const auto store = Open();
  for (size_t i = 0; i < 5; ++i) {
    large[i * 1000] = 'y';
    CommitTo(*store, {Put("a", large)});
  }
  const std::string part = "y" + std::string(999, 'x');
  EXPECT_EQ(ReadOf(*store, 2).at("a").substr(0, 3000), part + part + std::string(1000, 'x'));
  EXPECT_EQ(ReadOf(*store, 4).at("a").substr(0, 4000), part + part + part + part);
}

TEST_F(RocksStoreTest, LargeValuesComeBackAfterTheyWereDeleted) {
  const std::string large(size_t{100} << 10, 'x');
  const auto store = Open();
  CommitTo(*store, {Put("a", large + "1")});
  CommitTo(*store, {Put("a", large + "2")});
  CommitTo(*store, {Put("a", "small")});
  CommitTo(*store, {Remove("a")});
  CommitTo(*store, {Put("a", large + "3")});
  EXPECT_EQ(ReadOf(*store, 1).at("a"), large + "1");
  EXPECT_EQ(ReadOf(*store, 2).at("a"), large + "2");
  EXPECT_EQ(ReadOf(*store, 3).at("a"), "small");
  EXPECT_EQ(ReadOf(*store, 4).count("a"), 0U);
}

TEST_F(RocksStoreTest, DatabaseOfSomethingElseIsRefused) {
  Overwrite("something", "else");
  EXPECT_EQ(OpenError().code, ErrorCode::kInvalid);
}

TEST_F(RocksStoreTest, HeadWithoutItsRecordIsRefused) {
  CommitTo(*Open(), {Put("a", "1")});
  Overwrite(RevisionKey(1), std::nullopt);
  EXPECT_THAT(OpenError().message, HasSubstr("the record of revision 1 is missing"));
}

TEST_F(RocksStoreTest, DamagedRecordIsNamed) {
  {
    const auto store = Open();
    for (const char* value : {"1", "2", "3"}) CommitTo(*store, {Put("a", value)});
  }
  Overwrite(RevisionKey(2), "garbage");
  const auto store = Open();
  EXPECT_EQ(ReadOf(*store).at("a"), "3");
  const auto read = store->Read(1);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, ErrorCode::kInvalid);
  EXPECT_THAT(read.error().message, HasSubstr("revision/"));
  EXPECT_EQ(store->History(0, 10).error().code, ErrorCode::kInvalid);
  EXPECT_EQ(store->History(2, 10)->size(), 1U) << "older ones are there";
}

TEST_F(RocksStoreTest, DamagedFilesAreInvalidNotACrash) {
  CommitTo(*Open(), {Put("a", "1")});
  std::ofstream(directory_.state() + "/CURRENT") << "nonsense";
  EXPECT_EQ(OpenError().code, ErrorCode::kInvalid);
}

TEST_F(RocksStoreTest, TornTailOfTheLogIsCutOff) {
  {
    const auto store = Open();
    CommitTo(*store, {Put("a", "1")});
    CommitTo(*store, {Put("a", "2")});
  }
  for (const std::string& log : Files(".log")) {
    std::ofstream(log, std::ios::app | std::ios::binary) << std::string(100, '\x5A');
  }
  const auto store = Open();
  EXPECT_EQ(store->current(), 2U);
  EXPECT_EQ(ReadOf(*store).at("a"), "2");
}

TEST_F(RocksStoreTest, LargeCommitsKeepHistoryReadable) {
  const std::string large(size_t{3} << 20, 'x');
  {
    const auto store = Open();
    for (int i = 1; i <= 4; ++i) CommitTo(*store, {Put("a", large + std::to_string(i))});
  }
  const auto store = Open();
  for (int i = 1; i <= 4; ++i) {
    EXPECT_EQ(ReadOf(*store, static_cast<uint64_t>(i)).at("a"), large + std::to_string(i));
  }
}

/// While it lives, no file of this process can grow above `bytes`: what a full disk looks like.
class FullDisk {
 public:
  explicit FullDisk(rlim_t bytes) : former_handler_(::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &former_);
    const struct rlimit full = {bytes, former_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &full);
  }
  ~FullDisk() {
    ::setrlimit(RLIMIT_FSIZE, &former_);
    ::signal(SIGXFSZ, former_handler_);
  }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;

 private:
  sighandler_t former_handler_;
  struct rlimit former_ {};
};

TEST_F(RocksStoreTest, FullDiskIsUnavailableAndChangesNothing) {
  const auto store = Open();
  CommitTo(*store, {Put("a", "1")});
  Result<RevisionInfo> failed;
  Status state_failed;
  {
    const FullDisk full(2048);
    failed = CommitTo(*store, {Put("a", "2"), Put("b", std::string(100'000, 'x'))});
    state_failed = store->PutState("s", std::string(100'000, 'x'), false);
  }
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, ErrorCode::kUnavailable);
  ASSERT_FALSE(state_failed);
  EXPECT_EQ(state_failed.error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(store->current(), 1U);
  EXPECT_EQ(ReadOf(*store), (Content{{"a", "1"}}));
}

TEST_F(RocksStoreTest, CommitsGoOnWhenTheDiskHasRoomAgain) {
  const auto store = Open();
  CommitTo(*store, {Put("a", "1")});
  {
    const FullDisk full(2048);
    EXPECT_FALSE(CommitTo(*store, {Put("b", std::string(100'000, 'x'))}));
  }
  EXPECT_FALSE(store->writable());
  const auto revision = CommitTo(*store, {Put("a", "2")});
  ASSERT_TRUE(revision) << revision.error().message;
  EXPECT_TRUE(store->writable());
  EXPECT_EQ(revision->number, 2U);
  EXPECT_EQ(ReadOf(*store), (Content{{"a", "2"}}));
}

TEST_F(RocksStoreTest, DiskThatFillsUpAtAnyMomentLosesNothing) {
  Content last;
  for (rlim_t limit = 64 << 10; limit <= 9 << 20; limit = limit * 7 / 4) {
    const auto store = Open();
    ASSERT_EQ(ReadOf(*store), last) << limit;
    {
      const FullDisk full(limit);
      for (int i = 0; i < 12; ++i) {
        const std::string value(400'000, static_cast<char>('a' + i));
        if (CommitTo(*store, {Put("a", value)})) last["a"] = value;
      }
    }
    ASSERT_EQ(ReadOf(*store), last) << limit;
    const auto revision = CommitTo(*store, {Put("b", std::to_string(limit))});
    ASSERT_TRUE(revision) << limit << " " << revision.error().message;
    last["b"] = std::to_string(limit);
  }
}

}  // namespace
}  // namespace waypost::store
