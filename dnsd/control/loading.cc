#include "dnsd/control/loading.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <unordered_set>

#include "dnsd/base/siphash.h"
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

/// Then both files must be read to say so.
bool IsDeclaredTwice(const config::Parsed& parsed) {
  Ids read;
  for (const config::ParsedResource& one : parsed.resources) {
    read.insert(config::IdOf(one.resource));
  }
  return std::any_of(parsed.kept.begin(), parsed.kept.end(),
                     [&read](const std::string& id) { return read.contains(id); });
}

/// Those of before that no file declares any more. What was kept was there before, so that numbers
/// tell whether there is any.
std::vector<std::string> GoneFrom(const v1::LoadedFiles& before, const Wish& wish) {
  Ids named;
  for (const Statement& statement : wish.statements) named.insert(statement.id);
  const auto is_known = [&](const std::string& id) { return before.resources().contains(id); };
  const auto known = static_cast<size_t>(std::count_if(named.begin(), named.end(), is_known));
  std::vector<std::string> gone;
  if (wish.kept.size() + known == before.resources().size()) return gone;
  named.insert(wish.kept.begin(), wish.kept.end());
  for (const auto& [id, digest] : before.resources()) {
    if (!named.contains(id)) gone.push_back(id);
  }
  return gone;
}

}  // namespace

config::Parsed ParseFiles(const std::vector<std::string>& paths, config::KnownFiles& known) {
  config::KnownFiles seen;
  config::Parsed parsed = ReadAll(paths, known, seen);
  if (IsDeclaredTwice(parsed)) {
    known.Forget();
    seen.Forget();
    parsed = ReadAll(paths, known, seen);
  }
  known = std::move(seen);
  return parsed;
}

Wish WishOf(config::Parsed parsed, const v1::LoadedFiles& before,
            const config::ResourceSet& current) {
  Wish wish{{current, {}, {}}, {}, std::move(parsed.kept)};
  wish.statements.reserve(parsed.resources.size());
  Ids seen;
  for (config::ParsedResource& one : parsed.resources) {
    std::string id = config::IdOf(one.resource);
    std::string digest = DigestOf(SerializeResource(one.resource));
    const bool is_first = seen.insert(id).second;
    const auto former = before.resources().find(id);
    const bool same = former != before.resources().end() && former->second == digest;
    wish.statements.push_back({std::move(id), std::move(digest)});
    if (same && is_first) continue;
    // Moved, not copied: of a hundred thousand zones, copies would be half of all memory.
    auto resource = std::make_shared<v1::Resource>(std::move(one.resource));
    Put(wish.change, std::move(resource), std::move(one.source));
  }
  for (const std::string& id : GoneFrom(before, wish)) wish.change.resources.erase(id);
  seen.insert(wish.kept.begin(), wish.kept.end());
  const auto is_declared = [&seen](const std::string& id) { return seen.contains(id); };
  RemoveRrsetsOfGoneZones(current, is_declared, wish.change);
  return wish;
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

bool Note(const Wish& wish, const Faults& set_aside, const config::ResourceSet& served,
          v1::LoadedFiles& loaded) {
  auto& digests = *loaded.mutable_resources();
  const std::vector<std::string> gone = GoneFrom(loaded, wish);
  for (const std::string& id : gone) digests.erase(id);
  bool is_new = !gone.empty();
  const auto put = [&](const std::string& id, const std::string& digest) {
    std::string& known = digests[id];
    is_new = is_new || known != digest;
    known = digest;
  };
  Ids aside;
  for (const auto& [zone, why] : set_aside) aside.insert("zone/" + zone);
  for (const auto& [id, digest] : wish.statements) {
    const auto now = served.find(id);
    if (!aside.contains(id)) {
      put(id, digest);
    } else if (now != served.end() && !now->second->zone().faults().empty()) {
      put(id, DigestOf(SerializeResource(*now->second)));
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
