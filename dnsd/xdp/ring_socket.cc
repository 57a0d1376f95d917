#include "dnsd/xdp/ring_socket.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <xdp/xsk.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>
#include <vector>

namespace waypost::xdp {
namespace {

constexpr unsigned kRingSize = 2048;
constexpr unsigned kFrames = 2 * kRingSize;
constexpr size_t kMemoryOctets = size_t{kFrames} * RingSocket::kFrameOctets;
/// Since Linux 6.17: how many frames one system call sends where they are copied; 32 without it.
constexpr int kMaxTxBudget = 9;

/// The memory that frames live in.
class Memory {
 public:
  Memory() {
    void* const at = mmap(nullptr, kMemoryOctets, PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    if (at != MAP_FAILED) at_ = static_cast<uint8_t*>(at);
  }
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;
  ~Memory() {
    if (at_ != nullptr) munmap(at_, kMemoryOctets);
  }
  uint8_t* at() const { return at_; }

 private:
  uint8_t* at_ = nullptr;
};

class KernelRingSocket final : public RingSocket {
 public:
  ~KernelRingSocket() override {
    if (socket_ != nullptr) xsk_socket__delete(socket_);
    if (shared_ != nullptr) xsk_umem__delete(shared_);
  }

  Status Open(const Interface& interface, unsigned queue) {
    if (memory_.at() == nullptr) return StepError(interface, queue, "memory", errno);
    const xsk_umem_config layout = {.fill_size = kRingSize,
                                    .comp_size = kRingSize,
                                    .frame_size = kFrameOctets,
                                    .frame_headroom = 0,
                                    .flags = 0};
    if (const int error =
            xsk_umem__create(&shared_, memory_.at(), kMemoryOctets, &fill_, &done_, &layout)) {
      return StepError(interface, queue, "share memory with the kernel", -error);
    }
    const xsk_socket_config config = {.rx_size = kRingSize,
                                      .tx_size = kRingSize,
                                      .libxdp_flags = XSK_LIBXDP_FLAGS__INHIBIT_PROG_LOAD,
                                      .xdp_flags = 0,
                                      .bind_flags = XDP_USE_NEED_WAKEUP};
    if (const int error = xsk_socket__create(&socket_, interface.name.c_str(), queue, shared_,
                                             &received_, &to_send_, &config)) {
      return StepError(interface, queue, "bind an AF_XDP socket", -error);
    }
    // Not known to older kernels, which then need more system calls.
    const int budget = kBatch;
    setsockopt(descriptor(), SOL_XDP, kMaxTxBudget, &budget, sizeof budget);
    HandOutFrames();
    return {};
  }

  int descriptor() const noexcept override { return xsk_socket__fd(socket_); }

  bool is_zero_copy() const noexcept override {
    xdp_options options{};
    socklen_t octets = sizeof options;
    if (getsockopt(descriptor(), SOL_XDP, XDP_OPTIONS, &options, &octets) != 0) return false;
    return (options.flags & XDP_OPTIONS_ZEROCOPY) != 0;
  }

  std::span<const std::span<const uint8_t>> Receive() noexcept override {
    uint32_t at = 0;
    const uint32_t count = xsk_ring_cons__peek(&received_, kBatch, &at);
    for (uint32_t i = 0; i < count; ++i) {
      const xdp_desc& frame = *xsk_ring_cons__rx_desc(&received_, at + i);
      frames_[i] = {memory_.at() + frame.addr, frame.len};
      origins_[i] = frame.addr;
    }
    received_count_ = count;
    return {frames_.data(), count};
  }

  std::optional<std::span<uint8_t>> Borrow() noexcept override {
    if (free_.empty()) TakeBackSent();
    if (free_.empty()) return std::nullopt;
    return std::span(memory_.at() + free_.back(), kFrameOctets);
  }

  void Send(size_t octets) noexcept override {
    uint32_t at = 0;
    if (xsk_ring_prod__reserve(&to_send_, 1, &at) == 0) {
      ++unsent_;
      return;
    }
    *xsk_ring_prod__tx_desc(&to_send_, at) = {
        .addr = free_.back(), .len = static_cast<uint32_t>(octets), .options = 0};
    free_.pop_back();
    ++queued_;
  }

  size_t Finish() noexcept override {
    if (queued_ > 0) xsk_ring_prod__submit(&to_send_, queued_);
    GiveBackReceived();
    if (queued_ > 0 && xsk_ring_prod__needs_wakeup(&to_send_)) KickSending();
    on_the_way_ += queued_;
    queued_ = 0;
    TakeBackSent();
    return std::exchange(unsent_, 0);
  }

  void Wait(int timeout_ms) noexcept override {
    pollfd polled = {.fd = descriptor(), .events = POLLIN, .revents = 0};
    poll(&polled, 1, timeout_ms);
  }

  uint64_t lost() const noexcept override {
    xdp_statistics statistics{};
    socklen_t octets = sizeof statistics;
    if (getsockopt(descriptor(), SOL_XDP, XDP_STATISTICS, &statistics, &octets) != 0) return 0;
    return statistics.rx_dropped + statistics.rx_ring_full + statistics.rx_fill_ring_empty_descs;
  }

 private:
  static tl::unexpected<Error> StepError(const Interface& interface, unsigned queue,
                                         const char* step, int error) {
    return Fail(ErrorCode::kUnavailable, fmt::format("{} queue {}: {}: {}", interface.name, queue,
                                                     step, std::strerror(error)));
  }

  void HandOutFrames() {
    uint32_t at = 0;
    xsk_ring_prod__reserve(&fill_, kRingSize, &at);
    for (uint32_t i = 0; i < kRingSize; ++i) {
      *xsk_ring_prod__fill_addr(&fill_, at + i) = uint64_t{i} * kFrameOctets;
    }
    xsk_ring_prod__submit(&fill_, kRingSize);
    free_.reserve(kRingSize);
    for (uint64_t i = kRingSize; i < kFrames; ++i) free_.push_back(i * kFrameOctets);
  }

  /// There is always room: the fill ring holds as many frames as were ever handed out.
  void GiveBackReceived() noexcept {
    if (received_count_ == 0) return;
    uint32_t at = 0;
    if (xsk_ring_prod__reserve(&fill_, received_count_, &at) == received_count_) {
      for (uint32_t i = 0; i < received_count_; ++i) {
        *xsk_ring_prod__fill_addr(&fill_, at + i) = origins_[i] & ~uint64_t{kFrameOctets - 1};
      }
      xsk_ring_prod__submit(&fill_, received_count_);
    }
    xsk_ring_cons__release(&received_, received_count_);
    received_count_ = 0;
    if (xsk_ring_prod__needs_wakeup(&fill_)) {
      recvfrom(descriptor(), nullptr, 0, MSG_DONTWAIT, nullptr, nullptr);
    }
  }

  void KickSending() noexcept {
    // Copying kernels take a part of what is queued per call, and say so.
    for (unsigned i = 0; i < kBatch; ++i) {
      const bool is_done = sendto(descriptor(), nullptr, 0, MSG_DONTWAIT, nullptr, 0) >= 0;
      if (is_done || errno != EAGAIN) return;
    }
  }

  void TakeBackSent() noexcept {
    uint32_t at = 0;
    const uint32_t count = xsk_ring_cons__peek(&done_, on_the_way_, &at);
    for (uint32_t i = 0; i < count; ++i) {
      free_.push_back(*xsk_ring_cons__comp_addr(&done_, at + i));
    }
    if (count > 0) xsk_ring_cons__release(&done_, count);
    on_the_way_ -= count;
  }

  Memory memory_;
  xsk_umem* shared_ = nullptr;
  xsk_socket* socket_ = nullptr;
  xsk_ring_prod fill_{};      // frames for the kernel to fill
  xsk_ring_cons received_{};  // filled
  xsk_ring_prod to_send_{};   // frames for the kernel to send
  xsk_ring_cons done_{};      // sent

  std::vector<uint64_t> free_;  // frames for replies
  uint32_t received_count_ = 0;
  uint32_t queued_ = 0;
  uint32_t on_the_way_ = 0;
  size_t unsent_ = 0;
  std::array<std::span<const uint8_t>, kBatch> frames_;
  std::array<uint64_t, kBatch> origins_{};
};

}  // namespace

Result<std::unique_ptr<RingSocket>> RingSocket::Open(const Interface& interface, unsigned queue) {
  auto made = std::make_unique<KernelRingSocket>();
  if (Status status = made->Open(interface, queue); !status) {
    return tl::unexpected(status.error());
  }
  return made;
}

}  // namespace waypost::xdp
