#include "dnsd/serve/server.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <thread>

#include "dnsd/base/thread_name.h"
#include "dnsd/serve/sockets.h"
#include "dnsd/serve/tcp_server.h"
#include "dnsd/serve/udp_worker.h"
#include "dnsd/serve/xdp_worker.h"

namespace waypost::serve {
namespace {

/// Ports tried when the kernel's choice for TCP is taken for UDP.
constexpr int kPortAttempts = 16;
/// Numbers of XDP workers, for their seeds, come after those of all other threads.
constexpr unsigned kXdpSeeds = 1024;
/// A TXT record's character-string (RFC 1035 section 3.3.14).
constexpr size_t kMaxVersionOctets = 255;

/// The sockets of one listen address.
struct Listening {
  SocketAddress address;  // with its real port
  FileDescriptor tcp;
  std::vector<FileDescriptor> udp;  // one for each worker
};

Result<Listening> ListenOnce(const SocketAddress& wanted, unsigned workers) {
  Listening made;
  // TCP first: it shares its port with nobody, so neither will UDP (see OpenTcpListener).
  auto tcp = OpenTcpListener(wanted);
  if (!tcp) return tl::unexpected(tcp.error());
  made.tcp = std::move(*tcp);
  made.address = {wanted.address, LocalAddress(made.tcp.get()).port};
  for (unsigned i = 0; i < workers; ++i) {
    auto udp = OpenUdp(made.address, kIdleWakeMs);
    if (!udp) return tl::unexpected(udp.error());
    made.udp.push_back(std::move(*udp));
  }
  return made;
}

Result<Listening> Listen(const SocketAddress& wanted, unsigned workers) {
  auto made = ListenOnce(wanted, workers);
  for (int i = 1; i < kPortAttempts && !made && wanted.port == 0; ++i) {
    made = ListenOnce(wanted, workers);
  }
  return made;
}

/// The same sockets by other descriptors.
Result<std::vector<UdpSocket>> Duplicate(const std::vector<UdpSocket>& sockets) {
  std::vector<UdpSocket> made;
  for (const UdpSocket& socket : sockets) {
    made.push_back({FileDescriptor(dup(socket.descriptor.get())), socket.address});
    if (!made.back().descriptor.is_open()) {
      return Fail(ErrorCode::kUnavailable,
                  fmt::format("{}: dup: {}", socket.address.ToString(), std::strerror(errno)));
    }
  }
  return made;
}

Status Check(const ServerOptions& options) {
  if (options.threads == 0) return Fail(ErrorCode::kInvalid, "threads: 0 is below 1");
  if (options.listen.empty()) return Fail(ErrorCode::kInvalid, "listen: no address is given");
  if (options.nsid.size() > wire::kMaxNsidOctets) {
    return Fail(ErrorCode::kInvalid, fmt::format("nsid: {} octets are more than {}",
                                                 options.nsid.size(), wire::kMaxNsidOctets));
  }
  if (options.version.size() > kMaxVersionOctets) {
    return Fail(ErrorCode::kInvalid, fmt::format("version: {} octets are more than {}",
                                                 options.version.size(), kMaxVersionOctets));
  }
  return {};
}

/// Different for every worker, the same in every run with the same seed.
uint64_t SeedOf(const ServerOptions& options, unsigned worker) {
  return Mix64(options.seed) + Mix64(worker + 1);
}

class ThreadedServer final : public Server {
 public:
  ThreadedServer(const ServerOptions& options, const SnapshotCell<Snapshot>& cell, Handler* handler)
      : identity_(options.nsid, options.version),
        protections_(options.protection),
        service_{cell, protections_, identity_, &steer::Decide, handler} {}
  ~ThreadedServer() override { Stop(); }

  /// Binds everything before anything runs.
  Status Open(const ServerOptions& options) {
    std::vector<FileDescriptor> tcp;
    std::vector<std::vector<UdpSocket>> udp(options.threads);
    for (const SocketAddress& wanted : options.listen) {
      auto made = Listen(wanted, options.threads);
      if (!made) return tl::unexpected(made.error());
      listening_.push_back(made->address);
      tcp.push_back(std::move(made->tcp));
      for (unsigned i = 0; i < options.threads; ++i) {
        udp[i].push_back({std::move(made->udp[i]), made->address});
      }
    }
    if (Status status = AddXdpWorkers(udp.front(), options); !status) return status;
    for (unsigned i = 0; i < options.threads; ++i) {
      workers_.push_back(
          std::make_unique<UdpWorker>(std::move(udp[i]), service_, SeedOf(options, i)));
    }
    if (Status status = AddStreams(std::move(tcp), Transport::kTcp, options); !status)
      return status;
    return OpenTls(options);
  }

  Status AddXdpWorkers(const std::vector<UdpSocket>& sockets, const ServerOptions& options) {
    for (const auto& intake : options.intakes) {
      for (auto& ring : intake->TakeRings()) {
        auto ways_back = Duplicate(sockets);
        if (!ways_back) return tl::unexpected(ways_back.error());
        const auto number = static_cast<unsigned>(kXdpSeeds + xdp_workers_.size());
        xdp_workers_.push_back(std::make_unique<XdpWorker>(std::move(ring), *std::move(ways_back),
                                                           intake->interface().mtu, service_,
                                                           SeedOf(options, number)));
      }
      intakes_.push_back(intake);
    }
    return {};
  }

  Status OpenTls(const ServerOptions& options) {
    std::vector<FileDescriptor> listeners;
    for (const SocketAddress& wanted : options.listen_tls) {
      auto made = OpenTcpListener(wanted);
      if (!made) return tl::unexpected(made.error());
      listening_tls_.push_back({wanted.address, LocalAddress(made->get()).port});
      listeners.push_back(std::move(*made));
    }
    if (listeners.empty()) return {};
    return AddStreams(std::move(listeners), Transport::kTls, options);
  }

  /// A thread of its own, so that handshakes hold up nobody who speaks plain TCP.
  Status AddStreams(std::vector<FileDescriptor> listeners, Transport transport,
                    const ServerOptions& options) {
    const auto threads = static_cast<unsigned>(workers_.size() + streams_.size());
    auto made = TcpServer::Make(std::move(listeners), transport, options.tcp, service_,
                                SeedOf(options, threads));
    if (!made) return tl::unexpected(made.error());
    streams_.push_back(std::move(*made));
    return {};
  }

  template <typename Worker>
  void Launch(const char* name, Worker& worker) {
    threads_.emplace_back([this, name, &worker] {
      NameThread(name);
      worker.Run(stop_);
    });
  }

  Status Run() {
    try {
      for (auto& worker : workers_) Launch("udp", *worker);
      for (auto& worker : xdp_workers_) Launch("xdp", *worker);
      for (size_t i = 0; i < streams_.size(); ++i) Launch(i == 0 ? "tcp" : "tls", *streams_[i]);
      for (const auto& intake : intakes_) intake->Admit(true);
    } catch (const std::system_error& error) {
      return Fail(ErrorCode::kUnavailable, fmt::format("threads: {}", error.what()));
    }
    return {};
  }

  const std::vector<SocketAddress>& listening() const override { return listening_; }
  const std::vector<SocketAddress>& listening_tls() const override { return listening_tls_; }

  Figures Read() const override {
    Figures figures;
    figures.answers_by_slot.resize(steer::kMaxPools);
    for (const auto& worker : workers_) worker->tally().AddTo(figures);
    for (const auto& worker : xdp_workers_) {
      worker->tally().AddTo(figures);
      figures.lost_frames += worker->lost();
    }
    for (const auto& streams : streams_) streams->tally().AddTo(figures);
    return figures;
  }

  uint64_t oldest_generation() const override {
    uint64_t oldest = ~uint64_t{0};
    for (const auto& worker : workers_) oldest = std::min(oldest, worker->generation());
    for (const auto& worker : xdp_workers_) oldest = std::min(oldest, worker->generation());
    for (const auto& streams : streams_) oldest = std::min(oldest, streams->generation());
    return oldest;
  }

  void Protect(std::shared_ptr<const Protection> protection) override {
    protections_.Publish(std::move(protection));
  }

  void Stop() override {
    for (const auto& intake : intakes_) intake->Admit(false);
    stop_.store(true, std::memory_order_relaxed);
    for (auto& thread : threads_) thread.join();
    threads_.clear();
  }

 private:
  const Identity identity_;
  SnapshotCell<Protection> protections_;
  const Service service_;
  std::vector<SocketAddress> listening_;
  std::vector<SocketAddress> listening_tls_;
  std::vector<std::unique_ptr<UdpWorker>> workers_;
  std::vector<std::shared_ptr<xdp::Intake>> intakes_;
  std::vector<std::unique_ptr<XdpWorker>> xdp_workers_;
  std::vector<std::unique_ptr<TcpServer>> streams_;  // TCP, and TLS if there is any
  std::atomic<bool> stop_{false};
  std::vector<std::thread> threads_;
};

}  // namespace

Result<std::unique_ptr<Server>> Server::Start(const ServerOptions& options,
                                              const SnapshotCell<Snapshot>& cell,
                                              Handler* handler) {
  if (auto status = Check(options); !status) return tl::unexpected(status.error());
  auto server = std::make_unique<ThreadedServer>(options, cell, handler);
  if (auto status = server->Open(options); !status) return tl::unexpected(status.error());
  if (auto status = server->Run(); !status) return tl::unexpected(status.error());
  return server;
}

}  // namespace waypost::serve
