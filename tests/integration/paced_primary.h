// A primary of example.test that tells as much of a transfer as a test wants, a record in each
// message, and then falls silent.
//
// Thread safety: all members from any thread; it serves from a thread of its own, one connection
// after the other, over TCP only. Ownership: the destructor closes everything. Errors: what cannot
// be set up aborts the test program.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/dns_message.h"

namespace waypost::test {

class PacedPrimary {
 public:
  /// Each has a TXT record with the serial of its zone.
  static constexpr int kHosts = 30;
  static constexpr size_t kEverything = 1000;

  /// What an IXFR is answered with.
  enum class Kind {
    kWhole,
    kDifferences,
    kUnfit,   // differences that leave a zone without name servers
    kOneSoa,  // and silence
  };

  /// `timers`: refresh, retry and expire of its SOA.
  explicit PacedPrimary(std::array<uint32_t, 3> timers = {3600, 600, 604800});
  ~PacedPrimary();
  PacedPrimary(const PacedPrimary&) = delete;
  PacedPrimary& operator=(const PacedPrimary&) = delete;

  uint16_t port() const { return port_; }
  /// The zone has this serial from now on, and so many messages of each transfer are told. Ends a
  /// transfer that is under way.
  void Have(uint32_t serial, Kind kind, size_t messages);
  /// Nothing at all is answered until it goes on; then what waits is.
  void Pause(bool is_paused) { is_paused_ = is_paused; }
  /// Messages of transfers since then.
  size_t told() const { return told_; }

 private:
  struct Wish {
    uint32_t serial = 1;
    Kind kind = Kind::kWhole;
    size_t messages = kEverything;
    uint64_t number = 0;
  };

  Wish wish() const;
  void Serve();
  void Answer(int socket);
  /// Until the other side leaves or something else is wished.
  void BeSilent(int socket, uint64_t number) const;

  Bytes Soa(uint32_t serial) const;
  std::vector<Bytes> Whole(uint32_t serial) const;
  std::vector<Bytes> Differences(uint32_t from, uint32_t to) const;
  std::vector<Bytes> Unfit(uint32_t from, uint32_t to) const;
  /// What an IXFR from `known` is answered with.
  std::vector<Bytes> Incremental(const Wish& wish, uint32_t known) const;

  const std::array<uint32_t, 3> timers_;
  const uint16_t port_;
  const int listener_;
  mutable std::mutex mutex_;
  Wish wish_;
  std::atomic<size_t> told_{0};
  std::atomic<bool> is_paused_{false};
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

}  // namespace waypost::test
