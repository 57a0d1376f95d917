// What a commit really changes, and how to go back: the rules that every store shares.
//
// Thread safety: pure functions. Errors: kInvalid for a commit that no store can keep; those of
// the lookup.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "dnsd/base/result.h"
#include "dnsd/store/store.h"

namespace waypost::store {

using Lookup = std::function<Result<std::optional<std::string>>(const std::string& key)>;

/// kConflict unless `commit` expects `current` or nothing; kInvalid for a change without a key or
/// with a value above the limit.
Status CheckCommit(const Commit& commit, uint64_t current);

/// The changes that differ from what `find` gives, by key, with `before` filled in. Where a key is
/// named twice, the later change counts.
Result<std::vector<Change>> EffectiveChanges(std::vector<Change> changes, const Lookup& find);

/// As if the changes had not been made.
void Undo(const std::vector<Change>& changes, Content& content);

tl::unexpected<Error> NoSuchRevision(uint64_t number, uint64_t oldest, uint64_t current);

}  // namespace waypost::store
