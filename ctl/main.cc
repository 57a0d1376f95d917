// waypostctl: the operator's hand on waypost-dnsd. Wiring only.
#include <unistd.h>

#include <cstdlib>
#include <iostream>

#include "ctl/commands/identity.h"
#include "ctl/commands/program.h"

namespace {

std::optional<std::string> FindVariable(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

}  // namespace

int main(int argc, char** argv) {
  // gRPC's own lines on stderr repeat what we say; who wants them sets the variable.
  setenv("GRPC_VERBOSITY", "NONE", /*overwrite=*/0);
  const waypost::SystemClock clock;
  return waypost::ctl::Run({argv + 1, argv + argc},
                           {.in = std::cin,
                            .out = std::cout,
                            .err = std::cerr,
                            .input_is_terminal = isatty(STDIN_FILENO) == 1,
                            .output_is_terminal = isatty(STDOUT_FILENO) == 1,
                            .variables = FindVariable,
                            .author = waypost::ctl::FindAuthor(),
                            .clock = clock});
}
