// Any message of the schema with random content, the kinds of text that break emitters among it.
#pragma once

#include <google/protobuf/message.h>

#include "dnsd/base/random.h"

namespace waypost::config {

/// Sets about half of the fields, `depth` levels deep. Enums are never unspecified, durations and
/// times are in their ranges.
void Randomize(google::protobuf::Message& message, Random& random, int depth = 6);

}  // namespace waypost::config
