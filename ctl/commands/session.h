// What a verb works with: the director, the streams, and what is known about who is at the other
// end of them. A verb is a function of its options and a Session; it returns the exit code.
//
// Thread safety: one thread. Ownership: of nothing; `Run` (program.h) owns what this points to.
#pragma once

#include <istream>
#include <ostream>
#include <string>

#include "ctl/commands/client.h"
#include "ctl/commands/exit_code.h"
#include "ctl/render/output.h"
#include "ctl/render/style.h"
#include "dnsd/base/clock.h"

namespace waypost::ctl {

struct Session {
  Client& client;
  std::istream& in;
  std::ostream& out;
  std::ostream& err;
  const Clock& clock;
  render::Format format = render::Format::kTable;
  render::Style style;       // of `out`
  bool interactive = false;  // a person reads `out` and types into `in`
  std::string author;        // of changes: USER@HOST

  bool tables() const { return format == render::Format::kTable; }
  /// The message in the format that was asked for; not for tables.
  void Print(const google::protobuf::Message& message) {
    out << render::RenderMessage(message, format);
  }
  /// Prints why to `err`: the details as they are, so that editors find FILE:LINE, then one line.
  ExitCode Fail(const Trouble& trouble);
  ExitCode Fail(ExitCode code, const std::string& message) {
    return Fail(Trouble{code, message, {}});
  }
  /// Asks on an interactive session whether to go on; `yes` and everyone else are not asked.
  bool Confirm(const std::string& question, bool yes);
};

}  // namespace waypost::ctl
