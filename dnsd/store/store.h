// The revisioned store: what was declared, since when, by whom and why; and a few values that
// survive restarts.
//
// A commit is atomic and, once it returned, durable. The store knows keys and bytes only; the
// configuration gives them meaning (keys are KIND/NAME, values are serialized resources).
//
// Beside the configuration stand journals: a log for each of some names, entries with numbers.
//
// Thread safety: all calls from any thread; commits are serialized. Errors: kConflict (expected
// revision), kNotFound (no such revision), kUnavailable (the disk), kInvalid (a database that is
// damaged or of a newer format).
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dnsd/base/clock.h"
#include "dnsd/base/result.h"

namespace waypost::store {

using Content = std::map<std::string, std::string>;

struct Change {
  std::string key;
  std::optional<std::string> before;  // filled in by the store
  std::optional<std::string> after;   // unset: delete
};

struct RevisionInfo {
  uint64_t number = 0;
  Wall time;
  std::string author;
  std::string reason;
};

struct Revision {
  RevisionInfo info;
  std::vector<Change> changes;
};

/// Without the values, which may be whole zones.
struct ChangedKey {
  std::string key;
  bool was = false;  // there before
  bool is = false;   // there after
  bool operator==(const ChangedKey&) const = default;
};
struct RevisionOutline {
  RevisionInfo info;
  std::vector<ChangedKey> changes;
};

struct Commit {
  std::vector<Change> changes;  // `before` is ignored; no-op changes are dropped
  std::string author;
  std::string reason;
  std::optional<uint64_t> expected_revision;
};

/// A value beside the configuration.
struct StateEdit {
  std::string key;
  std::optional<std::string> value;  // unset: delete
};
using StateVisitor = std::function<Status(std::string_view key, std::string_view value)>;

/// One entry of the journal `log`, a name without NUL.
struct JournalEdit {
  std::string log;
  uint64_t number = 0;
  std::optional<std::string> value;  // unset: delete
};

/// Returns false to stop.
using JournalVisitor =
    std::function<bool(const std::string& log, uint64_t number, std::string_view value)>;

class Store {
 public:
  virtual ~Store() = default;

  /// 0: nothing was ever committed.
  virtual uint64_t current() const = 0;
  /// The new revision; the current one, and nothing written, when nothing changes.
  virtual Result<RevisionInfo> Commit(store::Commit commit) = 0;
  /// The whole content as of a revision; 0 is current.
  virtual Result<Content> Read(uint64_t revision) const = 0;
  /// Newest first, at most `limit`, with numbers below `before` (0: from the newest).
  virtual Result<std::vector<RevisionOutline>> History(uint64_t before, size_t limit) const = 0;
  /// Forgets revisions older than `keep_since`, never the current one; Read of a forgotten one
  /// gives kNotFound. Returns how many were forgotten.
  virtual Result<uint64_t> Compact(Wall keep_since) = 0;

  /// Values beside the configuration, without history: last verdicts, latency table. Survive
  /// restarts; `durable` waits for the disk.
  virtual Status PutState(const std::string& key, const std::string& value, bool durable) = 0;
  /// All edits or none; `durable` waits for the disk, for these and for whatever was put before.
  virtual Status WriteState(const std::vector<StateEdit>& edits, bool durable) = 0;
  /// Values whose keys start with `prefix`, in order, until `visit` gives an error, which is
  /// returned.
  virtual Status ScanState(const std::string& prefix, const StateVisitor& visit) const = 0;
  virtual Result<std::optional<std::string>> GetState(const std::string& key) const = 0;

  /// All edits or none. They survive the process; the disk has them no later than the next commit.
  virtual Status WriteJournal(const std::vector<JournalEdit>& edits) = 0;
  /// All entries, by log and number.
  virtual Status VisitJournals(const JournalVisitor& visit) const = 0;
  virtual Result<std::optional<std::string>> ReadJournal(const std::string& log,
                                                         uint64_t number) const = 0;

  /// False from a write that failed to the next that succeeds. Reads go on meanwhile.
  virtual bool writable() const = 0;
};

/// Lost with the process; for tests and throw-away runs.
std::unique_ptr<Store> OpenMemoryStore(const Clock& clock);
/// A RocksDB in `directory`, made if missing (mode 0700); one process at a time. `clock` must
/// outlive the store.
Result<std::unique_ptr<Store>> OpenRocksStore(const std::string& directory, const Clock& clock);

}  // namespace waypost::store
