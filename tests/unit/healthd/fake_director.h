// A director of the test's own: a real gRPC Evidence server that assigns what it is told to and
// keeps what vantages say.
//
// Thread safety: all members from the test's thread; gRPC's threads hand over under the mutex.
#pragma once

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "waypost/v1/evidence.grpc.pb.h"

namespace waypost::test {

class FakeDirector final : public v1::Evidence::Service {
 public:
  /// `address`: HOST:PORT (port 0: any that is free) or unix:PATH.
  explicit FakeDirector(std::string address, std::shared_ptr<grpc::ServerCredentials> credentials =
                                                 grpc::InsecureServerCredentials());
  ~FakeDirector() override;

  void Start();
  /// Breaks all streams.
  void Stop();
  std::string address() const { return address_; }

  /// Sent to the stream that is open, and to each that opens later.
  void Assign(const v1::Assignment& assignment);
  /// While it holds, no report is read: the vantage meets a slow director.
  void Hold(bool hold);

  /// The hello of the `count`th stream.
  std::optional<v1::Hello> WaitForHello(size_t count = 1);
  /// Takes reports until one pleases; nullopt after ten seconds.
  std::optional<v1::Report> WaitForReport(const std::function<bool(const v1::Report&)>& pleases);
  /// Reports that were not taken yet.
  size_t waiting_reports();

  grpc::Status Stream(
      grpc::ServerContext* context,
      grpc::ServerReaderWriter<v1::DirectorMessage, v1::VantageMessage>* stream) override;

 private:
  using Writer = grpc::ServerReaderWriter<v1::DirectorMessage, v1::VantageMessage>;

  void Take(const v1::VantageMessage& message, Writer* writer);
  void Send(Writer* writer);

  const std::shared_ptr<grpc::ServerCredentials> credentials_;
  std::string address_;
  std::unique_ptr<grpc::Server> server_;

  std::mutex mutex_;
  std::condition_variable changed_;
  // Guarded by mutex_.
  v1::Assignment assignment_;
  Writer* writer_ = nullptr;  // of the stream that is open
  bool hold_ = false;
  std::deque<v1::Hello> hellos_;
  std::deque<v1::Report> reports_;
};

}  // namespace waypost::test
