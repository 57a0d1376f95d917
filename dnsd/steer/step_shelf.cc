#include "dnsd/steer/step_shelf.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include "dnsd/steer/step_parser.h"
#include "waypost/v1/resource.pb.h"

namespace waypost::steer {
namespace {

/// Equal messages have equal octets.
std::string OctetsOf(const v1::Step& message) {
  std::string octets;
  google::protobuf::io::StringOutputStream stream(&octets);
  google::protobuf::io::CodedOutputStream coded(&stream);
  coded.SetSerializationDeterministic(true);
  message.SerializeToCodedStream(&coded);
  coded.Trim();
  return octets;
}

}  // namespace

std::shared_ptr<const Step> StepShelf::Get(const v1::Step& message, const StepParser& parser) {
  std::string octets = OctetsOf(message);
  const auto known = known_.find(octets);
  if (known != known_.end()) return known->second;
  const size_t reported = parser.report().count();
  auto step = Step::Parse(message, parser);
  const bool is_shared = parser.report().count() == reported && !parser.is_own();
  if (step != nullptr && is_shared) known_.emplace(std::move(octets), step);
  return step;
}

}  // namespace waypost::steer
