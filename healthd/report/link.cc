#include "healthd/report/link.h"

#include <grpcpp/grpcpp.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <fstream>
#include <mutex>
#include <sstream>

#include "waypost/v1/evidence.grpc.pb.h"

namespace waypost::report {
namespace {

namespace asio = boost::asio;

/// A network that silently swallows packets is noticed after 5 + 3 s; also the limit for what was
/// sent and not acknowledged (TCP_USER_TIMEOUT, RFC 5482), which notices it while reports flow.
constexpr int kKeepaliveTime_ms = 5000;
constexpr int kKeepaliveTimeout_ms = 3000;
/// For one try to connect, whatever its name says.
constexpr int kConnectTimeout_ms = 3000;
/// An assignment of a hundred thousand targets is about 30 MiB.
constexpr int kMaxAssignment = 64 * 1024 * 1024;

Result<std::string> LoadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  if (!file || !(text << file.rdbuf())) return Fail(ErrorCode::kInvalid, path + ": cannot be read");
  return text.str();
}

Status LoadFiles(const Security& security, grpc::SslCredentialsOptions& options) {
  const std::pair<const std::string&, std::string&> files[] = {
      {security.ca_file, options.pem_root_certs},
      {security.cert_file, options.pem_cert_chain},
      {security.key_file, options.pem_private_key}};
  for (const auto& [path, text] : files) {
    auto loaded = LoadFile(path);
    if (!loaded) return tl::unexpected(std::move(loaded).error());
    text = *std::move(loaded);
  }
  return {};
}

using Credentials = std::shared_ptr<grpc::ChannelCredentials>;

Result<Credentials> MakeCredentials(const std::string& address, const Security& security) {
  if (address.starts_with("unix:") || security.insecure) return grpc::InsecureChannelCredentials();
  grpc::SslCredentialsOptions options;
  if (auto loaded = LoadFiles(security, options); !loaded)
    return tl::unexpected(std::move(loaded).error());
  return grpc::SslCredentials(options);
}

/// A channel for one stream: connecting anew is this program's decision, not the channel's.
std::shared_ptr<grpc::Channel> MakeChannel(const std::string& address, const Credentials& how) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, kConnectTimeout_ms);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveTime_ms);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeout_ms);
  arguments.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  arguments.SetMaxReceiveMessageSize(kMaxAssignment);
  return grpc::CreateCustomChannel(address, how, arguments);
}

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
  const auto credentials = MakeCredentials(address, security);
  if (!credentials) return tl::unexpected(credentials.error());
  auto stream = std::make_shared<Stream>(io, MakeChannel(address, *credentials), std::move(events));
  stream->Start(hello);
  return std::unique_ptr<Link>(new Link(std::move(stream)));
}

Link::Link(std::shared_ptr<Stream> stream) : stream_(std::move(stream)) {}

Link::~Link() { stream_->GiveUp(); }

bool Link::writing() const { return stream_->writing(); }

void Link::Write(v1::Report report) { stream_->Write(std::move(report)); }

}  // namespace waypost::report
