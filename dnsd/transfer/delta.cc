#include "dnsd/transfer/delta.h"

#include <fmt/format.h>

#include <map>
#include <tuple>
#include <unordered_set>

#include "dnsd/zone/name_hash.h"
#include "dnsd/zone/rdata_text.h"

namespace waypost::transfer {
namespace {

/// Records that are equal have equal keys (RFC 2136 section 1.1.1).
struct Key {
  std::string owner;
  uint16_t type = 0;
  std::string rdata;

  bool operator<(const Key& other) const {
    return std::tie(owner, type, rdata) < std::tie(other.owner, other.type, other.rdata);
  }
};

Key KeyOf(const Rr& rr) {
  return {LoweredName(rr.owner), rr.type, CanonicalRdata(rr.type, rr.rdata)};
}

Key KeyOf(const zone::Records::Entry& entry) {
  return {LoweredName(zone::AsText(zone::NameAt(entry.owner))), entry.type,
          CanonicalRdata(entry.type, zone::AsText(entry.rdata_bytes()))};
}

std::string TextOf(const Rr& rr) {
  return NameText(rr.owner) + " " + zone::TypeName(rr.type) + " " +
         zone::RdataText(rr.type, zone::AsView(rr.rdata));
}

/// A record that the differences speak of.
struct Fate {
  bool was_there = false;
  bool is_there = false;
  const Rr* as = nullptr;  // as it was added last
};

class Applier {
 public:
  Applier(const zone::Records& base, std::span<const Delta> deltas)
      : base_(base), deltas_(deltas) {}

  Result<zone::Records> Apply() {
    for (const Delta& delta : deltas_) {
      for (const Rr& rr : delta.removed) Touch(rr);
      for (const Rr& rr : delta.added) Touch(rr);
    }
    MarkBase();
    for (const Delta& delta : deltas_) {
      if (Status status = Step(delta); !status) return tl::unexpected(status.error());
    }
    return Write();
  }

 private:
  static uint64_t HashOf(zone::NameView owner, uint16_t type) {
    return zone::HashName(zone::LoweredName(owner).view(), type);
  }

  void Touch(const Rr& rr) {
    fates_[KeyOf(rr)];
    touched_.insert(HashOf(zone::AsView(rr.owner), rr.type));
  }

  /// Null: the differences do not speak of it. Keys are made only of RRsets that may be meant.
  Fate* FateOf(const zone::Records::Entry& entry) {
    if (!touched_.contains(HashOf(zone::NameAt(entry.owner), entry.type))) return nullptr;
    const auto found = fates_.find(KeyOf(entry));
    return found == fates_.end() ? nullptr : &found->second;
  }

  void MarkBase() {
    for (const auto& entry : base_.entries()) {
      if (Fate* fate = FateOf(entry)) fate->was_there = fate->is_there = true;
    }
  }

  Status Step(const Delta& delta) {
    for (const Rr& rr : delta.removed) {
      Fate& fate = fates_.find(KeyOf(rr))->second;
      if (!fate.is_there) return Fail(ErrorCode::kConflict, "not there to remove: " + TextOf(rr));
      fate.is_there = false;
    }
    for (const Rr& rr : delta.added) {
      Fate& fate = fates_.find(KeyOf(rr))->second;
      if (fate.is_there) return Fail(ErrorCode::kConflict, "there already: " + TextOf(rr));
      fate = {fate.was_there, true, &rr};
    }
    return {};
  }

  zone::Records Write() {
    zone::Records out;
    const Rr& soa = deltas_.back().to;
    Add(soa, out);
    for (const auto& entry : base_.entries().subspan(1)) {
      const Fate* fate = FateOf(entry);
      // What was removed and came back has its new TTL, and is written with what is new.
      if (fate != nullptr && (!fate->is_there || fate->as != nullptr)) continue;
      out.Add(zone::NameAt(entry.owner), entry.type, entry.ttl, entry.rdata_bytes());
    }
    for (const auto& [key, fate] : fates_) {
      if (fate.is_there && fate.as != nullptr) Add(*fate.as, out);
    }
    return out;
  }

  static void Add(const Rr& rr, zone::Records& out) {
    out.Add(zone::AsView(rr.owner), rr.type, rr.ttl, zone::AsView(rr.rdata));
  }

  const zone::Records& base_;
  const std::span<const Delta> deltas_;
  std::map<Key, Fate> fates_;
  std::unordered_set<uint64_t> touched_;  // hashes of owner and type
};

}  // namespace

SoaNumbers SoaOf(const zone::Records& records) {
  return ReadSoa(zone::AsText(records.entries().front().rdata_bytes()));
}

Result<zone::Records> ApplyDeltas(const zone::Records& base, std::span<const Delta> deltas) {
  const uint32_t from = ReadSoa(deltas.front().from.rdata).serial;
  if (SoaOf(base).serial != from) {
    return Fail(ErrorCode::kConflict, fmt::format("differences from serial {}, but we have {}",
                                                  from, SoaOf(base).serial));
  }
  return Applier(base, deltas).Apply();
}

}  // namespace waypost::transfer
