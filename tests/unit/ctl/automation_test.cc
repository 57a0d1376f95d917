#include "ctl/render/automation.h"

#include <gmock/gmock.h>

namespace waypost::render {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

v1::AutomationStatus& AddAutomation(v1::StatusReply& status, const std::string& mode) {
  v1::AutomationStatus& automation = *status.add_automations();
  automation.set_name("shop");
  automation.set_mode(mode);
  automation.set_budget_percent(20);
  automation.set_regions(3);
  automation.set_regions_on(2);
  return automation;
}

TEST(RenderAutomation, ShowsWhatMayStillMove) {
  v1::StatusReply status;
  AddAutomation(status, "bound").set_cool_down_left_ms(90'000);
  EXPECT_EQ(RenderAutomations(status, Style()),
            "AUTOMATION  MODE   REGIONS ON  MAY MOVE  COOL-DOWN  HELD\n"
            "shop        bound         2/3      20 %      1m30s     0\n");
}

TEST(RenderAutomation, ShowsWhatIsHeldBackAndWhy) {
  v1::StatusReply status;
  v1::HeldMove& move = *AddAutomation(status, "bound").add_held();
  move.set_pool("web-eu");
  move.set_region("eu");
  move.set_kept_percent(60);
  move.set_bound("max_shift");
  move.set_why("20 % of the weight moved within a minute");
  move.set_age_ms(5'000);
  EXPECT_THAT(RenderAutomations(status, Style()),
              HasSubstr("web-eu     eu       5s            60 %  shop max_shift  20 % of the "
                        "weight moved within a minute\n"));
}

TEST(RenderAutomation, APausedOneCatchesTheEye) {
  v1::StatusReply status;
  AddAutomation(status, "paused");
  const std::string plain = RenderAutomations(status, Style());
  EXPECT_THAT(plain, Not(HasSubstr("\x1b[")));
  EXPECT_THAT(RenderAutomations(status, Style(true)), HasSubstr("\x1b[33mpaused"));
}

TEST(RenderAutomation, SaysNothingWhereThereIsNone) {
  EXPECT_THAT(RenderAutomations({}, Style()), IsEmpty());
  EXPECT_THAT(RenderSignals({}, Style()), IsEmpty());
}

v1::SignalStatus Signal(const std::string& state, uint64_t lease_left_ms, bool expired) {
  v1::SignalStatus signal;
  signal.set_name("deploy");
  signal.set_state(state);
  signal.set_lease_left_ms(lease_left_ms);
  signal.set_expired(expired);
  return signal;
}

/// The signal's line.
std::string Line(const v1::SignalStatus& signal) {
  v1::StatusReply status;
  *status.add_signals() = signal;
  const std::string text = RenderSignals(status, Style());
  EXPECT_THAT(text, StartsWith("SIGNAL"));
  return text.substr(text.find('\n') + 1);
}

TEST(RenderSignals, TellsALeaseThatRunsFromOneThatIsOver) {
  EXPECT_THAT(Line(Signal("down", 61'000, false)), StartsWith("deploy  down   1m01s"));
  EXPECT_THAT(Line(Signal("unknown", 0, true)), StartsWith("deploy  unknown  over"));
  EXPECT_THAT(Line(Signal("unknown", 0, false)), StartsWith("deploy  unknown  never told"));
}

TEST(RenderSignals, WhatIsToldMovesNoCursor) {
  v1::SignalStatus signal = Signal("down", 1'000, false);
  signal.set_author("ci\r");
  signal.set_reason("release\x1b[2J 42");
  EXPECT_THAT(Line(signal), HasSubstr("ci\\x0d  release\\x1b[2J 42"));
}

TEST(RenderWebhooks, ShowsTheLastErrorOfOneThatFails) {
  v1::StatusReply status;
  v1::WebhookStatus& webhook = *status.add_webhooks();
  webhook.set_name("pager");
  webhook.set_state("open");
  webhook.set_waiting(3);
  webhook.set_failures(7);
  webhook.set_error("connect: refused");
  const std::string text = WebhookTable(status).ToString(Style());
  EXPECT_THAT(text,
              HasSubstr("pager    open         3          0         7        0  connect: refused"));
}

}  // namespace
}  // namespace waypost::render
