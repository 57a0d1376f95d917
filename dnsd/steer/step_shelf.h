// Steps that say the same in several policies are one: what decisions read stays in the cache
// however many policies there are.
//
// Not those that are their policy's own (a failover that waits with its failback), nor those that
// something was reported about: each policy reports it for itself.
//
// Thread safety: belongs to one Compile.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>

#include "dnsd/steer/step.h"

namespace waypost::v1 {
class Step;
}

namespace waypost::steer {

class StepParser;

class StepShelf {
 public:
  /// As Step::Parse.
  std::shared_ptr<const Step> Get(const v1::Step& message, const StepParser& parser);

 private:
  std::unordered_map<std::string, std::shared_ptr<const Step>> known_;  // by their messages' octets
};

}  // namespace waypost::steer
