#include "dnsd/control/loading.h"

#include <algorithm>
#include <iterator>
#include <map>

#include "dnsd/control/change_set.h"

namespace waypost::control {

config::Parsed ParseFiles(const std::vector<std::string>& paths, Problems& problems) {
  config::Parsed parsed;
  for (const std::string& path : paths) {
    config::Parsed one = config::LoadPath(path);
    std::move(one.resources.begin(), one.resources.end(), std::back_inserter(parsed.resources));
    std::move(one.problems.begin(), one.problems.end(), std::back_inserter(problems));
  }
  return parsed;
}

v1::ApplyRequest RequestFor(const config::Parsed& parsed, const v1::LoadedFiles& before,
                            const config::ResourceSet& current) {
  v1::ApplyRequest request;
  request.mutable_intent()->set_author("files");
  request.mutable_intent()->set_reason("loaded from files");
  std::map<std::string, bool> named;
  for (const config::ParsedResource& one : parsed.resources) {
    const std::string id = config::IdOf(one.resource);
    const bool seen_before = named.contains(id);
    named[id] = true;
    const auto former = before.resources().find(id);
    const bool same =
        former != before.resources().end() && former->second == SerializeResource(one.resource);
    if (same && !seen_before) continue;
    v1::SourcedResource* sourced = request.add_resources();
    *sourced->mutable_resource() = one.resource;
    sourced->set_file(one.source.file);
    sourced->set_line(one.source.line);
    sourced->mutable_field_lines()->insert(one.source.field_lines.begin(),
                                           one.source.field_lines.end());
  }
  for (const auto& [id, bytes] : before.resources()) {
    if (!named.contains(id) && current.contains(id)) request.add_delete_(id);
  }
  return request;
}

void SetAside(const std::vector<std::string>& zones, const config::ResourceSet& current,
              config::ResourceSet& wished) {
  for (const std::string& zone : zones) {
    const std::string id = "zone/" + zone;
    const auto former = current.find(id);
    if (former == current.end()) {
      wished.erase(id);
    } else {
      wished[id] = former->second;
    }
  }
}

v1::LoadedFiles Loaded(const config::Parsed& parsed,
                       const std::vector<std::string>& zones_set_aside,
                       const v1::LoadedFiles& before) {
  v1::LoadedFiles loaded;
  for (const config::ParsedResource& one : parsed.resources) {
    (*loaded.mutable_resources())[config::IdOf(one.resource)] = SerializeResource(one.resource);
  }
  for (const std::string& zone : zones_set_aside) {
    const std::string id = "zone/" + zone;
    const auto former = before.resources().find(id);
    if (former == before.resources().end()) {
      loaded.mutable_resources()->erase(id);
    } else {
      (*loaded.mutable_resources())[id] = former->second;
    }
  }
  return loaded;
}

}  // namespace waypost::control
