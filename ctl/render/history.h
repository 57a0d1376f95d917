// Revisions, events and measured times: lists that are one table each.
//
// Thread safety: pure.
#pragma once

#include <chrono>
#include <string>

#include "ctl/render/style.h"
#include "waypost/v1/control.pb.h"

namespace waypost::render {

/// `now`: what ages are counted from.
std::string RenderHistory(const v1::HistoryReply& history,
                          std::chrono::system_clock::time_point now, const Style& style);
/// One line.
std::string RenderEvent(const v1::Event& event, const Style& style);
std::string RenderLatency(const v1::ShowLatencyReply& latency, const Style& style);

}  // namespace waypost::render
