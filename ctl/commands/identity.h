// Who runs this program.
//
// Thread safety: one thread (getpwuid).
#pragma once

#include <string>

namespace waypost::ctl {

/// USER@HOST; the number of a user without a name; without a host's name the user alone.
std::string FindAuthor();

}  // namespace waypost::ctl
