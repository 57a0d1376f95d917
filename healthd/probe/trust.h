// TLS contexts by what they trust and whom they name, kept because loading authorities costs
// milliseconds.
//
// A file that changes on disk (its time of change) is loaded again at the next probe, so a rotated
// authority or certificate needs no restart.
//
// Thread safety: one thread. Ownership: contexts are shared with the probes that use them; the
// table holds one per pair that a monitor ever named, so it is bounded by what directors assign.
// Errors: a file that cannot be read names itself and the fact.
#pragma once

#include <array>
#include <boost/asio/ssl/context.hpp>
#include <ctime>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "dnsd/base/result.h"
#include "healthd/probe/permissions.h"

namespace waypost::probe {

class Trust {
 public:
  using Context = std::shared_ptr<boost::asio::ssl::context>;

  explicit Trust(Identities identities) : identities_(std::move(identities)) {}

  /// `ca_file` empty: the system's authorities. `identity` empty: no certificate of its own.
  Result<Context> Find(const std::string& ca_file, const std::string& identity);

 private:
  using Changes = std::array<timespec, 3>;  // of authorities, certificate, key
  struct Entry {
    Context context;
    Changes changed{};
  };

  const Identities identities_;
  std::map<std::pair<std::string, std::string>, Entry> entries_;
};

}  // namespace waypost::probe
