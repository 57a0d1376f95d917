// Changes of the configuration as pure functions: a set of resources and a wish in, the wished set
// out.
//
// Thread safety: pure. Errors: an Error for a wish that makes no sense on this set; what the set
// itself must satisfy is checked by config::Build afterwards.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "dnsd/base/result.h"
#include "dnsd/config/resource_set.h"
#include "waypost/v1/control.pb.h"

namespace waypost::control {

struct ChangeSet {
  config::ResourceSet resources;
  config::Sources sources;
  Problems problems;
};

/// Says where a resource came from that is put in. One that was put in already is a problem.
void NotePlace(ChangeSet& change, const v1::Resource& resource, config::Source source);
/// Puts in one resource, which came from there. One that was put in already is a problem.
void Put(ChangeSet& change, std::shared_ptr<const v1::Resource> resource, config::Source source);

/// Whether the change declares the resource of this id itself.
using IsDeclared = std::function<bool(const std::string& id)>;
/// Rrsets lie over a zone and go with it: those of zones that `current` has and the change has not,
/// unless it declares them.
void RemoveRrsetsOfGoneZones(const config::ResourceSet& current, const IsDeclared& is_declared,
                             ChangeSet& change);

/// Resources put in or replaced, deleted (zones with what lies over them), and with `prune` those
/// not named removed. Deleting what is not there is a problem.
ChangeSet ApplyTo(const config::ResourceSet& current, const v1::ApplyRequest& request);

Result<config::ResourceSet> WithWeight(const config::ResourceSet& current,
                                       const v1::SetWeightRequest& request);
Result<config::ResourceSet> WithOverride(const config::ResourceSet& current,
                                         const v1::Override& wish);
Result<config::ResourceSet> WithoutOverride(const config::ResourceSet& current,
                                            const std::string& target);

/// Before and after are null where there is none.
struct ResourceChange {
  std::string id;
  std::shared_ptr<const v1::Resource> before, after;
};
/// What leads from one to the other, by id. Costs what they do not share.
std::vector<ResourceChange> Difference(const config::ResourceSet& before,
                                       const config::ResourceSet& after);
v1::Change ToProto(const ResourceChange& change);

/// Set equality by content.
bool SameResource(const v1::Resource& a, const v1::Resource& b);
/// Equal resources give equal bytes (maps are written in key order).
std::string SerializeResource(const v1::Resource& resource);

}  // namespace waypost::control
