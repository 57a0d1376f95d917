#include "dnsd/store/changes.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

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

namespace {

/// By key; of those with the same key, the last.
void SortAndUnite(std::vector<Change>& changes) {
  std::stable_sort(changes.begin(), changes.end(),
                   [](const Change& a, const Change& b) { return a.key < b.key; });
  const auto last = std::unique(changes.rbegin(), changes.rend(),
                                [](const Change& a, const Change& b) { return a.key == b.key; });
  changes.erase(changes.begin(), last.base());
}

}  // namespace

Result<std::vector<Change>> EffectiveChanges(std::vector<Change> changes, const Lookup& find) {
  SortAndUnite(changes);
  for (Change& change : changes) {
    auto before = find(change.key);
    if (!before) return tl::unexpected<Error>(std::move(before).error());
    change.before = *std::move(before);
  }
  std::erase_if(changes, [](const Change& change) { return change.before == change.after; });
  return changes;
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
