// What a change does to the resources.
//
// Thread safety: pure.
#pragma once

#include <google/protobuf/repeated_field.h>

#include <string>

#include "ctl/render/style.h"
#include "waypost/v1/control.pb.h"

namespace waypost::render {

using Changes = google::protobuf::RepeatedPtrField<v1::Change>;

/// "+ pool/web", "~ pool/web", "- pool/web": a line each.
std::string RenderChangeList(const Changes& changes, const Style& style);
/// The same, each followed by the lines of its YAML that differ, with two lines of context.
std::string RenderChangesInFull(const Changes& changes, const Style& style);
/// "1 to create, 2 to update, 0 to delete".
std::string CountChanges(const Changes& changes);
/// "+pool/web ~policy/x", for tables; what goes beyond `limit` changes is counted.
std::string SummarizeChanges(const Changes& changes, int limit);

/// `FILE:LINE: OBJECT: FIELD: FACT`.
std::string RenderProblem(const v1::Problem& problem);

}  // namespace waypost::render
