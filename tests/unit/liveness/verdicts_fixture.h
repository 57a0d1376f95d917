// The vocabulary of the verdicts' tests: one pool of endpoints "p/1", "p/2", …; vantages speak in
// one line; time moves by saying so.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "dnsd/liveness/verdicts.h"

namespace waypost::liveness {

using std::chrono::milliseconds;
using std::chrono::seconds;

class VerdictsTest : public ::testing::Test {
 protected:
  explicit VerdictsTest(uint16_t endpoints = 1) {
    for (int i = 1; i <= endpoints; ++i)
      layout_.endpoints.push_back(Spec("p/" + std::to_string(i)));
    layout_.pools = {{"p", 100}};
    shape_ = {{{0, endpoints, 0}}, endpoints, 0, 0};
  }

  static EndpointSpec Spec(std::string id) {
    EndpointSpec spec;
    spec.id = std::move(id);
    return spec;
  }

  /// Staleness 17 s, interval 5 s, majority, as by default.
  void Configure() {
    shape_.holds = static_cast<uint32_t>(layout_.holds.size());
    board_ = std::make_shared<Board>(shape_);
    verdicts_.Configure(layout_, board_, now_);
  }

  void Say(const std::string& vantage, Opinion opinion, const std::string& endpoint = "p/1") {
    Evidence evidence;
    evidence.opinion = opinion;
    evidence.observed = now_;
    evidence.sequence = ++sequence_;
    if (opinion == Opinion::kDown) {
      evidence.failed_layer = 3;
      evidence.detail = "connection refused";
    }
    verdicts_.Observe(vantage, endpoint, evidence, now_);
  }
  void Up(const std::string& vantage, const std::string& endpoint = "p/1") {
    Say(vantage, Opinion::kUp, endpoint);
  }
  void Down(const std::string& vantage, const std::string& endpoint = "p/1") {
    Say(vantage, Opinion::kDown, endpoint);
  }
  void Connect(std::initializer_list<const char*> vantages) {
    for (const char* vantage : vantages) verdicts_.Heartbeat(vantage, now_);
  }

  void Wait(milliseconds time) {
    for (const Steady end = now_ + time; now_ < end;) {
      now_ = std::min(end, now_ + milliseconds(100));
      verdicts_.Tick(now_);
    }
  }

  /// What the board says; the report must say the same.
  Standing StandingOf(uint32_t index = 0) const {
    const Standing standing = board_->endpoint(index).standing;
    EXPECT_EQ(verdicts_.Report(layout_.endpoints[index].id, now_).standing, standing);
    return standing;
  }
  std::string Reason(const std::string& endpoint = "p/1") const {
    return verdicts_.Report(endpoint, now_).reason;
  }

  Steady now_{std::chrono::hours(100)};
  Layout layout_;
  BoardLayout shape_;
  std::shared_ptr<Board> board_;
  Verdicts verdicts_;
  uint64_t sequence_ = 0;
};

}  // namespace waypost::liveness
