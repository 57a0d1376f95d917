// Replies for programs: any message as JSON or YAML, in the dialect that resource files are written
// in.
//
// Thread safety: pure.
#pragma once

#include <google/protobuf/message.h>

#include <string>
#include <vector>

#include "waypost/v1/resource.pb.h"

namespace waypost::render {

enum class Format { kTable, kJson, kYaml };

/// kJson or kYaml, with a line feed at the end.
std::string RenderMessage(const google::protobuf::Message& message, Format format);
/// As RenderMessage in kJson, on one line.
std::string RenderJsonLine(const google::protobuf::Message& message);
/// What `apply -f` reads: YAML documents, or a JSON array.
std::string RenderDocuments(const std::vector<v1::Resource>& resources, Format format);

}  // namespace waypost::render
