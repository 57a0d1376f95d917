// The steps that lead one after the other to a zone's current version, oldest first; kept in the
// store, bounded.
//
// Thread safety: one thread. Ownership: the store must outlive it; steps that were read are shared
// by all who send them. Errors: a store that cannot take a step gives the error, and the chain is
// empty then, since the next start would find a gap.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dnsd/control/journal_limits.h"
#include "dnsd/store/store.h"
#include "dnsd/transfer/difference.h"

namespace waypost::control {

class JournalChain {
 public:
  /// `name`: of the journal in the store.
  JournalChain(store::Store& store, std::string name, const JournalLimits& limits)
      : store_(store), name_(std::move(name)), limits_(limits) {}

  /// An entry as the store has it, in the order of their numbers. What does not follow the entry
  /// before it makes that and all older ones garbage.
  void Take(uint64_t number, std::string_view value);

  /// `digest`: of the version before the step.
  Status Append(const transfer::Difference& step, uint64_t digest, uint64_t revision);
  /// Forgets all, in the store too.
  Status Clear();

  /// From the version with this serial to the last; nullopt: it is not known here, or cannot be
  /// read.
  struct Steps {
    transfer::Differences differences;
    uint64_t records = 0;  // in all of them
  };
  std::optional<Steps> Since(uint32_t serial);

  bool is_empty() const { return links_.empty(); }
  size_t versions() const { return links_.size(); }
  size_t octets() const { return octets_; }
  // Precondition of these: not empty.
  uint32_t oldest_serial() const { return links_.front().from; }
  uint64_t end_digest() const { return links_.back().after; }
  uint64_t end_revision() const { return links_.back().revision; }

 private:
  struct Link {
    uint64_t number = 0;
    uint64_t revision = 0;
    uint64_t before = 0;  // digests
    uint64_t after = 0;
    uint32_t from = 0;  // serials
    uint32_t to = 0;
    uint64_t records = 0;
    size_t octets = 0;
    std::weak_ptr<const transfer::Difference> loaded;
  };

  bool Follows(const Link& link) const;
  void Push(Link link);
  void Discard();
  /// Deletes garbage, and adds `added`.
  Status Write(std::vector<store::JournalEdit> added);
  std::shared_ptr<const transfer::Difference> Load(Link& link) const;

  store::Store& store_;
  const std::string name_;
  const JournalLimits limits_;
  std::deque<Link> links_;
  size_t octets_ = 0;
  uint64_t next_number_ = 1;
  std::vector<uint64_t> garbage_;  // numbers of entries that may still be in the store
};

}  // namespace waypost::control
