#include "healthd/report/link.h"

#include <grpcpp/grpcpp.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <mutex>

#include "healthd/report/channel.h"
#include "waypost/v1/evidence.grpc.pb.h"

namespace waypost::report {
namespace {

namespace asio = boost::asio;

}  // namespace

/// Lives until gRPC is done with it and the thread has heard of that.
class Link::Stream final : public grpc::ClientBidiReactor<v1::VantageMessage, v1::DirectorMessage>,
                           public std::enable_shared_from_this<Stream> {
 public:
  Stream(asio::io_context& io, const std::shared_ptr<grpc::Channel>& channel, Events events)
      : work_(io.get_executor()),
        stub_(v1::Evidence::NewStub(channel)),
        events_(std::move(events)) {}

  void Start(const v1::Hello& hello) {
    self_ = shared_from_this();
    stub_->async()->Stream(&context_, this);
    AddHold();  // reads and writes are started from outside of gRPC's callbacks
    StartRead(&in_);
    *out_.mutable_hello() = hello;
    writing_ = true;
    StartWrite(&out_);
    StartCall();
  }

  void GiveUp() {
    events_ = {};
    if (!held_) return;
    context_.TryCancel();
    Release();
  }

  bool writing() const { return writing_; }

  void Write(v1::Report report) {
    if (!held_) return;
    *out_.mutable_report() = std::move(report);
    writing_ = true;
    StartWrite(&out_);
  }

  void OnReadDone(bool succeeded) override {
    Post([succeeded](Stream& stream) { stream.HasRead(succeeded); });
  }
  void OnWriteDone(bool succeeded) override {
    Post([succeeded](Stream& stream) { stream.HasWritten(succeeded); });
  }
  void OnDone(const grpc::Status& status) override {
    const std::string reason = status.ok() ? "closed by the director" : status.error_message();
    const std::lock_guard lock(posting_);
    asio::post(work_.get_executor(), [self = std::move(self_), reason] { self->End(reason); });
  }

 private:
  template <typename Work>
  void Post(Work work) {
    const std::lock_guard lock(posting_);
    asio::post(work_.get_executor(), [self = shared_from_this(), work] { work(*self); });
  }

  void HasRead(bool succeeded) {
    if (!succeeded) return Release();
    if (in_.has_assignment() && events_.assigned) events_.assigned(in_.assignment());
    // Not before the last one was dealt with: a director cannot fill this process's memory.
    if (held_) StartRead(&in_);
  }

  void HasWritten(bool succeeded) {
    writing_ = false;
    if (succeeded && events_.written) events_.written();
  }

  void End(const std::string& reason) {
    // gRPC's thread must have left the io_context before this, its last work, is gone.
    { const std::lock_guard has_posted(posting_); }
    const auto closed = std::exchange(events_, {}).closed;
    if (closed) closed(reason);
  }

  void Release() {
    if (std::exchange(held_, false)) RemoveHold();
  }

  asio::executor_work_guard<asio::io_context::executor_type> work_;
  grpc::ClientContext context_;
  std::unique_ptr<v1::Evidence::Stub> stub_;
  v1::DirectorMessage in_;
  v1::VantageMessage out_;
  std::shared_ptr<Stream> self_;  // until OnDone
  std::mutex posting_;

  // Owned by the thread of the io_context.
  Events events_;
  bool held_ = true;
  bool writing_ = false;
};

Result<std::unique_ptr<Link>> Link::Open(asio::io_context& io, const std::string& address,
                                         const Security& security, const v1::Hello& hello,
                                         Events events) {
  const auto channel = OpenChannel(address, security);
  if (!channel) return tl::unexpected(channel.error());
  auto stream = std::make_shared<Stream>(io, *channel, std::move(events));
  stream->Start(hello);
  return std::unique_ptr<Link>(new Link(std::move(stream)));
}

Link::Link(std::shared_ptr<Stream> stream) : stream_(std::move(stream)) {}

Link::~Link() { stream_->GiveUp(); }

bool Link::writing() const { return stream_->writing(); }

void Link::Write(v1::Report report) { stream_->Write(std::move(report)); }

}  // namespace waypost::report
