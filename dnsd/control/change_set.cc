#include "dnsd/control/change_set.h"

#include <fmt/format.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <memory>
#include <utility>

#include "dnsd/config/catalog.h"
#include "dnsd/config/scope.h"

namespace waypost::control {
namespace {

using config::ResourceSet;

std::shared_ptr<v1::Resource> CopyOf(const ResourceSet& set, const std::string& id) {
  const auto found = set.find(id);
  return found == set.end() ? nullptr : std::make_shared<v1::Resource>(*found->second);
}

config::Source SourceOf(const v1::SourcedResource& sourced) {
  config::Source source{sourced.file(), sourced.line(), {}};
  source.field_lines.insert(sourced.field_lines().begin(), sourced.field_lines().end());
  return source;
}

void Prune(ChangeSet& change) {
  const ResourceSet before = change.resources;
  for (const auto& [id, resource] : before) {
    // What others than the files decide: operators, and dynamic updates.
    const bool is_own =
        resource->has_override() || resource->has_rrset() || resource->has_registration();
    if (!is_own && !change.sources.contains(id)) change.resources.erase(id);
  }
}

bool IsId(std::string_view id, std::string_view kind) {
  return id.size() > kind.size() && id.starts_with(kind) && id[kind.size()] == '/';
}

/// Names, as in config::NameOf.
config::Names GoneZones(const ResourceSet& before, const ResourceSet& after) {
  using Resource = std::shared_ptr<const v1::Resource>;
  config::Names gone;
  ResourceSet::Compare(before, after,
                       [&](const std::string& id, const Resource* /*was*/, const Resource* is) {
                         if (is == nullptr && IsId(id, "zone")) gone.insert(id.substr(5));
                       });
  return gone;
}

}  // namespace

void RemoveRrsetsOfGoneZones(const ResourceSet& current, const IsDeclared& is_declared,
                             ChangeSet& change) {
  const config::Names gone = GoneZones(current, change.resources);
  if (gone.empty()) return;
  const config::Catalog catalog = config::CatalogOf(current);
  for (auto at = current.lower_bound("rrset/"); at != current.end(); ++at) {
    const auto& [id, resource] = *at;
    if (!IsId(id, "rrset")) break;
    const auto name = wire::Name::Parse(resource->rrset().name());
    if (!name || !gone.contains(config::ZoneOf(*name, resource->rrset().view(), catalog))) continue;
    if (!is_declared(id)) change.resources.erase(id);
  }
}

void NotePlace(ChangeSet& change, const v1::Resource& resource, config::Source source) {
  const std::string id = config::IdOf(resource);
  const auto first = change.sources.find(id);
  if (first == change.sources.end()) {
    change.sources.emplace(id, std::move(source));
    return;
  }
  const config::Source& place = first->second;
  change.problems.push_back(
      {source.file, source.line, config::Describe(resource), "",
       fmt::format("is declared twice, first at {}:{}", place.file, place.line)});
}

void Put(ChangeSet& change, std::shared_ptr<const v1::Resource> resource, config::Source source) {
  NotePlace(change, *resource, std::move(source));
  change.resources[config::IdOf(*resource)] = std::move(resource);
}

ChangeSet ApplyTo(const ResourceSet& current, const v1::ApplyRequest& request) {
  ChangeSet change{current, {}, {}};
  for (const v1::SourcedResource& sourced : request.resources()) {
    if (sourced.resource().kind_case() == v1::Resource::KIND_NOT_SET) {
      change.problems.push_back({sourced.file(), sourced.line(), "", "", "has no kind"});
    } else {
      Put(change, std::make_shared<v1::Resource>(sourced.resource()), SourceOf(sourced));
    }
  }
  for (const std::string& id : request.delete_()) {
    if (change.resources.erase(id) == 0) {
      change.problems.push_back({"", 0, id, "", "does not exist, so it cannot be deleted"});
    }
  }
  if (request.prune()) Prune(change);
  const auto is_declared = [&change](const std::string& id) { return change.sources.contains(id); };
  RemoveRrsetsOfGoneZones(current, is_declared, change);
  return change;
}

Result<ResourceSet> WithWeight(const ResourceSet& current, const v1::SetWeightRequest& request) {
  const auto resource = CopyOf(current, "pool/" + request.pool());
  if (!resource)
    return Fail(ErrorCode::kNotFound, fmt::format("pool \"{}\" does not exist", request.pool()));
  if (request.weight() > 0xFFFF) {
    return Fail(ErrorCode::kInvalid, fmt::format("weight {} is above 65535", request.weight()));
  }
  bool found = request.endpoint().empty();
  if (found) resource->mutable_pool()->set_weight(request.weight());
  for (v1::Endpoint& endpoint : *resource->mutable_pool()->mutable_endpoints()) {
    if (request.endpoint().empty()) break;
    if (endpoint.address() != request.endpoint() && endpoint.cname() != request.endpoint())
      continue;
    endpoint.set_weight(request.weight());
    found = true;
  }
  if (!found) {
    return Fail(ErrorCode::kNotFound, fmt::format("pool \"{}\" has no endpoint \"{}\"",
                                                  request.pool(), request.endpoint()));
  }
  ResourceSet next = current;
  next["pool/" + request.pool()] = resource;
  return next;
}

Result<ResourceSet> WithOverride(const ResourceSet& current, const v1::Override& wish) {
  if (wish.action_case() == v1::Override::ACTION_NOT_SET) {
    return Fail(ErrorCode::kInvalid, "the override says neither drain, force nor failover_to");
  }
  auto resource = std::make_shared<v1::Resource>();
  *resource->mutable_override() = wish;
  ResourceSet next = current;
  next[config::IdOf(*resource)] = std::move(resource);
  return next;
}

Result<ResourceSet> WithoutOverride(const ResourceSet& current, const std::string& target) {
  v1::Resource probe;
  probe.mutable_override()->set_target(target);
  ResourceSet next = current;
  if (next.erase(config::IdOf(probe)) == 0) {
    return Fail(ErrorCode::kNotFound, fmt::format("there is no override on \"{}\"", target));
  }
  return next;
}

std::vector<ResourceChange> Difference(const ResourceSet& before, const ResourceSet& after) {
  using Resource = std::shared_ptr<const v1::Resource>;
  std::vector<ResourceChange> changes;
  ResourceSet::Compare(
      before, after, [&](const std::string& id, const Resource* a, const Resource* b) {
        const bool is_same = a != nullptr && b != nullptr && (*a == *b || SameResource(**a, **b));
        if (is_same) return;
        changes.push_back({id, a == nullptr ? nullptr : *a, b == nullptr ? nullptr : *b});
      });
  return changes;
}

v1::Change ToProto(const ResourceChange& change) {
  v1::Change message;
  message.set_id(change.id);
  message.set_action(change.before == nullptr  ? v1::Change::ACTION_CREATE
                     : change.after == nullptr ? v1::Change::ACTION_DELETE
                                               : v1::Change::ACTION_UPDATE);
  if (change.before != nullptr) *message.mutable_before() = *change.before;
  if (change.after != nullptr) *message.mutable_after() = *change.after;
  return message;
}

bool SameResource(const v1::Resource& a, const v1::Resource& b) {
  // Serialized, a zone of a million names is a hundred megabytes to be moved about.
  if (a.zone().text() != b.zone().text()) return false;
  return SerializeResource(a) == SerializeResource(b);
}

std::string SerializeResource(const v1::Resource& resource) {
  std::string bytes;
  bytes.reserve(resource.ByteSizeLong());
  google::protobuf::io::StringOutputStream stream(&bytes);
  {
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    resource.SerializeToCodedStream(&coded);
  }
  return bytes;
}

}  // namespace waypost::control
