#include "healthd/report/director.h"

namespace waypost::report {
namespace {

Steady Now() { return std::chrono::steady_clock::now(); }

}  // namespace

Director::Director(boost::asio::io_context& io, Setup setup, Events events, const Table& table,
                   std::shared_ptr<spdlog::logger> log)
    : io_(io),
      setup_(std::move(setup)),
      events_(std::move(events)),
      table_(table),
      log_(std::move(log)),
      backoff_(setup_.seed),
      connect_(io),
      report_(io),
      forget_(io) {}

void Director::Note(WatchId watch, bool urgent) {
  if (!assigned_ || !outbox_.Note(watch) || !urgent) return;
  const Steady due = Now() + kUrgent;
  if (due < due_) SetDue(due);
}

void Director::SetDoubt(const v1::Doubt& doubt) {
  outbox_.SetDoubt(doubt);
  if (assigned_) SetDue(Now());
}

void Director::Connect() {
  log_->debug("component=report event=connecting director={}", setup_.address);
  auto link =
      Link::Open(io_, setup_.address, setup_.security, setup_.hello,
                 {[this](const v1::Assignment& assignment) { OnAssigned(assignment); },
                  [this] { Flush(); }, [this](const std::string& reason) { OnClosed(reason); }});
  if (link)
    link_ = *std::move(link);
  else
    ConnectLater(link.error().message);
}

void Director::ConnectLater(const std::string& reason) {
  const auto pause = backoff_.Next();
  log_->warn("component=report event=disconnected director={} reason={:?} retry_in_ms={}",
             setup_.address, reason, pause.count());
  connect_.Set(Now() + pause, [this] { Connect(); });
}

void Director::OnAssigned(const v1::Assignment& assignment) {
  forget_.Cancel();
  backoff_.Reset();
  const auto targets = events_.assigned(assignment);
  log_->info("component=report event=assigned director={} generation={} targets={}", setup_.address,
             assignment.generation(), targets.size());
  outbox_.Reset(assignment.generation(), targets, table_);
  assigned_ = true;
  SetDue(Now());
  Flush();
}

void Director::OnClosed(const std::string& reason) {
  if (std::exchange(assigned_, false)) {
    forget_.Set(Now() + setup_.retention, [this] {
      log_->warn("component=report event=lost director={}", setup_.address);
      events_.lost();
    });
  }
  link_.reset();
  ConnectLater(reason);
}

void Director::Flush() {
  const Steady now = Now();
  if (!assigned_ || !link_ || link_->writing() || now < due_) return;
  link_->Write(outbox_.Take(table_, now));
  SetDue(outbox_.has_news() ? now : now + kRegular);
}

void Director::SetDue(Steady due) {
  due_ = due;
  report_.Set(due, [this] { Flush(); });
}

}  // namespace waypost::report
