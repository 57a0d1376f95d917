#include "dnsd/control/stored_resources.h"

#include <fmt/format.h>
#include <google/protobuf/util/time_util.h>

#include <memory>

#include "dnsd/base/parallel.h"

namespace waypost::control {
namespace {

v1::Change::Action ActionOf(const store::ChangedKey& change) {
  if (!change.is) return v1::Change::ACTION_DELETE;
  return change.was ? v1::Change::ACTION_UPDATE : v1::Change::ACTION_CREATE;
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
  constexpr size_t kShare = 64;
  std::vector<store::Change> converted(changes.size());
  ParallelFor(changes.size(), kShare, [&](size_t i) {
    const auto& after = changes[i].after;
    converted[i].key = changes[i].id;
    if (after != nullptr) converted[i].after = SerializeResource(*after);
  });
  return converted;
}

v1::Revision ToProto(const store::RevisionOutline& revision) {
  v1::Revision message;
  message.set_number(revision.info.number);
  message.set_author(revision.info.author);
  message.set_reason(revision.info.reason);
  using std::chrono::duration_cast;
  *message.mutable_time() = google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(
      duration_cast<std::chrono::microseconds>(revision.info.time.time_since_epoch()).count());
  for (const store::ChangedKey& change : revision.changes) {
    v1::Change* one = message.add_changes();
    one->set_id(change.key);
    one->set_action(ActionOf(change));
  }
  return message;
}

}  // namespace waypost::control
