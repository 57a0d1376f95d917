#include "dnsd/control/file_memory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <thread>

#include "dnsd/control/loading.h"
#include "tests/unit/config/temp_folder.h"

namespace waypost::control {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// A folder of zones that is loaded again and again, by one process after the other.
class Files : public ::testing::Test {
 protected:
  Files() {
    Write("a.zone", "@ SOA a");
    Write("b.zone", "@ SOA b");
    Write("c.yaml", "{kind: Zone, origin: c, text: '@ SOA c'}");
  }

  /// Times in which two changes could look like one are over.
  void Write(const std::string& name, const std::string& text) {
    const std::string path = folder_.Write(name, text);
    while (!config::StampOf(path)) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }

  /// What a process that starts now reads, by id.
  std::vector<std::string> Start() {
    memory_.emplace(*store_);
    auto known = memory_->Open();
    EXPECT_TRUE(known) << known.error().message;
    known_ = *std::move(known);
    return Load();
  }

  std::vector<std::string> Load(const Faults& faults = {}) {
    config::Parsed parsed = ParseFiles({folder_.path()}, known_);
    std::vector<std::string> read;
    for (const auto& one : parsed.resources) read.push_back(config::IdOf(one.resource));
    former_ = *memory_->Recall(parsed, true);
    Wish wish = WishOf(std::move(parsed), former_, resources_);
    SetAside(faults, resources_, wish.change.resources);
    resources_ = wish.change.resources;
    EXPECT_TRUE(memory_->Write(NewsOf(wish, faults, resources_, former_), former_));
    return read;
  }

  std::string TextOf(const std::string& zone) {
    return resources_.at("zone/" + zone)->zone().text();
  }

  config::TempFolder folder_;
  VirtualClock clock_;
  const std::unique_ptr<store::Store> store_ = store::OpenMemoryStore(clock_);
  std::optional<FileMemory> memory_;
  config::KnownFiles known_;
  Former former_;
  config::ResourceSet resources_;
};

TEST_F(Files, AreAllReadAtTheFirstStart) {
  EXPECT_THAT(Start(), ElementsAre("zone/c", "zone/a", "zone/b"));
  EXPECT_EQ(TextOf("b"), "@ SOA b");
}

TEST_F(Files, OfOneZoneEachAreReadAtALaterStartOnlyIfTheyChanged) {
  Start();
  Write("b.zone", "@ SOA new");
  EXPECT_THAT(Start(), ElementsAre("zone/c", "zone/b")) << "documents are always read";
  EXPECT_EQ(TextOf("b"), "@ SOA new");
  EXPECT_EQ(resources_.size(), 3U);
}

TEST_F(Files, ThatAreGoneAtALaterStartAreForgotten) {
  Start();
  std::filesystem::remove(folder_.path() + "/a.zone");
  Start();
  EXPECT_THAT(former_.gone, ElementsAre("zone/a"));
  EXPECT_FALSE(resources_.contains("zone/a"));
  Start();
  EXPECT_THAT(former_.gone, IsEmpty());
}

TEST_F(Files, ChangeOnlyWhatTheySayOtherwise) {
  Start();
  auto edited = std::make_shared<v1::Resource>(*resources_.at("zone/c"));
  edited->mutable_zone()->set_text("@ SOA operator");
  resources_["zone/c"] = edited;
  Start();
  EXPECT_EQ(TextOf("c"), "@ SOA operator") << "the file says what it said";
  Write("c.yaml", "{kind: Zone, origin: c, text: '@ SOA file'}");
  Start();
  EXPECT_EQ(TextOf("c"), "@ SOA file");
}

TEST_F(Files, OfZonesThatWereSetAsideAreReadAtEveryStart) {
  memory_.emplace(*store_);
  ASSERT_TRUE(memory_->Open());
  Load({{"a", "is broken"}});
  EXPECT_THAT(Start(), ElementsAre("zone/c", "zone/a"));
}

TEST_F(Files, AreComparedWithWhatAFormerVersionKept) {
  Start();
  v1::LoadedFiles kept;
  ASSERT_TRUE(store_->ScanState("statement/", [&](std::string_view key, std::string_view value) {
    v1::Statement statement;
    statement.ParseFromString(std::string(value));
    (*kept.mutable_resources())[std::string(key.substr(10))] = statement.digest();
    return Status();
  }));
  for (const auto& [id, digest] : kept.resources())
    ASSERT_TRUE(store_->WriteState({{"statement/" + id, std::nullopt}}, false));
  ASSERT_TRUE(store_->PutState("loaded-files", kept.SerializeAsString(), false));
  std::filesystem::remove(folder_.path() + "/a.zone");
  EXPECT_THAT(Start(), ElementsAre("zone/c", "zone/b")) << "it did not say when they changed";
  EXPECT_THAT(former_.gone, ElementsAre("zone/a"));
  EXPECT_EQ(former_.statements.size(), 2U);
  EXPECT_FALSE(store_->GetState("loaded-files")->has_value());
}

TEST_F(Files, AreNotReadWithDamagedMemory) {
  ASSERT_TRUE(store_->PutState("statement/zone/a", "\xFF", false));
  memory_.emplace(*store_);
  const auto known = memory_->Open();
  ASSERT_FALSE(known);
  EXPECT_EQ(known.error().message, "state \"statement/zone/a\" is damaged");
}

}  // namespace
}  // namespace waypost::control
