// Two hosts with two cables between them: network namespaces that a test makes for itself, joined
// by veth pairs. The server is 10.77.0.1 and fd00:77::1 on veths, the client .2 and ::2 on vethc;
// the other cable joins the server's bridge, 10.78.0.1 on br0, and the client's 10.78.0.2 on vethd.
//
// Errors: is_there() is false where the kernel or missing privileges refuse; `why` says so.
#pragma once

#include <string>
#include <vector>

#include "tests/support/process.h"

namespace waypost::test {

class TwoHosts {
 public:
  TwoHosts();
  ~TwoHosts();
  TwoHosts(const TwoHosts&) = delete;
  TwoHosts& operator=(const TwoHosts&) = delete;

  bool is_there() const { return why_.empty(); }
  const std::string& why() const { return why_; }
  const TempDir& dir() const { return dir_; }

  /// The command line that runs a command there.
  std::vector<std::string> OnServer(const std::vector<std::string>& command) const;
  std::vector<std::string> OnClient(const std::vector<std::string>& command) const;
  Finished RunOnServer(const std::vector<std::string>& command);
  Finished RunOnClient(const std::vector<std::string>& command);

 private:
  bool Join(const std::string& at_server, const std::string& at_client);
  bool SetUp(const std::string& host, const std::string& interface,
             const std::vector<std::string>& addresses);
  bool Run(const std::vector<std::string>& command);

  TempDir dir_;
  std::string server_;
  std::string client_;
  std::string why_;
  int commands_ = 0;
};

}  // namespace waypost::test
