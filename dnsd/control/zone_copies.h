// The zones that were transferred, as they survive a restart (dnsd/store/FORMAT.md has the bytes):
// the whole zone in pieces, and the differences that came since. Whatever happens to the process,
// what is loaded again is one version that was transferred, never a mixture.
//
// Thread safety: one thread, the builder. Ownership: the store must outlive it. Errors: of the
// store; then what it has of that zone is as before, and the next Keep writes the whole zone.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "dnsd/base/clock.h"
#include "dnsd/base/result.h"
#include "dnsd/store/store.h"
#include "dnsd/transfer/transfer_reader.h"
#include "dnsd/zone/records.h"
#include "waypost/v1/state.pb.h"

namespace waypost::control {

class ZoneCopies {
 public:
  explicit ZoneCopies(store::Store& store) : store_(store) {}

  struct Copy {
    std::shared_ptr<const zone::Records> content;
    Wall confirmed;         // by a primary
    std::string listed_by;  // a catalog; empty: it was declared
  };
  struct Loaded {
    std::map<std::string, Copy> copies;  // by origin
    std::vector<std::string> damaged;    // origins whose copies cannot be read and are deleted
  };
  /// To be called once, before all others. Deletes what belongs to no whole copy.
  Result<Loaded> Load();

  /// `deltas` lead from what was kept last to `content`; none: it is another zone altogether.
  /// `listed_by`: as in Copy.
  Status Keep(const std::string& origin, const zone::Records& content,
              const std::vector<transfer::Delta>& deltas, Wall confirmed,
              const std::string& listed_by = "");
  /// Not durable: after a power failure the zone may look older than it is.
  Status Confirm(const std::string& origin, Wall confirmed);
  Status Drop(const std::string& origin);
  bool Has(const std::string& origin) const { return heads_.contains(origin); }
  std::vector<std::string> origins() const;

 private:
  class Loader;

  Status Replace(const std::string& origin, const zone::Records& content, Wall confirmed,
                 const std::string& listed_by);
  Status Append(const std::string& origin, const std::vector<transfer::Delta>& deltas,
                Wall confirmed, const std::string& listed_by);

  store::Store& store_;
  std::map<std::string, v1::ZoneCopy> heads_;
};

}  // namespace waypost::control
