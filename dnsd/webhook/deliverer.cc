#include "dnsd/webhook/deliverer.h"

#include <fmt/format.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <utility>

#include "dnsd/base/thread_name.h"
#include "dnsd/webhook/post.h"

namespace waypost::webhook {

namespace asio = boost::asio;

/// A target, and what waits for it.
struct Deliverer::Line {
  Line(asio::io_context& io, Courier::Limits limits, uint64_t seed)
      : courier(limits, seed), timer(io) {}

  std::shared_ptr<const Target> target;
  Courier courier;
  asio::steady_timer timer;
  bool is_gone = false;
};

Deliverer::Deliverer(const Clock& clock, uint64_t seed)
    : clock_(clock),
      work_(io_.get_executor()),
      random_(seed),
      life_(clock.WallNow().time_since_epoch().count()) {
  thread_ = std::thread([this] {
    NameThread("webhooks");
    io_.run();
  });
}

Deliverer::~Deliverer() { Stop(); }

void Deliverer::Stop() {
  if (!thread_.joinable()) return;
  io_.stop();
  thread_.join();
}

void Deliverer::Configure(std::vector<Target> targets) {
  has_targets_ = !targets.empty();
  asio::post(io_, [this, targets = std::move(targets)]() mutable { Replace(std::move(targets)); });
}

void Deliverer::Take(Event event) {
  if (!has_targets_) return;
  if (backlog_.fetch_add(1) >= kMaxBacklog) {
    backlog_.fetch_sub(1);
    lost_.fetch_add(1);
    return;
  }
  asio::post(io_, [this, event = std::move(event)]() mutable {
    backlog_.fetch_sub(1);
    event.id = fmt::format("{:x}-{}", life_, ++next_id_);
    Distribute(event);
  });
}

void Deliverer::Replace(std::vector<Target> targets) {
  std::map<std::string, LinePointer> former = std::exchange(lines_, {});
  for (Target& target : targets) {
    const Courier::Limits limits{target.queue, target.attempts};
    LinePointer& line = lines_[target.name];
    if (auto kept = former.extract(target.name)) line = std::move(kept.mapped());
    if (line == nullptr) line = std::make_shared<Line>(io_, limits, random_.Next());
    line->courier.SetLimits(limits);
    line->target = std::make_shared<const Target>(std::move(target));
    Pump(line);
  }
  for (auto& [name, line] : former) {
    line->is_gone = true;
    line->timer.cancel();
  }
  Tell();
}

void Deliverer::Distribute(const Event& event) {
  for (const auto& [name, line] : lines_) {
    if (!Wants(*line->target, event)) continue;
    line->courier.Add(event);
    Pump(line);
  }
  Tell();
}

/// Sends what is due, or waits until something is.
void Deliverer::Pump(const LinePointer& line) {
  if (line->is_gone || !line->target->fault.empty()) return;
  if (auto event = line->courier.Take(clock_.Now())) {
    asio::co_spawn(io_, Send(line, *std::move(event)), asio::detached);
    return;
  }
  const auto next = line->courier.NextTry();
  if (!next) return;
  line->timer.expires_after(*next - clock_.Now());
  line->timer.async_wait([this, line](const boost::system::error_code& stopped) {
    if (!stopped) Pump(line);
  });
}

asio::awaitable<void> Deliverer::Send(LinePointer line, Event event) {
  const std::shared_ptr<const Target> target = line->target;
  const auto unix_time =
      std::chrono::duration_cast<std::chrono::seconds>(clock_.WallNow().time_since_epoch());
  Attempt attempt;
  try {
    attempt = co_await Post(*target, event, unix_time.count());
  } catch (const std::exception& error) {  // of libraries, such as no memory for a TLS context
    attempt = {Attempt::Outcome::kFailed, error.what()};
  }
  line->courier.Done(attempt, clock_.Now());
  Pump(line);
  Tell();
}

void Deliverer::Tell() {
  std::map<std::string, Figures> told;
  for (const auto& [name, line] : lines_) {
    told[name] = {line->courier.figures(), line->target->fault};
    told[name].courier.dropped += lost_.load(std::memory_order_relaxed);
  }
  const std::lock_guard lock(mutex_);
  figures_ = std::move(told);
}

std::map<std::string, Deliverer::Figures> Deliverer::figures() const {
  const std::lock_guard lock(mutex_);
  return figures_;
}

}  // namespace waypost::webhook
