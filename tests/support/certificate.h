// Certificates made on the spot, for tests that speak TLS.
//
// Thread safety: functions of their arguments. Errors: a failure of OpenSSL aborts the test
// program.
#pragma once

#include <memory>
#include <string>
#include <vector>

namespace waypost::test {

/// PEM texts.
struct Certificate {
  std::string certificate;
  std::string key;
};

struct CertificateOptions {
  std::string common_name = "test";
  std::vector<std::string> names = {"test"};  // DNS names, and addresses where they read as such
  int valid_from_s = -3600;                   // from now
  int valid_for_s = 3600;                     // from now
  bool is_authority = false;
  const Certificate* issuer = nullptr;  // nullptr: self-signed
};

Certificate MakeCertificate(const CertificateOptions& options);

}  // namespace waypost::test
