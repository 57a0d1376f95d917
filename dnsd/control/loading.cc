#include "dnsd/control/loading.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <unordered_set>

#include "dnsd/base/siphash.h"
#include "dnsd/control/change_set.h"
#include "dnsd/wire/name.h"

namespace waypost::control {
namespace {

/// Of a serialized resource: two hashes of 64 bits each, with keys that are no secret.
constexpr size_t kDigestOctets = 16;

std::string DigestOf(std::string_view serialized) {
  const std::span octets(reinterpret_cast<const uint8_t*>(serialized.data()), serialized.size());
  std::string digest;
  for (const uint8_t key : {uint8_t{0}, uint8_t{1}}) {
    const uint64_t hash = SipHash24(SipKey{key}, octets);
    for (int shift = 56; shift >= 0; shift -= 8) digest += static_cast<char>(hash >> shift);
  }
  return digest;
}

template <typename T>
void Append(std::vector<T>& all, std::vector<T>& more) {
  std::move(more.begin(), more.end(), std::back_inserter(all));
}

config::Parsed ReadAll(const std::vector<std::string>& paths, config::KnownFiles& known,
                       config::KnownFiles& seen) {
  config::Parsed parsed;
  for (const std::string& path : paths) {
    config::Parsed one = config::LoadPath(path, known, seen);
    Append(parsed.resources, one.resources);
    Append(parsed.problems, one.problems);
    Append(parsed.zone_problems, one.zone_problems);
    Append(parsed.kept, one.kept);
  }
  return parsed;
}

using Ids = std::unordered_set<std::string>;

/// Of what was read.
Ids ReadIn(const config::Parsed& parsed) {
  Ids ids;
  for (const config::ParsedResource& one : parsed.resources) ids.insert(config::IdOf(one.resource));
  return ids;
}

/// Then both files must be read to say so.
bool IsDeclaredTwice(const config::Parsed& parsed) {
  const Ids read = ReadIn(parsed);
  return std::any_of(parsed.kept.begin(), parsed.kept.end(),
                     [&read](const std::string& id) { return read.contains(id); });
}

/// Those of before that no file declares any more. What was kept was there before, so that numbers
/// tell whether there is any.
std::vector<std::string> GoneFrom(const v1::LoadedFiles& before, const config::Parsed& parsed) {
  Ids named = ReadIn(parsed);
  const auto is_known = [&](const std::string& id) { return before.resources().contains(id); };
  const auto known = static_cast<size_t>(std::count_if(named.begin(), named.end(), is_known));
  std::vector<std::string> gone;
  if (parsed.kept.size() + known == before.resources().size()) return gone;
  named.insert(parsed.kept.begin(), parsed.kept.end());
  for (const auto& [id, digest] : before.resources()) {
    if (!named.contains(id)) gone.push_back(id);
  }
  return gone;
}

}  // namespace

config::Parsed ParseFiles(const std::vector<std::string>& paths, config::KnownFiles& known) {
  config::KnownFiles seen;
  seen.reserve(known.size());
  config::Parsed parsed = ReadAll(paths, known, seen);
  if (IsDeclaredTwice(parsed)) {
    known.clear();
    seen.clear();
    parsed = ReadAll(paths, known, seen);
  }
  known = std::move(seen);
  return parsed;
}

v1::ApplyRequest RequestFor(const config::Parsed& parsed, const v1::LoadedFiles& before,
                            const config::ResourceSet& current) {
  v1::ApplyRequest request;
  request.mutable_intent()->set_author("files");
  request.mutable_intent()->set_reason("loaded from files");
  std::unordered_set<std::string> seen;
  for (const config::ParsedResource& one : parsed.resources) {
    const std::string id = config::IdOf(one.resource);
    const bool is_first = seen.insert(id).second;
    const auto former = before.resources().find(id);
    const bool same = former != before.resources().end() &&
                      former->second == DigestOf(SerializeResource(one.resource));
    if (same && is_first) continue;
    v1::SourcedResource* sourced = request.add_resources();
    *sourced->mutable_resource() = one.resource;
    sourced->set_file(one.source.file);
    sourced->set_line(one.source.line);
    sourced->mutable_field_lines()->insert(one.source.field_lines.begin(),
                                           one.source.field_lines.end());
  }
  for (const std::string& id : GoneFrom(before, parsed)) {
    if (current.contains(id)) request.add_delete_(id);
  }
  return request;
}

void SetAside(const Faults& faults, const config::ResourceSet& current,
              config::ResourceSet& wished) {
  for (const auto& [zone, why] : faults) {
    const std::string id = "zone/" + zone;
    if (!wished.contains(id)) continue;  // a catalog lists it
    const auto former = current.find(id);
    if (former != current.end() && former->second->zone().faults().empty()) {
      wished[id] = former->second;
    } else if (!wire::Name::Parse(wished.at(id)->zone().origin())) {
      wished.erase(id);  // nobody can ask for it
    } else {
      auto faulty = std::make_shared<v1::Resource>(*wished.at(id));
      faulty->mutable_zone()->clear_text();
      faulty->mutable_zone()->set_faults(why);
      wished[id] = std::move(faulty);
    }
  }
}

bool Note(const config::Parsed& parsed, const Faults& set_aside, const config::ResourceSet& served,
          v1::LoadedFiles& loaded) {
  auto& digests = *loaded.mutable_resources();
  const std::vector<std::string> gone = GoneFrom(loaded, parsed);
  for (const std::string& id : gone) digests.erase(id);
  bool is_new = !gone.empty();
  const auto put = [&](const std::string& id, const v1::Resource& resource) {
    std::string digest = DigestOf(SerializeResource(resource));
    is_new = is_new || digests[id] != digest;
    digests[id] = std::move(digest);
  };
  for (const config::ParsedResource& one : parsed.resources) {
    const std::string id = config::IdOf(one.resource);
    const auto now = served.find(id);
    if (!one.resource.has_zone() || !set_aside.contains(config::NameOf(one.resource))) {
      put(id, one.resource);
    } else if (now != served.end() && !now->second->zone().faults().empty()) {
      put(id, *now->second);
    }
  }
  return is_new;
}

void Modernize(v1::LoadedFiles& loaded) {
  for (auto& [id, value] : *loaded.mutable_resources()) {
    if (value.size() != kDigestOctets) value = DigestOf(value);
  }
}

}  // namespace waypost::control
