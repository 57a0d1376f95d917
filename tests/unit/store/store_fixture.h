// The vocabulary of the store's tests: commits in one line, a directory that goes away.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "dnsd/store/store.h"

namespace waypost::store {

class TempDirectory {
 public:
  TempDirectory() {
    std::string path = ::testing::TempDir() + "waypost_store_XXXXXX";
    path_ = ::mkdtemp(path.data());
  }
  ~TempDirectory() { std::filesystem::remove_all(path_); }
  TempDirectory(const TempDirectory&) = delete;
  TempDirectory& operator=(const TempDirectory&) = delete;

  /// Does not exist before a store makes it.
  std::string state() const { return path_ + "/state"; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

inline Change Put(std::string key, std::string value) {
  return {std::move(key), std::nullopt, std::move(value)};
}

inline Change Remove(std::string key) { return {std::move(key), std::nullopt, std::nullopt}; }

inline Result<RevisionInfo> CommitTo(Store& store, std::vector<Change> changes) {
  return store.Commit({std::move(changes), "ann", "because", std::nullopt});
}

inline Content ReadOf(const Store& store, uint64_t revision = 0) {
  auto content = store.Read(revision);
  EXPECT_TRUE(content) << content.error().message;
  return content ? *content : Content{};
}

}  // namespace waypost::store
