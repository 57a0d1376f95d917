// Tells secondaries that a zone has changed (NOTIFY, RFC 1996), until they say that they heard it.
//
// Each is told at once and then again after 1, 2, 4, 8 and 16 seconds without a reply; then it is
// left to its SOA refresh. A newer serial takes the place of the one that was being told. At most
// 5,000 messages leave in a second, so that a start with many zones does not drown who is told;
// others wait, one for each zone and peer, and what was said before waits for what is said first,
// so that a peer that is dead delays nobody's news.
//
// Thread safety: Notify and Stop from any thread; sockets belong to the thread inside.
// Errors: what cannot be sent counts as not answered; the log says who never answered.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>

#include "dnsd/base/clock.h"
#include "dnsd/base/file_descriptor.h"
#include "dnsd/base/ip.h"
#include "dnsd/base/random.h"
#include "dnsd/control/serial_executor.h"
#include "dnsd/transfer/tsig.h"
#include "dnsd/wire/name.h"

namespace waypost::control {

class Notifier {
 public:
  Notifier(const Clock& clock, uint64_t seed);
  ~Notifier();

  struct News {
    wire::Name origin;
    uint32_t serial = 0;
    SocketAddress peer;
    std::shared_ptr<const transfer::TsigKey> key;  // null: not signed
  };
  void Notify(News news);
  /// Idempotent.
  void Stop();

 private:
  using Key = std::pair<SocketAddress, std::string>;  // peer, and origin in wire format
  using Asked = std::pair<SocketAddress, uint16_t>;   // peer, and id of a message
  struct Pending {
    News news;
    uint16_t id = 0;
    std::string mac;
    unsigned sent = 0;
    Steady next;
  };

  // On the executor.
  void Add(News news);
  void Tick();
  void Send(const Key& key, Pending& pending);
  /// Another message, or none, is to be sent for it.
  void Unschedule(const Key& key, const Pending& pending);
  void GiveUp(const Key& key);
  void Receive(const FileDescriptor& socket);
  void TakeReply(const SocketAddress& from, std::span<const uint8_t> octets);
  bool IsSignedAsDue(const Pending& pending, std::span<const uint8_t> octets,
                     const transfer::Message& message) const;

  const Clock& clock_;
  Random random_;
  const FileDescriptor v4_;
  const FileDescriptor v6_;
  std::map<Key, Pending> pending_;
  std::multimap<Asked, Key> asked_;        // what waits for a reply
  std::set<std::pair<Steady, Key>> news_;  // to send for the first time, by when they came
  std::set<std::pair<Steady, Key>> due_;   // when to send each of the others
  unsigned sent_in_tick_ = 0;
  SerialExecutor executor_;  // last, so that it ends first
};

}  // namespace waypost::control
