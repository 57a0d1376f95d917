#include "dnsd/control/loading.h"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <set>
#include <system_error>
#include <unordered_set>

#include "dnsd/base/parallel.h"
#include "dnsd/wire/name.h"

namespace waypost::control {
namespace {

/// Resources that a thread serializes at once.
constexpr size_t kShare = 64;

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
  if (parsed.kept.empty()) return false;
  Ids read;
  for (const config::ParsedResource& one : parsed.resources) {
    read.insert(config::IdOf(one.resource));
  }
  return std::any_of(parsed.kept.begin(), parsed.kept.end(),
                     [&read](const std::string& id) { return read.contains(id); });
}

v1::Statement StatementOf(const config::ParsedResource& one) {
  v1::Statement statement;
  statement.set_digest(DigestOf(SerializeResource(one.resource)));
  if (one.stamp) {
    statement.set_path(config::KnownFiles::KeyOf(one.source.file));
    statement.set_stamp(*one.stamp);
  }
  return statement;
}

std::vector<v1::Statement> StatementsOf(const std::vector<config::ParsedResource>& resources) {
  std::vector<v1::Statement> statements(resources.size());
  ParallelFor(resources.size(), kShare,
              [&](size_t i) { statements[i] = StatementOf(resources[i]); });
  return statements;
}

bool IsSame(const v1::Statement& a, const v1::Statement& b) {
  return a.digest() == b.digest() && a.path() == b.path() && a.stamp() == b.stamp();
}

/// The only known file that is called after the zone, and says nothing else; empty: none, or more.
std::string MasterFileOf(const std::string& zone, const std::vector<std::string>& paths,
                         config::KnownFiles& known) {
  const std::string name = "/" + zone + ".zone";
  std::string found;
  for (const std::string& path : paths) {
    const std::string folder = path.ends_with('/') ? path.substr(0, path.size() - 1) : path;
    std::string file = path.ends_with(name) ? path : folder + name;
    const config::KnownFile* const one = known.Find(file);
    std::error_code error;
    if (one == nullptr || one->content != nullptr) continue;
    if (!std::filesystem::exists(file, error)) continue;
    if (!found.empty()) return "";
    found = std::move(file);
  }
  return found;
}

}  // namespace

std::optional<config::Parsed> ParseZones(const std::vector<std::string>& paths,
                                         const std::vector<std::string>& zones,
                                         config::KnownFiles& known) {
  std::vector<std::string> files;
  for (const std::string& zone : std::set(zones.begin(), zones.end())) {
    files.push_back(MasterFileOf(zone, paths, known));
    if (files.back().empty()) return std::nullopt;
  }
  config::KnownFiles seen;
  config::Parsed parsed = ReadAll(files, known, seen);
  known.Merge(std::move(seen));
  return parsed;
}

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

Wish WishOf(config::Parsed parsed, const Former& former, const config::ResourceSet& current) {
  Wish wish{{current, {}, {}}, {}};
  std::vector<v1::Statement> statements = StatementsOf(parsed.resources);
  wish.statements.reserve(parsed.resources.size());
  Ids seen;
  seen.reserve(parsed.resources.size());
  std::vector<v1::Resource*> news;
  for (size_t i = 0; i < statements.size(); ++i) {
    config::ParsedResource& one = parsed.resources[i];
    std::string id = config::IdOf(one.resource);
    v1::Statement& statement = statements[i];
    const bool is_first = seen.insert(id).second;
    const auto before = former.statements.find(id);
    const bool same =
        before != former.statements.end() && before->second.digest() == statement.digest();
    wish.statements.emplace_back(std::move(id), std::move(statement));
    if (same && is_first) continue;
    NotePlace(wish.change, one.resource, std::move(one.source));
    news.push_back(&one.resource);
  }
  // Afterwards, lest what stays in memory lies between what goes, and pages are never free. Moved,
  // not copied: of a hundred thousand zones, copies would be half of all memory.
  for (v1::Resource* const one : news) {
    const std::string id = config::IdOf(*one);
    wish.change.resources[id] = std::make_shared<v1::Resource>(std::move(*one));
  }
  if (former.gone.empty()) return wish;
  for (const std::string& id : former.gone) wish.change.resources.erase(id);
  seen.insert(parsed.kept.begin(), parsed.kept.end());
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

Statements NewsOf(const Wish& wish, const Faults& set_aside, const config::ResourceSet& served,
                  const Former& former) {
  Ids aside;
  for (const auto& [zone, why] : set_aside) aside.insert("zone/" + zone);
  Statements news;
  for (const auto& [id, said] : wish.statements) {
    v1::Statement statement = said;
    if (aside.contains(id)) {
      const auto now = served.find(id);
      if (now == served.end() || now->second->zone().faults().empty()) continue;
      statement.Clear();
      statement.set_digest(DigestOf(SerializeResource(*now->second)));
    }
    const auto before = former.statements.find(id);
    const bool is_new = before == former.statements.end() || !IsSame(before->second, statement);
    if (is_new) news.emplace_back(id, std::move(statement));
  }
  return news;
}

}  // namespace waypost::control
