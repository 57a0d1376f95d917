#include "ctl/commands/identity.h"

#include <pwd.h>
#include <unistd.h>

#include <array>

namespace waypost::ctl {
namespace {

std::string UserName() {
  const passwd* user = getpwuid(getuid());
  return user == nullptr ? std::to_string(getuid()) : user->pw_name;
}

std::string HostName() {
  std::array<char, 256> name{};  // POSIX: host names have at most 255 octets
  return gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

}  // namespace

std::string FindAuthor() {
  const std::string host = HostName();
  return host.empty() ? UserName() : UserName() + "@" + host;
}

}  // namespace waypost::ctl
