// Why an endpoint counts as up or down: each vantage's vote with what it saw.
//
// Thread safety: pure.
#pragma once

#include <string>

#include "ctl/render/style.h"
#include "waypost/v1/control.pb.h"

namespace waypost::render {

std::string RenderEvidence(const v1::WhyReply& why, const Style& style);

}  // namespace waypost::render
