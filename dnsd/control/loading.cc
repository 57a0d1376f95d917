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

config::Parsed ReadAll(const std::vector<std::string>& paths, const config::KnownFiles& known,
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

std::unordered_set<std::string> NamedBy(const config::Parsed& parsed) {
  std::unordered_set<std::string> named(parsed.kept.begin(), parsed.kept.end());
  for (const config::ParsedResource& one : parsed.resources)
    named.insert(config::IdOf(one.resource));
  return named;
}

/// Then both files must be read to say so.
bool IsDeclaredTwice(const config::Parsed& parsed) {
  const std::unordered_set<std::string> kept(parsed.kept.begin(), parsed.kept.end());
  return kept.size() < parsed.kept.size() ||
         std::any_of(parsed.resources.begin(), parsed.resources.end(),
                     [&](const auto& one) { return kept.contains(config::IdOf(one.resource)); });
}

}  // namespace

config::Parsed ParseFiles(const std::vector<std::string>& paths, const config::KnownFiles& known,
                          config::KnownFiles& seen) {
  config::Parsed parsed = ReadAll(paths, known, seen);
  if (!IsDeclaredTwice(parsed)) return parsed;
  seen.clear();
  return ReadAll(paths, {}, seen);
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
  const auto named = NamedBy(parsed);
  for (const auto& [id, digest] : before.resources()) {
    if (!named.contains(id) && current.contains(id)) request.add_delete_(id);
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
  const auto named = NamedBy(parsed);
  bool is_new = false;
  for (auto at = digests.begin(); at != digests.end();) {
    const bool stays = named.contains(at->first);
    is_new = is_new || !stays;
    at = stays ? std::next(at) : digests.erase(at);
  }
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
