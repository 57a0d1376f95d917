#include "tests/sim/fleet/desk.h"

#include <algorithm>
#include <ctime>
#include <utility>

namespace waypost::sim {
namespace {

/// Before each message: five octets of gRPC and nine of an HTTP/2 frame.
constexpr size_t kFraming = 14;

/// Adds what the thread works while it lives.
class Meter {
 public:
  explicit Meter(std::chrono::nanoseconds& sum) : sum_(sum), began_(Now()) {}
  ~Meter() { sum_ += Now() - began_; }
  Meter(const Meter&) = delete;
  Meter& operator=(const Meter&) = delete;

 private:
  static std::chrono::nanoseconds Now() {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
  }

  std::chrono::nanoseconds& sum_;
  const std::chrono::nanoseconds began_;
};

}  // namespace

Desk::Desk(const VirtualClock& clock, const config::Built& built)
    : clock_(clock),
      events_(clock),
      desk_(verdicts_, events_),
      board_(std::make_shared<liveness::Board>(built.steering->layout)) {
  verdicts_.Configure(config::LayoutFor(built, clock.WallNow()), board_, clock.Now());
  desk_.Assign(built);
}

void Desk::Open(control::StreamId stream, const v1::Hello& hello, Send send) {
  const Meter meter(cpu_);
  const auto count_and_send = [this, send = std::move(send)](const auto& message) {
    if (!message) return;
    const std::string octets = message->SerializeAsString();
    octets_out_ += octets.size() + kFraming;
    send(octets);
  };
  desk_.Open(stream, hello, count_and_send, clock_.Now());
}

void Desk::Take(control::StreamId stream, const std::string& octets) {
  const Meter meter(cpu_);
  octets_in_ += octets.size() + kFraming;
  v1::Report report;
  report.ParseFromString(octets);
  desk_.Take(stream, report, clock_.Now());
}

void Desk::Tick() {
  const Meter meter(cpu_);
  verdicts_.Tick(clock_.Now());
  desk_.Tick(clock_.Now());
  verdicts_.TakeChanges();
}

size_t Desk::MostAssigned() const {
  size_t most = 0;
  for (const control::VantageFacts& facts : desk_.Vantages()) {
    most = std::max<size_t>(most, facts.assigned);
  }
  return most;
}

}  // namespace waypost::sim
