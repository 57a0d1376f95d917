// The command tree as completion scripts. Both shells share the tables (functions in POSIX shell)
// and differ in the few lines that walk the words typed so far.
//
// Thread safety: pure.
#pragma once

#include <string>
#include <vector>

#include "ctl/commands/command_tree.h"

namespace waypost::ctl {

std::string RenderBashCompletion(const std::vector<Command>& commands);
std::string RenderZshCompletion(const std::vector<Command>& commands);

}  // namespace waypost::ctl
