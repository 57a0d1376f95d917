#include "dnsd/store/changes.h"

#include <fmt/format.h>

#include "dnsd/store/format.h"

namespace waypost::store {
namespace {

void Set(Content& content, const std::string& key, const std::optional<std::string>& value) {
  if (value) {
    content[key] = *value;
  } else {
    content.erase(key);
  }
}

Status CheckChange(const Change& change) {
  if (change.key.empty()) return Fail(ErrorCode::kInvalid, "a change has no key");
  const size_t bytes = change.key.size() + (change.after ? change.after->size() : 0);
  if (bytes <= kMaxValueBytes) return {};
  return Fail(ErrorCode::kInvalid, fmt::format("{}: {} bytes are more than a store keeps ({})",
                                               change.key.substr(0, 256), bytes, kMaxValueBytes));
}

}  // namespace

Status CheckCommit(const Commit& commit, uint64_t current) {
  if (commit.expected_revision && *commit.expected_revision != current) {
    return Fail(ErrorCode::kConflict, fmt::format("the current revision is {}, expected was {}",
                                                  current, *commit.expected_revision));
  }
  for (const Change& change : commit.changes) {
    if (auto checked = CheckChange(change); !checked) return checked;
  }
  return {};
}

Result<std::vector<Change>> EffectiveChanges(const std::vector<Change>& changes,
                                             const Lookup& find) {
  std::map<std::string, const Change*> last;
  for (const Change& change : changes) last[change.key] = &change;
  std::vector<Change> effective;
  for (const auto& [key, change] : last) {
    auto before = find(key);
    if (!before) return tl::unexpected<Error>(std::move(before).error());
    if (*before != change->after) effective.push_back({key, *std::move(before), change->after});
  }
  return effective;
}

void Apply(const std::vector<Change>& changes, Content& content) {
  for (const Change& change : changes) Set(content, change.key, change.after);
}

void Undo(const std::vector<Change>& changes, Content& content) {
  for (const Change& change : changes) Set(content, change.key, change.before);
}

tl::unexpected<Error> NoSuchRevision(uint64_t number, uint64_t oldest, uint64_t current) {
  if (current == 0) return Fail(ErrorCode::kNotFound, "there are no revisions yet");
  return Fail(ErrorCode::kNotFound,
              fmt::format("there is no revision {}: {} to {} are kept", number, oldest, current));
}

}  // namespace waypost::store
