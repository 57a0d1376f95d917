#include "dnsd/control/access.h"

#include <gtest/gtest.h>

namespace waypost::control {
namespace {

const Access kAccess{{"ops"}, {"dashboard"}, {"ci"}, {}};

bool May(const std::string& name, const std::string& method) {
  return kAccess.Allows("/waypost.v1." + method, {name});
}

TEST(Access, WithoutOperatorsEverybodyMayDoEverything) {
  EXPECT_TRUE(Access{}.Allows("/waypost.v1.Configuration/Apply", {}));
}

TEST(Access, OperatorsMayDoEverything) {
  for (const char* method :
       {"Configuration/Apply", "Traffic/SetOverride", "Signals/SetSignal", "Some/Thing"}) {
    EXPECT_TRUE(May("ops", method)) << method;
  }
  EXPECT_TRUE(kAccess.Allows("/waypost.v1.Configuration/Apply", {"host7", "ops"}))
      << "one of the names is enough";
}

TEST(Access, ReadersChangeNothing) {
  EXPECT_TRUE(May("dashboard", "Insight/Status"));
  EXPECT_TRUE(May("dashboard", "Configuration/List"));
  for (const char* method :
       {"Configuration/Apply", "Configuration/Rollback", "Configuration/Load", "Traffic/SetWeight",
        "Traffic/RefreshZone", "Signals/SetSignal", "Latency/ImportLatency"}) {
    EXPECT_FALSE(May("dashboard", method)) << method;
  }
}

TEST(Access, SignallersTellSignalsAndLoadsOnly) {
  EXPECT_TRUE(May("ci", "Signals/SetSignal"));
  EXPECT_TRUE(May("ci", "Signals/SetLoad"));
  EXPECT_FALSE(May("ci", "Insight/Status"));
  EXPECT_FALSE(May("ci", "Traffic/SetOverride"));
}

TEST(Access, EverybodyElseMayBeAVantageAndRegisterEndpoints) {
  EXPECT_TRUE(May("v1", "Evidence/Stream"));
  EXPECT_TRUE(May("v1", "Diagnostics/Attend"));
  EXPECT_TRUE(May("web-1", "Registry/Register"));
  for (const char* method : {"Insight/Status", "Signals/SetSignal", "Traffic/SetOverride",
                             "Diagnostics/Diagnose", "Evidence/Streams", ""}) {
    EXPECT_FALSE(May("v1", method)) << method;
  }
}

TEST(Access, ListedVantagesAloneVote) {
  for (const Access& access : {Access{{}, {}, {}, {"v1"}}, Access{{"ops"}, {}, {}, {"v1"}}}) {
    EXPECT_TRUE(access.Allows("/waypost.v1.Evidence/Stream", {"host1", "v1"}));
    EXPECT_TRUE(access.Allows("/waypost.v1.Diagnostics/Attend", {"v1"}));
    EXPECT_FALSE(access.Allows("/waypost.v1.Evidence/Stream", {"web-1"}));
    EXPECT_FALSE(access.Allows("/waypost.v1.Evidence/Stream", {"ops"}));
    EXPECT_TRUE(access.Allows("/waypost.v1.Configuration/Apply", {"ops"}));
  }
}

}  // namespace
}  // namespace waypost::control
