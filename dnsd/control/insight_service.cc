#include <google/protobuf/util/time_util.h>

#include <deque>
#include <mutex>

#include "dnsd/control/executor_service.h"
#include "dnsd/control/services.h"
#include "waypost/v1/control.grpc.pb.h"

namespace waypost::control {
namespace {

/// Events that wait for a slow watcher, at most; then the oldest is dropped.
constexpr size_t kMaxPending = 256;

v1::Event ToProto(const Happening& happening) {
  v1::Event event;
  using std::chrono::duration_cast;
  *event.mutable_time() = google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(
      duration_cast<std::chrono::microseconds>(happening.time.time_since_epoch()).count());
  event.set_kind(happening.kind);
  event.set_subject(happening.subject);
  event.set_text(happening.text);
  event.set_revision(happening.revision);
  event.set_epoch(happening.epoch);
  return event;
}

/// One `watch`: events queue here while a write is under way.
class WatchReactor final : public grpc::ServerWriteReactor<v1::Event> {
 public:
  explicit WatchReactor(EventBus& events) : events_(events) {
    subscription_ =
        events_.Subscribe([this](const Happening& happening) { Push(ToProto(happening)); });
    if (subscription_ == 0) {
      const std::lock_guard lock(mutex_);
      FinishOnce({grpc::StatusCode::RESOURCE_EXHAUSTED, "too many watchers"});
    } else {
      StartSendInitialMetadata();
    }
  }

  void OnWriteDone(bool ok) override {
    const std::lock_guard lock(mutex_);
    writing_ = false;
    if (!ok) return FinishOnce(grpc::Status::CANCELLED);
    WriteNext();
  }

  void OnCancel() override {
    const std::lock_guard lock(mutex_);
    FinishOnce(grpc::Status::CANCELLED);
  }

  void OnDone() override {
    if (subscription_ != 0) events_.Unsubscribe(subscription_);
    delete this;
  }

 private:
  void Push(v1::Event event) {
    const std::lock_guard lock(mutex_);
    if (pending_.size() >= kMaxPending) pending_.pop_front();
    pending_.push_back(std::move(event));
    WriteNext();
  }

  void WriteNext() {
    if (finished_ || writing_ || pending_.empty()) return;
    current_ = std::move(pending_.front());
    pending_.pop_front();
    writing_ = true;
    StartWrite(&current_);
  }

  void FinishOnce(const grpc::Status& status) {
    if (finished_) return;
    finished_ = true;
    Finish(status);
  }

  EventBus& events_;
  uint64_t subscription_ = 0;
  std::mutex mutex_;  // guards all below
  std::deque<v1::Event> pending_;
  v1::Event current_;
  bool writing_ = false;
  bool finished_ = false;
};

class InsightService final : public v1::Insight::CallbackService {
 public:
  explicit InsightService(const ServiceContext& context) : context_(context) {}

  grpc::ServerUnaryReactor* Status(grpc::CallbackServerContext* call, const v1::StatusRequest*,
                                   v1::StatusReply* reply) override {
    return RunOn(context_.background, call,
                 [=, this] { return context_.insight.Describe(*reply); });
  }

  grpc::ServerUnaryReactor* Explain(grpc::CallbackServerContext* call,
                                    const v1::ExplainRequest* request,
                                    v1::ExplainReply* reply) override {
    return RunOn(context_.background, call,
                 [=, this] { return context_.insight.Explain(*request, *reply); });
  }

  grpc::ServerUnaryReactor* Why(grpc::CallbackServerContext* call, const v1::WhyRequest* request,
                                v1::WhyReply* reply) override {
    return RunOn(context_.background, call,
                 [=, this] { return context_.insight.Why(*request, *reply); });
  }

  grpc::ServerWriteReactor<v1::Event>* Watch(grpc::CallbackServerContext*,
                                             const v1::WatchRequest*) override {
    return new WatchReactor(context_.events);
  }

 private:
  const ServiceContext context_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeInsightService(const ServiceContext& context) {
  return std::make_unique<InsightService>(context);
}

}  // namespace waypost::control
