// Diagnose for operators, Attend for the vantages that examine.
#include <deque>
#include <memory>
#include <mutex>
#include <utility>

#include "dnsd/control/executor_service.h"
#include "dnsd/control/services.h"
#include "dnsd/control/vantage_name.h"
#include "waypost/v1/diagnose.grpc.pb.h"

namespace waypost::control {
namespace {

/// Messages that wait for a slow reader, at most; progress that does not fit is dropped.
constexpr size_t kMaxPending = 4096;

/// What is to be written to one stream, by whoever has something. It may outlive the reactor, whose
/// operations it starts under its lock.
template <typename Reactor, typename Message>
class Outlet {
 public:
  explicit Outlet(Reactor& reactor) : reactor_(&reactor) {}

  void Write(std::shared_ptr<const Message> message) {
    const std::lock_guard lock(mutex_);
    if (reactor_ == nullptr || ending_ || pending_.size() >= kMaxPending) return;
    pending_.push_back(std::move(message));
    if (!writing_) Next();
  }

  /// After all that waits.
  void End(const grpc::Status& status) {
    const std::lock_guard lock(mutex_);
    ending_ = true;
    status_ = status;
    if (!writing_) Next();
  }

  void Break(const grpc::Status& status) {
    const std::lock_guard lock(mutex_);
    pending_.clear();
    if (auto* reactor = std::exchange(reactor_, nullptr)) reactor->Finish(status);
  }

  void Written(bool ok) {
    const std::lock_guard lock(mutex_);
    writing_ = nullptr;
    if (!ok) pending_.clear();
    Next();
  }

  template <typename Incoming>
  void Read(Incoming& into) {
    const std::lock_guard lock(mutex_);
    if (reactor_ != nullptr) reactor_->StartRead(&into);
  }

 private:
  void Next() {
    if (reactor_ == nullptr) return;
    if (!pending_.empty()) {
      writing_ = std::move(pending_.front());
      pending_.pop_front();
      reactor_->StartWrite(writing_.get());
    } else if (ending_) {
      std::exchange(reactor_, nullptr)->Finish(status_);
    }
  }

  std::mutex mutex_;  // guards all below
  Reactor* reactor_;  // null: finished, nothing may be started any more
  std::deque<std::shared_ptr<const Message>> pending_;
  std::shared_ptr<const Message> writing_;
  bool ending_ = false;
  grpc::Status status_;
};

class DiagnoseReactor final : public grpc::ServerWriteReactor<v1::DiagnoseEvent> {
 public:
  using Events = Outlet<grpc::ServerWriteReactor<v1::DiagnoseEvent>, v1::DiagnoseEvent>;

  DiagnoseReactor(DiagnosisDesk& desk, const v1::DiagnoseRequest& request)
      : desk_(desk), events_(std::make_shared<Events>(*this)) {
    const auto started =
        desk_.Start(request, {[events = events_](const v1::DiagnoseEvent& event) {
                                events->Write(std::make_shared<const v1::DiagnoseEvent>(event));
                              },
                              [events = events_] { events->End(grpc::Status::OK); }});
    if (started)
      id_ = *started;
    else
      events_->Break(StatusOf(started.error()));
  }

  void OnWriteDone(bool ok) override { events_->Written(ok); }
  void OnCancel() override { events_->Break(grpc::Status::CANCELLED); }
  void OnDone() override {
    if (id_ != 0) desk_.Cancel(id_);
    delete this;
  }

 private:
  static grpc::Status StatusOf(const Error& error) {
    if (error.code == ErrorCode::kUnavailable)
      return {grpc::StatusCode::RESOURCE_EXHAUSTED, error.message};
    return ToGrpc(tl::unexpected(error));
  }

  DiagnosisDesk& desk_;
  const std::shared_ptr<Events> events_;
  uint64_t id_ = 0;  // 0: refused
};

using Attending = grpc::ServerBidiReactor<v1::AttendantMessage, v1::Examination>;

class AttendReactor final : public Attending {
 public:
  AttendReactor(DiagnosisDesk& desk, const grpc::CallbackServerContext& call,
                DiagnosisDesk::AttendantId id)
      : desk_(desk), peer_(call.auth_context()), id_(id), orders_(std::make_shared<Orders>(*this)) {
    orders_->Read(incoming_);
  }

  void OnReadDone(bool ok) override {
    if (!ok) return orders_->Break(grpc::Status::OK);
    if (!introduced_) {
      Introduce();
    } else {
      desk_.Take(id_, incoming_);
    }
    orders_->Read(incoming_);
  }

  void OnWriteDone(bool ok) override { orders_->Written(ok); }
  void OnCancel() override { orders_->Break(grpc::Status::CANCELLED); }
  void OnDone() override {
    desk_.Leave(id_);
    delete this;
  }

 private:
  using Orders = Outlet<Attending, v1::Examination>;

  void Introduce() {
    const grpc::Status refusal =
        CheckHello(*peer_, incoming_.has_hello() ? &incoming_.hello() : nullptr);
    if (!refusal.ok()) return orders_->Break(refusal);
    introduced_ = true;
    const auto send = [orders = orders_](std::shared_ptr<const v1::Examination> order) {
      if (order)
        orders->Write(std::move(order));
      else
        orders->Break({grpc::StatusCode::ALREADY_EXISTS, "a newer stream of this vantage is here"});
    };
    if (!desk_.Attend(id_, incoming_.hello(), send))
      orders_->Break({grpc::StatusCode::RESOURCE_EXHAUSTED, "too many vantages"});
  }

  DiagnosisDesk& desk_;
  const std::shared_ptr<const grpc::AuthContext> peer_;
  const DiagnosisDesk::AttendantId id_;
  const std::shared_ptr<Orders> orders_;
  v1::AttendantMessage incoming_;
  bool introduced_ = false;
};

class DiagnosticsService final : public v1::Diagnostics::CallbackService {
 public:
  explicit DiagnosticsService(DiagnosisDesk& desk) : desk_(desk) {}

  grpc::ServerWriteReactor<v1::DiagnoseEvent>* Diagnose(
      grpc::CallbackServerContext*, const v1::DiagnoseRequest* request) override {
    return new DiagnoseReactor(desk_, *request);
  }

  Attending* Attend(grpc::CallbackServerContext* call) override {
    return new AttendReactor(desk_, *call, last_id_.fetch_add(1, std::memory_order_relaxed) + 1);
  }

 private:
  DiagnosisDesk& desk_;
  std::atomic<uint64_t> last_id_{0};
};

}  // namespace

std::unique_ptr<grpc::Service> MakeDiagnosticsService(const ServiceContext& context) {
  return std::make_unique<DiagnosticsService>(context.diagnoses);
}

}  // namespace waypost::control
