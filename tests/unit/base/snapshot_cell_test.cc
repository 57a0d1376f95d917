#include "dnsd/base/snapshot_cell.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace waypost {
namespace {

TEST(SnapshotCell, ReaderSeesWhatWasPublished) {
  SnapshotCell<int> cell(std::make_shared<int>(1));
  SnapshotCell<int>::Reader reader(cell);
  EXPECT_EQ(*reader.Get(), 1);
  const auto former = cell.Publish(std::make_shared<int>(2));
  EXPECT_EQ(*former, 1);
  EXPECT_EQ(*reader.Get(), 2);
  EXPECT_EQ(reader.seen(), cell.generation());
}

TEST(SnapshotCell, ReadersNeverGoBack) {
  SnapshotCell<int> cell(std::make_shared<int>(0));
  std::vector<std::thread> readers;
  for (int i = 0; i < 3; ++i) {
    readers.emplace_back([&cell] {
      SnapshotCell<int>::Reader reader(cell);
      for (int last = 0; last < 2000;) {
        const int now = *reader.Get();
        ASSERT_GE(now, last);
        last = now;
      }
    });
  }
  for (int i = 1; i <= 2000; ++i) cell.Publish(std::make_shared<int>(i));
  for (auto& reader : readers) reader.join();
}

}  // namespace
}  // namespace waypost
