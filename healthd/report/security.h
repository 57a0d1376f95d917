// What a vantage needs to trust a director and to be trusted.
//
// Thread safety: a value.
#pragma once

#include <string>

namespace waypost::report {

/// PEM files: the authority that signs directors, and this vantage's own certificate and key.
struct Security {
  std::string ca_file;
  std::string cert_file;
  std::string key_file;
  /// Without the files, speak plain text.
  bool insecure = false;

  bool operator==(const Security&) const = default;
};

}  // namespace waypost::report
