// Other people's name servers and clients, started by a test on free ports: NSD and Knot as
// secondaries and primaries, dig, kdig and nsupdate.
//
// Thread safety: one thread. Ownership: destructors end the servers. Errors: what is not installed
// is told by Has; what does not start shows in the test's expectations.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tests/support/process.h"

namespace waypost::test {

/// Where the program is; empty: nowhere.
std::string PathOf(const std::string& program);
/// Whether the program can be found.
bool Has(const std::string& program);

/// A port of 127.0.0.1 that nobody listens on, neither over UDP nor TCP, at the moment of asking.
uint16_t FreeDnsPort();

/// In base64; one for this process: a port that is free again may be another test's next, whose
/// zone has the same name.
std::string SecretOfThisProcess();

/// A key as all programs of these tests share it.
struct SharedKey {
  std::string name = "transfer-key";
  std::string algorithm = "hmac-sha256";
  std::string secret = SecretOfThisProcess();
};

class NameServer {
 public:
  /// Ends it in its own way, so that its children end too.
  virtual ~NameServer() {
    if (process_) process_->Stop();
  }
  /// Of those that have a zone of their own.
  virtual void Edit(const std::string& /*text*/) {}
  uint16_t port() const { return port_; }
  Process& process() { return *process_; }

 protected:
  uint16_t port_ = FreeDnsPort();
  TempDir dir_;
  std::unique_ptr<Process> process_;
};

/// What a peer does with one zone; at least one of `primary_port` and `text`.
struct PeerZone {
  std::string origin = "example.test";
  uint16_t primary_port = 0;  // a secondary of the server there
  std::string text;           // a primary with this master file
  uint16_t notify_port = 0;   // told of changes
  SharedKey key;              // for all of it
};

/// nsd -d; its zone can be edited and reloaded.
class Nsd final : public NameServer {
 public:
  explicit Nsd(const PeerZone& zone);
  /// A new version of the master file, from which NSD makes an IXFR.
  void Edit(const std::string& text) override;
};

/// knotd; its zone can be edited and reloaded.
class Knot final : public NameServer {
 public:
  explicit Knot(const PeerZone& zone);
  /// A new version of the master file, from which Knot makes an IXFR.
  void Edit(const std::string& text) override;
};

/// stdout of dig at 127.0.0.1 PORT with these further words; comments as dig writes them.
std::string Dig(uint16_t port, const std::vector<std::string>& words);
/// "hmac-sha256:NAME:SECRET", for -y of dig, kdig and nsupdate.
std::string KeyWord(const SharedKey& key);
/// The serial that a server has for a zone; -1 without an answer.
int64_t SerialAt(uint16_t port, const std::string& origin);
/// The records that dig is answered with these further words, in their order, in lower case.
std::vector<std::string> RecordsTold(uint16_t port, const SharedKey& key,
                                     std::vector<std::string> words);
/// All records of a zone as a server transfers it, sorted, in lower case (which
/// NSD and Knot make it), without the second SOA.
std::vector<std::string> ZoneAt(uint16_t port, const std::string& origin, const SharedKey& key);

}  // namespace waypost::test
