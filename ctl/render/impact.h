// Whose answers a planned change would move: per record, then per country.
//
// Thread safety: pure.
#pragma once

#include <google/protobuf/repeated_field.h>

#include <string>

#include "ctl/render/style.h"
#include "waypost/v1/control.pb.h"

namespace waypost::render {

/// Says so in words when no client would be answered differently.
std::string RenderImpacts(const google::protobuf::RepeatedPtrField<v1::Impact>& impacts,
                          const Style& style);

}  // namespace waypost::render
