#include <deque>
#include <memory>
#include <mutex>
#include <utility>

#include "dnsd/store/changes.h"
#include "dnsd/store/store.h"

namespace waypost::store {
namespace {

/// Shared by the content and the revisions that made it. Null: there is none.
using Value = std::shared_ptr<const std::string>;
using Values = std::map<std::string, Value>;

Value ToValue(std::optional<std::string> text) {
  return text ? std::make_shared<const std::string>(*std::move(text)) : nullptr;
}

std::optional<std::string> ToText(const Value& value) {
  return value == nullptr ? std::nullopt : std::optional(*value);
}

struct KeptChange {
  std::string key;
  Value before, after;
};

struct KeptRevision {
  RevisionInfo info;
  std::vector<KeptChange> changes;
};

RevisionOutline OutlineOf(const KeptRevision& kept) {
  RevisionOutline outline{kept.info, {}};
  for (const KeptChange& change : kept.changes) {
    outline.changes.push_back({change.key, change.before != nullptr, change.after != nullptr});
  }
  return outline;
}

void Set(Values& values, const std::string& key, const Value& value) {
  if (value == nullptr) {
    values.erase(key);
  } else {
    values[key] = value;
  }
}

class MemoryStore final : public Store {
 public:
  explicit MemoryStore(const Clock& clock) : clock_(clock) {}

  bool writable() const override { return true; }
  uint64_t current() const override {
    const std::lock_guard lock(mutex_);
    return Head();
  }

  Result<RevisionInfo> Commit(store::Commit commit) override {
    const std::lock_guard lock(mutex_);
    if (auto checked = CheckCommit(commit, Head()); !checked) {
      return tl::unexpected<Error>(std::move(checked).error());
    }
    auto changes = EffectiveChanges(std::move(commit.changes), [this](const std::string& key) {
      return Result<std::optional<std::string>>(ToText(Declared(key)));
    });
    if (!changes) return tl::unexpected<Error>(std::move(changes).error());
    if (changes->empty()) return revisions_.empty() ? RevisionInfo{} : revisions_.back().info;
    KeptRevision& kept = revisions_.emplace_back(KeptRevision{
        {Head() + 1, clock_.WallNow(), std::move(commit.author), std::move(commit.reason)}, {}});
    kept.changes.reserve(changes->size());
    for (Change& change : *changes) {
      const Value before = Declared(change.key);
      const Value after = ToValue(std::move(change.after));
      Set(content_, change.key, after);
      kept.changes.push_back({std::move(change.key), before, after});
    }
    return kept.info;
  }

  Result<Content> Read(uint64_t revision) const override {
    const std::lock_guard lock(mutex_);
    if (revision != 0 && (revision < Oldest() || revision > Head())) {
      return NoSuchRevision(revision, Oldest(), Head());
    }
    Values values = content_;
    for (auto it = revisions_.rbegin(); revision != 0 && it->info.number > revision; ++it) {
      for (const KeptChange& change : it->changes) Set(values, change.key, change.before);
    }
    Content content;
    for (const auto& [key, value] : values) content.emplace_hint(content.end(), key, *value);
    return content;
  }

  Result<std::vector<RevisionOutline>> History(uint64_t before, size_t limit) const override {
    const std::lock_guard lock(mutex_);
    std::vector<RevisionOutline> history;
    for (auto it = revisions_.rbegin(); it != revisions_.rend() && history.size() < limit; ++it) {
      if (before == 0 || it->info.number < before) history.push_back(OutlineOf(*it));
    }
    return history;
  }

  Result<uint64_t> Compact(Wall keep_since) override {
    const std::lock_guard lock(mutex_);
    uint64_t forgotten = 0;
    for (; revisions_.size() > 1 && revisions_.front().info.time < keep_since; ++forgotten) {
      revisions_.pop_front();
    }
    return forgotten;
  }

  Status PutState(const std::string& key, const std::string& value, bool) override {
    const std::lock_guard lock(mutex_);
    states_[key] = value;
    return {};
  }

  Status WriteState(const std::vector<StateEdit>& edits, bool) override {
    const std::lock_guard lock(mutex_);
    for (const StateEdit& edit : edits) {
      if (edit.value) {
        states_[edit.key] = *edit.value;
      } else {
        states_.erase(edit.key);
      }
    }
    return {};
  }

  Status ScanState(const std::string& prefix, const StateVisitor& visit) const override {
    const std::lock_guard lock(mutex_);
    for (auto at = states_.lower_bound(prefix);
         at != states_.end() && at->first.starts_with(prefix); ++at) {
      if (Status status = visit(at->first, at->second); !status) return status;
    }
    return {};
  }

  Result<std::optional<std::string>> GetState(const std::string& key) const override {
    const std::lock_guard lock(mutex_);
    return Find(states_, key);
  }

  Status WriteJournal(const std::vector<JournalEdit>& edits) override {
    const std::lock_guard lock(mutex_);
    for (const JournalEdit& edit : edits) {
      if (edit.value) {
        journals_[{edit.log, edit.number}] = *edit.value;
      } else {
        journals_.erase({edit.log, edit.number});
      }
    }
    return {};
  }

  Status VisitJournals(const JournalVisitor& visit) const override {
    const std::lock_guard lock(mutex_);
    for (const auto& [key, value] : journals_) {
      if (!visit(key.first, key.second, value)) break;
    }
    return {};
  }

  Result<std::optional<std::string>> ReadJournal(const std::string& log,
                                                 uint64_t number) const override {
    const std::lock_guard lock(mutex_);
    const auto found = journals_.find({log, number});
    return found == journals_.end() ? std::nullopt : std::optional(found->second);
  }

 private:
  static std::optional<std::string> Find(const Content& content, const std::string& key) {
    const auto found = content.find(key);
    return found == content.end() ? std::nullopt : std::optional(found->second);
  }
  Value Declared(const std::string& key) const {
    const auto found = content_.find(key);
    return found == content_.end() ? nullptr : found->second;
  }
  uint64_t Head() const { return revisions_.empty() ? 0 : revisions_.back().info.number; }
  uint64_t Oldest() const { return revisions_.empty() ? 0 : revisions_.front().info.number; }

  const Clock& clock_;
  mutable std::mutex mutex_;
  // Guarded by mutex_. Numbers in revisions_ follow one another.
  std::deque<KeptRevision> revisions_;
  Values content_;
  Content states_;
  std::map<std::pair<std::string, uint64_t>, std::string> journals_;
};

}  // namespace

std::unique_ptr<Store> OpenMemoryStore(const Clock& clock) {
  return std::make_unique<MemoryStore>(clock);
}

}  // namespace waypost::store
