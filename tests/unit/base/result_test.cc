#include "dnsd/base/result.h"

#include <gtest/gtest.h>

namespace waypost {
namespace {

Result<int> Half(int number) {
  if (number % 2 != 0) return Fail(ErrorCode::kInvalid, "3 is odd");
  return number / 2;
}

TEST(Result, HoldsAValueOrAnError) {
  EXPECT_EQ(*Half(4), 2);
  ASSERT_FALSE(Half(3));
  EXPECT_EQ(Half(3).error().code, ErrorCode::kInvalid);
  EXPECT_EQ(Half(3).error().message, "3 is odd");
}

TEST(Result, ErrorSeenFromFurtherOutKeepsItsCode) {
  const Error outer = Half(3).error().In("numbers.txt:7").In("loading");
  EXPECT_EQ(outer.code, ErrorCode::kInvalid);
  EXPECT_EQ(outer.message, "loading: numbers.txt:7: 3 is odd");
}

TEST(Status, IsFineUntilItFails) {
  EXPECT_TRUE(Status());
  const Status failed = Fail(ErrorCode::kUnavailable, "no disk");
  EXPECT_FALSE(failed);
}

}  // namespace
}  // namespace waypost
