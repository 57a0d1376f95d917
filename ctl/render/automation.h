// Tables of bounded automation, of what it holds back, of signals and of webhooks.
//
// Thread safety: pure. Errors: none; empty where there is nothing to show.
#pragma once

#include <string>

#include "ctl/render/style.h"
#include "ctl/render/table.h"
#include "waypost/v1/control.pb.h"

namespace waypost::render {

Table AutomationTable(const v1::StatusReply& status);
Table HeldTable(const v1::StatusReply& status);
Table SignalTable(const v1::StatusReply& status);
Table WebhookTable(const v1::StatusReply& status);

std::string RenderAutomations(const v1::StatusReply& status, const Style& style);
std::string RenderSignals(const v1::StatusReply& status, const Style& style);

}  // namespace waypost::render
