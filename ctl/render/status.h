// What is going on, in full and in short.
//
// Thread safety: pure.
#pragma once

#include <chrono>
#include <string>

#include "ctl/render/style.h"
#include "waypost/v1/control.pb.h"

namespace waypost::render {

/// `now`: what the time that is left of overrides is counted from.
std::string RenderStatus(const v1::StatusReply& status, std::chrono::system_clock::time_point now,
                         const Style& style);
/// Only the tables, each after an empty line.
std::string RenderStatusTables(const v1::StatusReply& status,
                               std::chrono::system_clock::time_point now, const Style& style);
/// One line of counts, then one line for each thing that is not as it should be, which an override
/// that is over at `now` is not.
std::string RenderShortStatus(const v1::StatusReply& status,
                              std::chrono::system_clock::time_point now, const Style& style);

}  // namespace waypost::render
