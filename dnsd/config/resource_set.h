// All declared resources of one revision, by identity.
//
// Thread safety: a value. Errors: none; content is checked by config/validate.h.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "dnsd/base/problem.h"
#include "dnsd/base/shared_map.h"
#include "waypost/v1/resource.pb.h"

namespace waypost::config {

/// region, monitor, pool, network, policy, record, zone, override, key, rrset, view, registration,
/// automation, signal, webhook; empty: the resource has no kind set.
std::string KindOf(const v1::Resource& resource);
/// Its name; a zone's origin, a record's owner and a key's name lowered and without the last dot;
/// an RRset's NAME/TYPE; a registration's POOL/ADDRESS; an override's target, with the names and
/// addresses in it in one spelling. What belongs to a view has @VIEW behind its name.
std::string NameOf(const v1::Resource& resource);
/// KIND/NAME.
std::string IdOf(const v1::Resource& resource);
/// `policy "web"`, for messages.
std::string Describe(const v1::Resource& resource);

/// Id -> resource. Revisions that differ a little share the rest.
using ResourceSet = SharedMap<std::shared_ptr<const v1::Resource>>;

/// Where each resource was written, for messages.
struct Source {
  std::string file;
  uint32_t line = 0;
  std::map<std::string, uint32_t> field_lines;  // field path -> line
};
using Sources = std::map<std::string, Source>;  // by id

/// Fills in file and line of problems whose object and field are known.
void Locate(Problems& problems, const Sources& sources);

}  // namespace waypost::config
