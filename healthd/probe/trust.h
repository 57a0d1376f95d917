// TLS contexts by the authorities they trust, kept because loading authorities costs milliseconds.
//
// A file that changes on disk (its time of change) is loaded again at the next probe, so a rotated
// authority needs no restart.
//
// Thread safety: one thread. Ownership: contexts are shared with the probes that use them; the
// table holds one per ca_file that a monitor ever named, so it is bounded by what directors assign.
// Errors: a file that cannot be read names itself and the fact.
#pragma once

#include <boost/asio/ssl/context.hpp>
#include <ctime>
#include <map>
#include <memory>
#include <string>

#include "dnsd/base/result.h"

namespace waypost::probe {

class Trust {
 public:
  using Context = std::shared_ptr<boost::asio::ssl::context>;

  /// `ca_file` empty: the system's authorities.
  Result<Context> Find(const std::string& ca_file);

 private:
  struct Entry {
    Context context;
    timespec changed{};
  };
  std::map<std::string, Entry> entries_;
};

}  // namespace waypost::probe
