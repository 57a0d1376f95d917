// `version`: of this program; `status` tells the server's.
#include <CLI/CLI.hpp>

#include "ctl/commands/verbs.h"

namespace waypost::ctl {

void AddVersion(Verbs& verbs) {
  verbs.AddAction("version", "Print the version of this program", [](Session& session) {
    session.out << "waypostctl " WAYPOST_VERSION "\n";
    return ExitCode::kDone;
  });
}

}  // namespace waypost::ctl
