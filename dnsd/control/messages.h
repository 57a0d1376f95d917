// Small translations between this program's values and the schema's messages.
#pragma once

#include <string>

#include "dnsd/base/problem.h"
#include "waypost/v1/control.pb.h"

namespace waypost::control {

v1::Problem ToProto(const Problem& problem);
Problem FromProto(const v1::Problem& message);

/// The first few problems in one line, and how many more there are.
std::string Summary(const Problems& problems);

}  // namespace waypost::control
