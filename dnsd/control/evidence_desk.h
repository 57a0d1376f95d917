// Where the vantages' streams end: knows who is connected, says what to watch (liveness::WatchPlan
// has the rule), and hands what they saw to the verdicts.
//
// Thread safety: the control thread only; Send of a stream is called there and must not block.
// Errors: reports of a former assignment are dropped (a full one follows), and so are targets that
// were not assigned to who reports them.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "dnsd/base/clock.h"
#include "dnsd/config/build.h"
#include "dnsd/control/event_bus.h"
#include "dnsd/liveness/verdicts.h"
#include "dnsd/liveness/watch_plan.h"
#include "waypost/v1/evidence.pb.h"

namespace waypost::control {

using StreamId = uint64_t;

struct VantageFacts {
  std::string name;
  std::string region;
  std::string version;
  uint32_t asn = 0;
  bool connected = false;
  Steady last_heard;
  uint32_t assigned = 0;  // targets that it shall watch
  uint32_t targets = 0;   // those of which it has an opinion
  uint32_t targets_down = 0;
  uint64_t streams = 0;  // opened so far
  uint64_t reports = 0;  // taken so far
};

class EvidenceDesk {
 public:
  /// Ends the stream when `assignment` is null.
  using Send = std::function<void(std::shared_ptr<const v1::DirectorMessage> assignment)>;

  /// Vantages that are remembered, at most; one that is not connected makes room for a new one.
  static constexpr size_t kMaxVantages = 256;

  EvidenceDesk(liveness::Verdicts& verdicts, EventBus& events)
      : verdicts_(verdicts), events_(events) {}

  /// A newer stream of the same vantage replaces the older one. False: too many vantages.
  bool Open(StreamId stream, const v1::Hello& hello, Send send, Steady now);
  void Take(StreamId stream, const v1::Report& report, Steady now);
  void Close(StreamId stream, Steady now);

  /// A new configuration: tells every vantage if what it must watch changed.
  void Assign(const config::Built& built);
  /// Applies time: a vantage that died is replaced. Call at least once a second.
  void Tick(Steady now);

  std::vector<VantageFacts> Vantages() const;
  /// Who watches an endpoint now, in order.
  std::vector<std::string> WatchersOf(const std::string& endpoint) const;
  /// Endpoints that fewer vantages watch than their monitors ask for.
  size_t Underwatched() const { return plan_.Underwatched(); }
  /// Vantages that others replace because they cannot look.
  std::vector<liveness::WatchPlan::Lack> Lacks() const { return plan_.Lacks(); }
  /// Least connect time seen lately between the regions of vantages and of endpoints, in
  /// milliseconds.
  const std::map<std::pair<std::string, std::string>, double>& region_rtts() const {
    return region_rtts_;
  }

 private:
  struct Target {
    std::string endpoint;
    std::string region;
  };
  struct Stream {
    std::string vantage;
    Send send;
  };
  struct Vantage {
    VantageFacts facts;
    StreamId stream = 0;               // 0: not connected
    uint64_t generation = 0;           // of the assignment it was sent last; 0: none on this stream
    liveness::WatchPlan::Share share;  // what that assigned, by target
    std::vector<v1::Opinion> opinions;  // by target
    std::string doubt;                  // as last told; empty: none
  };

  using Message = std::shared_ptr<const v1::DirectorMessage>;

  /// Sends every connected vantage its assignment, where that changed.
  void TellAll();
  void Tell(Vantage& vantage);
  Message MessageFor(const liveness::WatchPlan::Share& share);
  bool MakeRoomFor(const std::string& vantage);
  void TakeDoubt(Vantage& vantage, const v1::Doubt& doubt, Steady now);
  void TakeOne(Vantage& vantage, const v1::Observation& observation, Steady now);
  void NoteAbility(const Vantage& vantage, const v1::Observation& observation, Steady now);
  void NoteRtt(const std::string& from, const std::string& to, double milliseconds);
  void Count(Vantage& vantage, const v1::Observation& observation);

  liveness::Verdicts& verdicts_;
  EventBus& events_;
  std::map<StreamId, Stream> streams_;
  std::map<std::string, Vantage> vantages_;
  liveness::WatchPlan plan_;
  Message everything_ = std::make_shared<v1::DirectorMessage>();  // assigns all targets
  std::string everything_bytes_;
  std::vector<Target> targets_;
  uint64_t last_generation_ = 0;
  std::map<std::pair<std::string, std::string>, double> region_rtts_;
};

}  // namespace waypost::control
