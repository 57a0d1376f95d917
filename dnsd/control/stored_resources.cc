#include "dnsd/control/stored_resources.h"

#include <fmt/format.h>
#include <google/protobuf/util/time_util.h>

#include <memory>

namespace waypost::control {
namespace {

v1::Change::Action ActionOf(const store::Change& change) {
  if (!change.after) return v1::Change::ACTION_DELETE;
  return change.before ? v1::Change::ACTION_UPDATE : v1::Change::ACTION_CREATE;
}

}  // namespace

Result<config::ResourceSet> FromContent(const store::Content& content) {
  config::ResourceSet resources;
  for (const auto& [key, bytes] : content) {
    auto resource = std::make_shared<v1::Resource>();
    if (!resource->ParseFromString(bytes) || config::IdOf(*resource) != key) {
      return Fail(ErrorCode::kInvalid, fmt::format("stored resource \"{}\" is damaged", key));
    }
    resources.emplace(key, std::move(resource));
  }
  return resources;
}

std::vector<store::Change> ToStoreChanges(const std::vector<ResourceChange>& changes) {
  std::vector<store::Change> converted;
  converted.reserve(changes.size());
  for (const ResourceChange& change : changes) {
    store::Change& one = converted.emplace_back();
    one.key = change.id;
    if (change.after != nullptr) one.after = SerializeResource(*change.after);
  }
  return converted;
}

v1::Revision ToProto(const store::Revision& revision) {
  v1::Revision message;
  message.set_number(revision.info.number);
  message.set_author(revision.info.author);
  message.set_reason(revision.info.reason);
  using std::chrono::duration_cast;
  *message.mutable_time() = google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(
      duration_cast<std::chrono::microseconds>(revision.info.time.time_since_epoch()).count());
  for (const store::Change& change : revision.changes) {
    v1::Change* one = message.add_changes();
    one->set_id(change.key);
    one->set_action(ActionOf(change));
  }
  return message;
}

}  // namespace waypost::control
