#include "ctl/commands/references.h"

#include <google/protobuf/message.h>

#include <algorithm>
#include <map>
#include <set>

#include "dnsd/config/catalog.h"
#include "dnsd/config/resource_set.h"

namespace waypost::ctl {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

/// Fields of the schema that hold names of other resources, and of which kind.
const std::map<std::string, std::string>& ReferringFields() {
  static const std::map<std::string, std::string> fields = {
      {"waypost.v1.Pool.region", "region"},
      {"waypost.v1.Pool.monitor", "monitor"},
      {"waypost.v1.Endpoint.monitor", "monitor"},
      {"waypost.v1.Policy.last_resort", "pool"},
      {"waypost.v1.Step.policy", "policy"},
      {"waypost.v1.GeoRule.pools", "pool"},
      {"waypost.v1.GeoRule.regions", "region"},
      {"waypost.v1.CidrRule.network", "network"},
      {"waypost.v1.CidrRule.pools", "pool"},
      {"waypost.v1.CidrRule.regions", "region"},
      {"waypost.v1.GeoproximityStep.BiasEntry.key", "region"},
      {"waypost.v1.Tier.pools", "pool"},
      {"waypost.v1.Record.policy", "policy"},
      {"waypost.v1.Record.pools", "pool"},
      {"waypost.v1.Record.view", "view"},
      {"waypost.v1.Zone.view", "view"},
      {"waypost.v1.Zone.member_of", "zone"},
      {"waypost.v1.Zone.moves_from", "zone"},
      {"waypost.v1.Rrset.view", "view"},
      {"waypost.v1.Override.failover_to", "pool"},
      {"waypost.v1.Endpoint.signal", "signal"},
      {"waypost.v1.Needs.pools", "pool"},
      {"waypost.v1.Needs.regions", "region"},
      {"waypost.v1.Needs.signals", "signal"},
      {"waypost.v1.Automation.pools", "pool"},
      {"waypost.v1.Automation.regions", "region"}};
  return fields;
}

using Ids = std::set<std::string>;

void Collect(const Message& message, Ids& ids);

void CollectField(const Message& message, const FieldDescriptor& field, Ids& ids) {
  const auto& reflection = *message.GetReflection();
  const int count = field.is_repeated() ? reflection.FieldSize(message, &field) : 1;
  const auto kind = ReferringFields().find(field.full_name());
  for (int i = 0; i < count; ++i) {
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      Collect(field.is_repeated() ? reflection.GetRepeatedMessage(message, &field, i)
                                  : reflection.GetMessage(message, &field),
              ids);
    } else if (kind != ReferringFields().end()) {
      ids.insert(kind->second + "/" +
                 (field.is_repeated() ? reflection.GetRepeatedString(message, &field, i)
                                      : reflection.GetString(message, &field)));
    }
  }
}

void Collect(const Message& message, Ids& ids) {
  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) CollectField(message, *field, ids);
}

/// endpoint/POOL/ADDRESS is about pool/POOL.
std::string TargetId(const std::string& target) {
  if (target.rfind("endpoint/", 0) != 0) return target;
  const std::string rest = target.substr(target.find('/') + 1);
  return "pool/" + rest.substr(0, rest.find('/'));
}

bool IsAtOrBelow(const std::string& name, const std::string& origin) {
  if (origin == "." || name == origin) return true;
  return name.size() > origin.size() &&
         name.compare(name.size() - origin.size() - 1, std::string::npos, "." + origin) == 0;
}

bool RefersTo(const v1::Resource& from, const v1::Resource& target) {
  if (target.has_zone() && from.has_record()) {
    const auto record = config::Scoped::Parse(config::NameOf(from));
    const auto zone = config::Scoped::Parse(config::NameOf(target));
    const bool is_seen = zone.view.empty() || zone.view == record.view;
    return is_seen && IsAtOrBelow(record.name, zone.name);
  }
  const std::vector<std::string> ids = ReferencesOf(from);
  return std::binary_search(ids.begin(), ids.end(), config::IdOf(target));
}

}  // namespace

std::vector<std::string> ReferencesOf(const v1::Resource& resource) {
  Ids ids;
  Collect(resource, ids);
  if (resource.has_override()) ids.insert(TargetId(resource.override().target()));
  return {ids.begin(), ids.end()};
}

std::vector<std::string> FindReferrers(const v1::Resource& target,
                                       const std::vector<v1::Resource>& all) {
  std::vector<std::string> referrers;
  for (const v1::Resource& resource : all) {
    if (RefersTo(resource, target)) referrers.push_back(config::IdOf(resource));
  }
  std::sort(referrers.begin(), referrers.end());
  return referrers;
}

}  // namespace waypost::ctl
