// Keeps what is known about clients: opens the geo databases, notices when their files change,
// holds the latency table, and compiles client maps for the vocabulary that the configuration uses.
//
// Thread safety: all calls from any thread; Clients may take seconds and then blocks only its
// caller. Errors: a database that cannot be opened is an error at start; later the old one stays
// and Refresh says why.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "dnsd/base/result.h"
#include "dnsd/geo/atlas.h"
#include "dnsd/geo/client_map.h"
#include "dnsd/geo/latency_table.h"
#include "dnsd/geo/vocabulary.h"

namespace waypost::control {

class GeoKeeper {
 public:
  explicit GeoKeeper(std::vector<std::string> paths);

  /// Opens the databases for the first time.
  Status Open();

  /// The map for these words, from the cache where it still holds; without regions, that of no
  /// database.
  std::shared_ptr<const geo::ClientMap> Clients(const geo::Vocabulary& vocabulary);

  /// True: a file changed and was opened anew, maps must be compiled again.
  Result<bool> Refresh();

  std::shared_ptr<const geo::Atlas> atlas() const;
  geo::LatencyTable latency() const;
  /// Maps must be compiled again.
  void SetLatency(geo::LatencyTable table);

 private:
  struct FileStamp {
    int64_t size = -1;
    int64_t modified_ns = 0;
    uint64_t inode = 0;
    bool operator==(const FileStamp&) const = default;
  };
  static FileStamp StampOf(const std::string& path);
  std::vector<FileStamp> Stamps() const;

  const std::vector<std::string> paths_;
  const std::shared_ptr<const geo::Atlas> nothing_;  // of no database
  mutable std::mutex mutex_;                         // guards all below
  std::vector<FileStamp> stamps_;
  std::shared_ptr<const geo::Atlas> atlas_;
  geo::LatencyTable latency_;
  uint64_t inputs_ = 0;  // counts changes of atlas_ and latency_

  std::mutex compiling_;  // one at a time; guards the cache below
  std::shared_ptr<const geo::ClientMap> cached_;
  geo::Vocabulary cached_vocabulary_;
  uint64_t cached_inputs_ = 0;
};

}  // namespace waypost::control
