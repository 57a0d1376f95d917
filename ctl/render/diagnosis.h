// What an examination found, layer by layer, and what it comes to.
//
// Thread safety: pure.
#pragma once

#include <string>

#include "ctl/render/style.h"
#include "waypost/v1/diagnose.pb.h"

namespace waypost::render {

/// One line.
std::string RenderProgress(const v1::Progress& progress, const Style& style);
/// The conclusion first; then a table for each layer, a row for each place and address.
std::string RenderDiagnosis(const v1::Diagnosis& diagnosis, const Style& style);

}  // namespace waypost::render
