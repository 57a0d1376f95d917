#include "dnsd/base/problem.h"

#include <gtest/gtest.h>

namespace waypost {
namespace {

TEST(Problem, ReadsFromOutsideIn) {
  const Problem problem{"zones/demo.yaml", 14, "policy \"web\"", "steps[1].weighted", "weight -3"};
  EXPECT_EQ(problem.ToString(), "zones/demo.yaml:14: policy \"web\": steps[1].weighted: weight -3");
}

TEST(Problem, LeavesOutWhatIsUnknown) {
  EXPECT_EQ((Problem{"", 0, "", "", "fact"}).ToString(), "fact");
  EXPECT_EQ((Problem{"f", 0, "", "", "fact"}).ToString(), "f: fact");
  EXPECT_EQ((Problem{"f", 3, "", "", "fact"}).ToString(), "f:3: fact");
  EXPECT_EQ((Problem{"", 3, "object", "", "fact"}).ToString(), "object: fact");
  EXPECT_EQ((Problem{"", 0, "", "field", "fact"}).ToString(), "field: fact");
  EXPECT_EQ((Problem{"", 0, "object", "field", "fact"}).ToString(), "object: field: fact");
}

TEST(Problem, WarningsSaySo) {
  EXPECT_EQ((Problem{"f", 3, "object", "", "fact", true}).ToString(), "f:3: object: warning: fact");
  EXPECT_EQ((Problem{"", 0, "", "", "fact", true}).ToString(), "warning: fact");
}

}  // namespace
}  // namespace waypost
