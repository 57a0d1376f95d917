#include "tests/unit/healthd/fake_director.h"

namespace waypost::test {

using std::chrono::seconds;

FakeDirector::FakeDirector(std::string address,
                           std::shared_ptr<grpc::ServerCredentials> credentials)
    : credentials_(std::move(credentials)), address_(std::move(address)) {
  Start();
}

FakeDirector::~FakeDirector() { Stop(); }

void FakeDirector::Start() {
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort(address_, credentials_, &port);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 1000);
  builder.RegisterService(this);
  server_ = builder.BuildAndStart();
  if (address_.ends_with(":0"))
    address_ = address_.substr(0, address_.size() - 1) + std::to_string(port);
}

void FakeDirector::Stop() {
  if (!server_) return;
  Hold(false);
  server_->Shutdown(std::chrono::system_clock::now());
  server_->Wait();
  server_.reset();
}

void FakeDirector::Assign(const v1::Assignment& assignment) {
  const std::lock_guard lock(mutex_);
  assignment_ = assignment;
  if (writer_ != nullptr) Send(writer_);
}

void FakeDirector::Hold(bool hold) {
  const std::lock_guard lock(mutex_);
  hold_ = hold;
  changed_.notify_all();
}

std::optional<v1::Hello> FakeDirector::WaitForHello(size_t count) {
  std::unique_lock lock(mutex_);
  if (!changed_.wait_for(lock, seconds(10), [&] { return hellos_.size() >= count; })) return {};
  return hellos_[count - 1];
}

std::optional<v1::Report> FakeDirector::WaitForReport(
    const std::function<bool(const v1::Report&)>& pleases) {
  const auto limit = std::chrono::steady_clock::now() + seconds(10);
  std::unique_lock lock(mutex_);
  while (changed_.wait_until(lock, limit, [&] { return !reports_.empty(); })) {
    const v1::Report report = std::move(reports_.front());
    reports_.pop_front();
    if (pleases(report)) return report;
  }
  return {};
}

size_t FakeDirector::waiting_reports() {
  const std::lock_guard lock(mutex_);
  return reports_.size();
}

grpc::Status FakeDirector::Stream(grpc::ServerContext*, Writer* stream) {
  v1::VantageMessage message;
  while (stream->Read(&message)) Take(message, stream);
  const std::lock_guard lock(mutex_);
  if (writer_ == stream) writer_ = nullptr;
  return grpc::Status::OK;
}

void FakeDirector::Take(const v1::VantageMessage& message, Writer* writer) {
  std::unique_lock lock(mutex_);
  if (message.has_report()) reports_.push_back(message.report());
  if (message.has_hello()) {
    hellos_.push_back(message.hello());
    writer_ = writer;
    Send(writer);
  }
  changed_.notify_all();
  changed_.wait(lock, [this] { return !hold_; });
}

void FakeDirector::Send(Writer* writer) {
  v1::DirectorMessage message;
  *message.mutable_assignment() = assignment_;
  writer->Write(message);
}

}  // namespace waypost::test
