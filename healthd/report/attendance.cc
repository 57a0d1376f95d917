#include "healthd/report/attendance.h"

#include <grpcpp/grpcpp.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <deque>
#include <mutex>

#include "healthd/report/channel.h"
#include "waypost/v1/diagnose.grpc.pb.h"

namespace waypost::report {
namespace {

namespace asio = boost::asio;

/// A director of an older version is not asked again sooner.
constexpr std::chrono::minutes kUnknownPause{5};
/// Progress of two examinations; what is above it is dropped.
constexpr size_t kMaxPending = 1024;

}  // namespace

/// Lives until gRPC is done with it and the thread has heard of that.
class Attendance::Call final
    : public grpc::ClientBidiReactor<v1::AttendantMessage, v1::Examination>,
      public std::enable_shared_from_this<Call> {
 public:
  struct Events {
    std::function<void(const v1::Examination&)> ordered;
    std::function<void(const grpc::Status&)> closed;
  };

  Call(asio::io_context& io, const std::shared_ptr<grpc::Channel>& channel, Events events)
      : work_(io.get_executor()),
        stub_(v1::Diagnostics::NewStub(channel)),
        events_(std::move(events)) {}

  void Start(const v1::Hello& hello) {
    self_ = shared_from_this();
    stub_->async()->Attend(&context_, this);
    AddHold();  // reads and writes are started from outside of gRPC's callbacks
    StartRead(&in_);
    v1::AttendantMessage first;
    *first.mutable_hello() = hello;
    Write(first);
    StartCall();
  }

  void GiveUp() {
    events_ = {};
    context_.TryCancel();
    Release();
  }

  /// From any thread.
  void Write(const v1::AttendantMessage& message) {
    const std::lock_guard lock(mutex_);
    if (!held_ || pending_.size() >= kMaxPending) return;
    pending_.push_back(message);
    if (!writing_) WriteNextLocked();
  }

  void OnReadDone(bool succeeded) override {
    const std::lock_guard lock(posting_);
    asio::post(work_.get_executor(),
               [self = shared_from_this(), succeeded] { self->HasRead(succeeded); });
  }
  void OnWriteDone(bool succeeded) override {
    const std::lock_guard lock(mutex_);
    writing_ = false;
    if (succeeded && held_ && !pending_.empty()) WriteNextLocked();
  }
  void OnDone(const grpc::Status& status) override {
    const std::lock_guard lock(posting_);
    asio::post(work_.get_executor(), [self = std::move(self_), status] { self->End(status); });
  }

 private:
  void WriteNextLocked() {
    out_ = std::move(pending_.front());
    pending_.pop_front();
    writing_ = true;
    StartWrite(&out_);
  }

  void HasRead(bool succeeded) {
    if (!succeeded) return Release();
    if (events_.ordered) events_.ordered(in_);
    const std::lock_guard lock(mutex_);
    if (held_) StartRead(&in_);
  }

  void Release() {
    const std::lock_guard lock(mutex_);
    if (std::exchange(held_, false)) RemoveHold();
  }

  void End(const grpc::Status& status) {
    // gRPC's thread must have left the io_context before this, its last work, is gone.
    { const std::lock_guard has_posted(posting_); }
    const auto closed = std::exchange(events_, {}).closed;
    if (closed) closed(status);
  }

  asio::executor_work_guard<asio::io_context::executor_type> work_;
  grpc::ClientContext context_;
  std::unique_ptr<v1::Diagnostics::Stub> stub_;
  v1::Examination in_;
  std::shared_ptr<Call> self_;  // until OnDone
  std::mutex posting_;

  std::mutex mutex_;  // guards all below but events_
  std::deque<v1::AttendantMessage> pending_;
  v1::AttendantMessage out_;
  bool writing_ = false;
  bool held_ = true;

  Events events_;  // owned by the thread of the io_context
};

Attendance::Attendance(asio::io_context& io, Setup setup, Ordered ordered,
                       std::shared_ptr<spdlog::logger> log)
    : io_(io),
      setup_(std::move(setup)),
      ordered_(std::move(ordered)),
      log_(std::move(log)),
      backoff_(setup_.seed),
      connect_(io) {}

Attendance::~Attendance() {
  if (call_) call_->GiveUp();
}

void Attendance::Connect() {
  const auto channel = OpenChannel(setup_.address, setup_.security);
  if (!channel) return OnClosed(true, channel.error().message);
  const auto ordered = [this](const v1::Examination& order) {
    backoff_.Reset();
    ordered_(order, [weak = std::weak_ptr(call_)](const v1::AttendantMessage& message) {
      if (const auto call = weak.lock()) call->Write(message);
    });
  };
  const auto closed = [this](const grpc::Status& status) {
    OnClosed(status.error_code() != grpc::StatusCode::UNIMPLEMENTED, status.error_message());
  };
  call_ = std::make_shared<Call>(io_, *channel, Call::Events{ordered, closed});
  call_->Start(setup_.hello);
}

void Attendance::OnClosed(bool is_known, const std::string& reason) {
  call_.reset();
  const std::chrono::milliseconds pause = is_known ? backoff_.Next() : kUnknownPause;
  log_->debug("component=diagnose event=disconnected director={} reason={:?} retry_in_ms={}",
              setup_.address, reason, pause.count());
  connect_.Set(std::chrono::steady_clock::now() + pause, [this] { Connect(); });
}

}  // namespace waypost::report
