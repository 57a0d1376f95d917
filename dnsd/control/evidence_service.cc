// One bidirectional stream per vantage. A message is handed to the control thread, and the next one
// is read only when that took it: a flood waits in its own connection.
#include <memory>
#include <mutex>
#include <utility>

#include "dnsd/control/executor_service.h"
#include "dnsd/control/services.h"
#include "dnsd/control/vantage_name.h"
#include "waypost/v1/evidence.grpc.pb.h"

namespace waypost::control {
namespace {

using Reactor = grpc::ServerBidiReactor<v1::VantageMessage, v1::DirectorMessage>;

/// The stream as the control thread knows it; it may outlive the reactor, whose operations it
/// starts under its lock.
class Line {
 public:
  explicit Line(Reactor& reactor) : reactor_(&reactor) {}

  /// The latest assignment is all that matters: one that waits for a write under way is replaced by
  /// a newer one.
  void Send(std::shared_ptr<const v1::DirectorMessage> message) {
    const std::lock_guard lock(mutex_);
    if (reactor_ == nullptr) return;
    if (!message)
      return FinishLocked(
          {grpc::StatusCode::ALREADY_EXISTS, "a newer stream of this vantage took over"});
    next_ = std::move(message);
    if (!current_) WriteNextLocked();
  }

  void Read(v1::VantageMessage& into) {
    const std::lock_guard lock(mutex_);
    if (reactor_ != nullptr) reactor_->StartRead(&into);
  }

  void Written() {
    const std::lock_guard lock(mutex_);
    current_.reset();
    if (reactor_ != nullptr && next_) WriteNextLocked();
  }

  void Finish(const grpc::Status& status) {
    const std::lock_guard lock(mutex_);
    FinishLocked(status);
  }

 private:
  void WriteNextLocked() {
    current_ = std::move(next_);
    reactor_->StartWrite(current_.get());
  }

  void FinishLocked(const grpc::Status& status) {
    if (auto* reactor = std::exchange(reactor_, nullptr)) reactor->Finish(status);
  }

  std::mutex mutex_;  // guards all below
  Reactor* reactor_;  // null: finished, nothing may be started any more
  std::shared_ptr<const v1::DirectorMessage> next_;
  std::shared_ptr<const v1::DirectorMessage> current_;
};

class VantageReactor final : public Reactor {
 public:
  VantageReactor(const ServiceContext& context, const grpc::CallbackServerContext& call,
                 StreamId id)
      : context_(context),
        peer_(call.auth_context()),
        id_(id),
        line_(std::make_shared<Line>(*this)) {
    line_->Read(*incoming_);
  }

  void OnReadDone(bool ok) override {
    if (!ok) return line_->Finish(grpc::Status::OK);
    const grpc::Status refusal = introduced_ ? grpc::Status::OK : Check(*incoming_);
    if (!refusal.ok()) return line_->Finish(refusal);
    introduced_ = true;
    const bool taken = context_.publisher.PostToControl(
        [line = line_, message = incoming_, id = id_, &clock = context_.clock](EvidenceDesk& desk) {
          Hand(*message, id, line, clock.Now(), desk);
          line->Read(*message);
        });
    if (!taken)
      line_->Finish(
          {grpc::StatusCode::RESOURCE_EXHAUSTED, "the director is overloaded; try again later"});
  }

  void OnWriteDone(bool) override { line_->Written(); }

  void OnCancel() override { line_->Finish(grpc::Status::CANCELLED); }

  void OnDone() override {
    context_.publisher.PostAlwaysToControl(
        [id = id_, &clock = context_.clock](EvidenceDesk& desk) { desk.Close(id, clock.Now()); });
    delete this;
  }

 private:
  grpc::Status Check(const v1::VantageMessage& first) const {
    return CheckHello(*peer_, first.has_hello() ? &first.hello() : nullptr);
  }

  static void Hand(const v1::VantageMessage& message, StreamId id,
                   const std::shared_ptr<Line>& line, Steady now, EvidenceDesk& desk) {
    if (message.has_report()) return desk.Take(id, message.report(), now);
    if (!message.has_hello()) return;
    const auto send = [line](std::shared_ptr<const v1::DirectorMessage> assignment) {
      line->Send(std::move(assignment));
    };
    if (!desk.Open(id, message.hello(), send, now)) {
      line->Finish({grpc::StatusCode::RESOURCE_EXHAUSTED, "too many vantages"});
    }
  }

  const ServiceContext context_;
  const std::shared_ptr<const grpc::AuthContext> peer_;
  const StreamId id_;
  const std::shared_ptr<Line> line_;
  /// Shared with the control thread, which hands it back by starting the next read.
  const std::shared_ptr<v1::VantageMessage> incoming_ = std::make_shared<v1::VantageMessage>();
  bool introduced_ = false;
};

class EvidenceService final : public v1::Evidence::CallbackService {
 public:
  explicit EvidenceService(const ServiceContext& context) : context_(context) {}

  Reactor* Stream(grpc::CallbackServerContext* call) override {
    return new VantageReactor(context_, *call,
                              last_stream_.fetch_add(1, std::memory_order_relaxed) + 1);
  }

 private:
  const ServiceContext context_;
  std::atomic<StreamId> last_stream_{0};
};

}  // namespace

std::unique_ptr<grpc::Service> MakeEvidenceService(const ServiceContext& context) {
  return std::make_unique<EvidenceService>(context);
}

}  // namespace waypost::control
