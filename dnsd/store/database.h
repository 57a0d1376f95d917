// Ordered keys with atomic batches and consistent views: what the store needs of RocksDB, in its
// own words, so that RocksDB's headers and statuses stay in one file.
//
// Thread safety: all calls from any thread. Views keep the state of their making; they must be gone
// before the database closes (Reopen waits for them).
// Errors: kUnavailable (the disk, or another process holds the directory), kInvalid (damage).
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dnsd/base/result.h"

namespace waypost::store {

struct Edit {
  std::string key;
  std::optional<std::string_view> value;  // borrowed; unset: delete
};

/// Returns false to stop.
using Visitor = std::function<Result<bool>(std::string_view key, std::string_view value)>;

class Database {
 public:
  /// The state at one moment, whatever is written meanwhile.
  class View {
   public:
    explicit View(const Database& database);
    ~View();
    View(const View&) = delete;
    View& operator=(const View&) = delete;

    Result<std::optional<std::string>> Get(const std::string& key) const;
    /// Entries whose keys start with `prefix`, in order.
    Status Scan(const std::string& prefix, const Visitor& visit) const;
    /// Entries whose keys start with `prefix` and are below `end`, last first.
    Status ScanBack(const std::string& prefix, const std::string& end, const Visitor& visit) const;

   private:
    struct Held;
    std::unique_ptr<Held> held_;
  };

  /// Makes the directory (mode 0700) and an empty database where there is none.
  static Result<std::unique_ptr<Database>> Open(const std::string& directory);
  ~Database();

  /// One caller at a time. All edits or none; with `sync` they are on the disk when this returns.
  /// After a failure nothing of them is visible, and further writes fail until Reopen.
  Status Write(const std::vector<Edit>& edits, bool sync);
  /// Closes and opens again, which ends the state after a failed write. What a failed write left in
  /// the log may be there afterwards, wholly. Nothing is closed while the directory cannot be
  /// written; if opening fails all the same, every call is kUnavailable until the next Reopen.
  Status Reopen();

 private:
  struct Handle;
  explicit Database(std::unique_ptr<Handle> handle);

  std::unique_ptr<Handle> handle_;
};

}  // namespace waypost::store
