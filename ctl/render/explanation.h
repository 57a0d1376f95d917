// Why a client gets an answer, told step by step in the order in which it was decided.
//
// Thread safety: pure.
#pragma once

#include <string>

#include "ctl/render/style.h"
#include "waypost/v1/control.pb.h"

namespace waypost::render {

/// `type`: as asked for, "A"; may be empty.
std::string RenderExplanation(const v1::ExplainReply& explanation, const std::string& type,
                              const Style& style);

}  // namespace waypost::render
