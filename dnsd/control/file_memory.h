// What files said of resources when they were loaded last, kept in the store (proto state.proto,
// Statement): a load applies only what they say otherwise since, and a start reads only files that
// changed.
//
// Nothing of it is in memory but how much there is: of a hundred thousand zones it would be 15 MB.
//
// Thread safety: one thread, the builder. Errors: kUnavailable (the disk), kInvalid (damage).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dnsd/config/parse.h"
#include "dnsd/store/store.h"
#include "waypost/v1/state.pb.h"

namespace waypost::control {

using Statements = std::vector<std::pair<std::string, v1::Statement>>;  // with ids

/// Of the files of one load.
struct Former {
  std::map<std::string, v1::Statement> statements;  // of what is read now, by id
  std::vector<std::string> gone;                    // ids that no file declares any more
};

class FileMemory {
 public:
  explicit FileMemory(store::Store& store) : store_(store) {}

  /// Once, before all else: the files that need not be read if they are as they were.
  Result<config::KnownFiles> Open();
  /// What `parsed` is to be compared with. `is_all`: nothing is gone unless this is all there is.
  Result<Former> Recall(const config::Parsed& parsed, bool is_all) const;
  /// What is said now, and was not in `former`; what is gone goes. All or nothing, and on the disk
  /// when it returns.
  Status Write(const Statements& news, const Former& former);

 private:
  Result<std::optional<v1::Statement>> Find(const std::string& id) const;
  Status TakeOver();

  store::Store& store_;
  size_t size_ = 0;
};

/// Of a serialized resource: 16 octets.
std::string DigestOf(std::string_view serialized);

}  // namespace waypost::control
