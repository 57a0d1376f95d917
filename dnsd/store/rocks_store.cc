#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <utility>

#include "dnsd/store/changes.h"
#include "dnsd/store/database.h"
#include "dnsd/store/format.h"
#include "dnsd/store/store.h"

namespace waypost::store {
namespace {

tl::unexpected<Error> Pass(Error error) { return tl::unexpected<Error>(std::move(error)); }

Result<uint64_t> ReadHead(const Database::View& view) {
  auto head = view.Get(std::string(kHeadKey));
  if (!head) return Pass(std::move(head).error());
  if (!*head) return Fail(ErrorCode::kInvalid, fmt::format("\"{}\" is missing", kHeadKey));
  return DecodeNumber(kHeadKey, **head);
}

/// What a revision's record leaves to the present content.
Result<std::string> ReadPresent(const Database::View& view, const std::string& key) {
  auto value = view.Get(ContentKey(key));
  if (!value) return Pass(std::move(value).error());
  return std::move(*value).value_or("");
}

/// That of the current revision.
Result<Revision> ReadLast(const Database::View& view, uint64_t head) {
  const std::string key = RevisionKey(head);
  auto record = view.Get(key);
  if (!record) return Pass(std::move(record).error());
  if (!*record) {
    return Fail(ErrorCode::kInvalid, fmt::format("the record of revision {} is missing", head));
  }
  return DecodeRevision(key, **record,
                        [&view](const std::string& changed) { return ReadPresent(view, changed); });
}

/// 0: there are none.
Result<uint64_t> ReadOldest(const Database::View& view) {
  uint64_t oldest = 0;
  const std::string prefix(kRevisionPrefix);
  auto scanned = view.Scan(prefix, [&](std::string_view key, std::string_view) -> Result<bool> {
    auto number = DecodeNumber(key, key.substr(prefix.size()));
    if (!number) return Pass(std::move(number).error());
    oldest = *number;
    return false;
  });
  if (!scanned) return Pass(std::move(scanned).error());
  return oldest;
}

Result<Content> ReadContent(const Database::View& view) {
  Content content;
  const std::string prefix(kContentPrefix);
  auto scanned =
      view.Scan(prefix, [&](std::string_view key, std::string_view value) -> Result<bool> {
        content.emplace(key.substr(prefix.size()), value);
        return true;
      });
  if (!scanned) return Pass(std::move(scanned).error());
  return content;
}

/// From the newest revision back, with the large values that each leaves to the later ones.
class WayBack {
 public:
  explicit WayBack(const Database::View& view) : view_(view) {}

  Result<Revision> Decode(std::string_view key, std::string_view value) {
    auto revision = DecodeRevision(key, value, [this](const std::string& changed) {
      const auto known = later_.find(changed);
      return known == later_.end() ? ReadPresent(view_, changed)
                                   : Result<std::string>(known->second);
    });
    if (revision) Remember(*revision);
    return revision;
  }

 private:
  void Remember(const Revision& revision) {
    for (const Change& change : revision.changes) {
      const bool is_large = change.before && change.before->size() >= kLargeBytes;
      later_[change.key] = is_large ? *change.before : "";
    }
  }

  const Database::View& view_;
  std::map<std::string, std::string> later_;  // by key; empty: no large value
};

/// As long as `visit` wants more.
Status VisitRevisions(const Database::View& view, const std::function<bool(Revision)>& visit) {
  WayBack way_back(view);
  return view.ScanBack(std::string(kRevisionPrefix), RevisionKey(UINT64_MAX),
                       [&](std::string_view key, std::string_view value) -> Result<bool> {
                         auto revision = way_back.Decode(key, value);
                         if (!revision) return Pass(std::move(revision).error());
                         return visit(*std::move(revision));
                       });
}

/// That of the database, which is written if it is empty; kInvalid for one that this program cannot
/// read.
Result<uint32_t> CheckFormat(Database& database) {
  Result<std::optional<std::string>> written;
  bool empty = true;
  {
    const Database::View view(database);
    written = view.Get(std::string(kFormatKey));
    if (!written) return Pass(std::move(written).error());
    auto scanned = view.Scan("", [&](std::string_view, std::string_view) -> Result<bool> {
      empty = false;
      return false;
    });
    if (!scanned) return Pass(std::move(scanned).error());
  }
  if (empty) {
    auto begun = database.Write({{std::string(kFormatKey), EncodeNumber(kFirstFormatVersion)},
                                 {std::string(kHeadKey), EncodeNumber(0)}},
                                true);
    if (!begun) return Pass(std::move(begun).error());
    return kFirstFormatVersion;
  }
  if (!*written) return Fail(ErrorCode::kInvalid, "this is a database of something else");
  auto version = DecodeNumber(kFormatKey, **written);
  if (!version) return Pass(std::move(version).error());
  if (*version >= kFirstFormatVersion && *version <= kFormatVersion) {
    return static_cast<uint32_t>(*version);
  }
  return Fail(ErrorCode::kInvalid,
              fmt::format("format {} is not known here; this program reads {} to {}", *version,
                          kFirstFormatVersion, kFormatVersion));
}

/// The head must have its record: nothing is served from a store that lost some.
Result<uint64_t> CheckHead(const Database& database) {
  const Database::View view(database);
  auto head = ReadHead(view);
  if (!head || *head == 0) return head;
  auto revision = ReadLast(view, *head);
  if (!revision) return Pass(std::move(revision).error());
  return head;
}

class RocksStore final : public Store {
 public:
  RocksStore(std::unique_ptr<Database> database, uint32_t format, uint64_t head, const Clock& clock)
      : clock_(clock), database_(std::move(database)), format_(format), head_(head) {}

  uint64_t current() const override { return head_.load(std::memory_order_acquire); }
  bool writable() const override { return writable_.load(std::memory_order_relaxed); }
  Result<RevisionInfo> Commit(store::Commit commit) override;
  Result<Content> Read(uint64_t revision) const override;
  Result<std::vector<RevisionOutline>> History(uint64_t before, size_t limit) const override;
  Result<uint64_t> Compact(Wall keep_since) override;
  Status PutState(const std::string& key, const std::string& value, bool durable) override;
  Status WriteState(const std::vector<StateEdit>& edits, bool durable) override;
  Status ScanState(const std::string& prefix, const StateVisitor& visit) const override;
  Result<std::optional<std::string>> GetState(const std::string& key) const override;
  Status WriteJournal(const std::vector<JournalEdit>& edits) override;
  Status VisitJournals(const JournalVisitor& visit) const override;
  Result<std::optional<std::string>> ReadJournal(const std::string& log,
                                                 uint64_t number) const override;

 private:
  Result<Revision> Prepare(store::Commit commit) const;
  Status Save(const Revision& revision);
  Status Write(const std::vector<Edit>& edits, bool sync);
  Status Recover();
  Status CheckSurfaced();

  const Clock& clock_;
  const std::unique_ptr<Database> database_;
  std::mutex write_mutex_;  // one writer at a time
  // Guarded by write_mutex_.
  uint32_t format_;        // of the database
  bool broken_ = false;    // a write failed: the database must be reopened
  bool surfaced_ = false;  // reopening found a commit that was reported as failed
  std::atomic<uint64_t> head_;
  std::atomic<bool> writable_{true};
};

/// The revision that `commit` makes; the current one where it changes nothing.
Result<Revision> RocksStore::Prepare(store::Commit commit) const {
  const Database::View view(*database_);
  auto changes = EffectiveChanges(
      std::move(commit.changes), [&](const std::string& key) { return view.Get(ContentKey(key)); });
  if (!changes) return Pass(std::move(changes).error());
  if (changes->empty()) return current() == 0 ? Revision{} : ReadLast(view, current());
  return Revision{
      {current() + 1, clock_.WallNow(), std::move(commit.author), std::move(commit.reason)},
      *std::move(changes)};
}

Status RocksStore::Save(const Revision& revision) {
  std::vector<Edit> edits;
  edits.reserve(revision.changes.size() + 3);
  for (const Change& change : revision.changes) {
    edits.push_back({ContentKey(change.key), change.after});
  }
  const std::string encoded = EncodeRevision(revision);
  const std::string head = EncodeNumber(revision.info.number);
  edits.push_back({RevisionKey(revision.info.number), encoded});
  edits.push_back({std::string(kHeadKey), head});
  const uint32_t needed = std::max(format_, FormatFor(revision));
  const std::string format = EncodeNumber(needed);
  if (needed > format_) edits.push_back({std::string(kFormatKey), format});
  auto written = Write(edits, true);
  if (written) format_ = needed;
  return written;
}

Result<RevisionInfo> RocksStore::Commit(store::Commit commit) {
  const std::lock_guard lock(write_mutex_);
  if (auto recovered = Recover(); !recovered) return Pass(std::move(recovered).error());
  if (auto checked = CheckSurfaced(); !checked) return Pass(std::move(checked).error());
  if (auto checked = CheckCommit(commit, current()); !checked) {
    return Pass(std::move(checked).error());
  }
  const auto revision = Prepare(std::move(commit));
  if (!revision) return Pass(revision.error());
  if (revision->info.number == current()) return revision->info;
  if (auto saved = Save(*revision); !saved) return Pass(std::move(saved).error());
  head_.store(revision->info.number, std::memory_order_release);
  return revision->info;
}

Status RocksStore::Write(const std::vector<Edit>& edits, bool sync) {
  auto written = database_->Write(edits, sync);
  if (!written) broken_ = true;
  writable_.store(!broken_, std::memory_order_relaxed);
  return written;
}

/// Ends the state after a failed write. Should that write turn out to be on the disk, then its
/// author was told otherwise: the next commit learns of it as of any other conflict.
Status RocksStore::Recover() {
  if (!broken_) return {};
  if (auto reopened = database_->Reopen(); !reopened) return reopened;
  const auto head = CheckHead(*database_);
  if (!head) return Pass(head.error());
  broken_ = false;
  if (head_.exchange(*head, std::memory_order_acq_rel) != *head) surfaced_ = true;
  return {};
}

Status RocksStore::CheckSurfaced() {
  if (!std::exchange(surfaced_, false)) return {};
  return Fail(ErrorCode::kConflict,
              fmt::format("revision {} was reported as failed but reached the disk", current()));
}

Result<Content> RocksStore::Read(uint64_t revision) const {
  const Database::View view(*database_);
  const auto head = ReadHead(view);
  if (!head) return Pass(head.error());
  const auto oldest = ReadOldest(view);
  if (!oldest) return Pass(oldest.error());
  if (revision != 0 && (revision < *oldest || revision > *head)) {
    return NoSuchRevision(revision, *oldest, *head);
  }
  auto content = ReadContent(view);
  if (!content || revision == 0 || revision == *head) return content;
  auto undone = VisitRevisions(view, [&](const Revision& newer) {
    if (newer.info.number > revision) Undo(newer.changes, *content);
    return newer.info.number > revision + 1;
  });
  if (!undone) return Pass(std::move(undone).error());
  return content;
}

Result<std::vector<RevisionOutline>> RocksStore::History(uint64_t before, size_t limit) const {
  std::vector<RevisionOutline> history;
  if (limit == 0) return history;
  const Database::View view(*database_);
  auto visited =
      view.ScanBack(std::string(kRevisionPrefix), RevisionKey(before == 0 ? UINT64_MAX : before),
                    [&](std::string_view key, std::string_view value) -> Result<bool> {
                      auto outline = DecodeOutline(key, value);
                      if (!outline) return Pass(std::move(outline).error());
                      history.push_back(*std::move(outline));
                      return history.size() < limit;
                    });
  if (!visited) return Pass(std::move(visited).error());
  return history;
}

Result<uint64_t> RocksStore::Compact(Wall keep_since) {
  const std::lock_guard lock(write_mutex_);
  if (auto recovered = Recover(); !recovered) return Pass(std::move(recovered).error());
  std::vector<Edit> forgotten;
  {
    const Database::View view(*database_);
    auto scanned = view.Scan(std::string(kRevisionPrefix),
                             [&](std::string_view key, std::string_view value) -> Result<bool> {
                               const auto info = DecodeRevisionInfo(key, value);
                               if (!info) return Pass(info.error());
                               const bool old = info->time < keep_since && info->number < current();
                               if (old) forgotten.push_back({std::string(key), std::nullopt});
                               return old;
                             });
    if (!scanned) return Pass(std::move(scanned).error());
  }
  if (forgotten.empty()) return 0;
  if (auto written = Write(forgotten, true); !written) return Pass(std::move(written).error());
  return forgotten.size();
}

Status RocksStore::PutState(const std::string& key, const std::string& value, bool durable) {
  return WriteState({{key, value}}, durable);
}

Status RocksStore::WriteState(const std::vector<StateEdit>& edits, bool durable) {
  std::vector<Edit> written;
  written.reserve(edits.size());
  for (const StateEdit& edit : edits) written.push_back({StateKey(edit.key), edit.value});
  const std::lock_guard lock(write_mutex_);
  if (auto recovered = Recover(); !recovered) return recovered;
  return Write(written, durable);
}

Status RocksStore::ScanState(const std::string& prefix, const StateVisitor& visit) const {
  return Database::View(*database_)
      .Scan(StateKey(prefix), [&](std::string_view key, std::string_view value) -> Result<bool> {
        if (Status status = visit(key.substr(kStatePrefix.size()), value); !status) {
          return Pass(std::move(status).error());
        }
        return true;
      });
}

Result<std::optional<std::string>> RocksStore::GetState(const std::string& key) const {
  return Database::View(*database_).Get(StateKey(key));
}

Status RocksStore::WriteJournal(const std::vector<JournalEdit>& edits) {
  std::vector<Edit> written;
  for (const JournalEdit& edit : edits) {
    written.push_back({JournalKey(edit.log, edit.number), edit.value});
  }
  const std::lock_guard lock(write_mutex_);
  if (auto recovered = Recover(); !recovered) return recovered;
  return Write(written, false);
}

Status RocksStore::VisitJournals(const JournalVisitor& visit) const {
  return Database::View(*database_)
      .Scan(std::string(kJournalPrefix),
            [&](std::string_view key, std::string_view value) -> Result<bool> {
              auto place = DecodeJournalKey(key);
              if (!place) return Pass(std::move(place).error());
              return visit(place->first, place->second, value);
            });
}

Result<std::optional<std::string>> RocksStore::ReadJournal(const std::string& log,
                                                           uint64_t number) const {
  return Database::View(*database_).Get(JournalKey(log, number));
}

}  // namespace

Result<std::unique_ptr<Store>> OpenRocksStore(const std::string& directory, const Clock& clock) {
  auto database = Database::Open(directory);
  if (!database) return Pass(std::move(database).error());
  const std::string place = fmt::format("state {}", directory);
  auto format = CheckFormat(**database);
  if (!format) return Pass(std::move(format).error().In(place));
  auto head = CheckHead(**database);
  if (!head) return Pass(std::move(head).error().In(place));
  return std::make_unique<RocksStore>(*std::move(database), *format, *head, clock);
}

}  // namespace waypost::store
