// Any message of the schema as YAML or JSON, in the same dialect that ParseDocuments reads
// (lower-case enums, durations with units, RFC 3339 times). Fields that are not set are left out.
//
// Thread safety: pure.
#pragma once

#include <google/protobuf/message.h>

#include <string>

#include "dnsd/config/scalar.h"  // FormatDuration, ParseDuration
#include "waypost/v1/resource.pb.h"

namespace waypost::config {

/// `kind: Pool` first, then its fields.
std::string ToYaml(const v1::Resource& resource);
std::string ToJson(const v1::Resource& resource);

/// Messages that hold Resources render those as above.
std::string ToYaml(const google::protobuf::Message& message);
std::string ToJson(const google::protobuf::Message& message);

}  // namespace waypost::config
