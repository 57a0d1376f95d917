#include "dnsd/zone/patch.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "dnsd/zone/assembler.h"
#include "dnsd/zone/patched_zone.h"
#include "dnsd/zone/problem_list.h"
#include "dnsd/zone/records.h"
#include "dnsd/zone/rules.h"

namespace waypost::zone {
namespace {

/// Lowered names, those above others before them.
struct ParentsFirst {
  bool operator()(const std::string& a, const std::string& b) const {
    return a.size() != b.size() ? a.size() < b.size() : a < b;
  }
};

std::string Lowered(NameView name) { return std::string(AsText(LoweredName(name).view())); }

/// A name that the small zone speaks about.
struct Touched {
  const Node* now = nullptr;               // in the zone as it was; null: there is none
  std::vector<const RrsetValue*> changes;  // at this name
  bool is_alive = false;                   // it has something, or some other such name below it

  const RrsetValue* ChangeOf(uint16_t type) const {
    const auto change = std::find_if(changes.begin(), changes.end(),
                                     [type](const RrsetValue* one) { return one->type == type; });
    return change == changes.end() ? nullptr : *change;
  }
  /// As a node of the new zone would.
  bool HasSomething() const {
    if (now != nullptr && now->steered().any()) return true;
    const auto adds = [](const RrsetValue* change) { return !change->rdata.empty(); };
    if (std::any_of(changes.begin(), changes.end(), adds)) return true;
    return now != nullptr &&
           std::any_of(now->rrsets().begin(), now->rrsets().end(),
                       [this](const RrSet& rrset) { return ChangeOf(rrset.type) == nullptr; });
  }
};

class Patcher {
 public:
  Patcher(const std::shared_ptr<const Zone>& zone, const PatchLimits& limits)
      : zone_(*zone),
        limits_(limits),
        former_(std::dynamic_pointer_cast<const PatchedZone>(zone)),
        base_(former_ != nullptr ? former_->base()
                                 : std::dynamic_pointer_cast<const FlatZone>(zone)),
        apex_(Lowered(AsView(zone_.origin().wire()))) {}

  BuiltZone Patch(std::span<const RrsetValue> changes) {
    const size_t names = base_->layout().nodes.size();
    if (names < limits_.fewest_names || changes.size() > limits_.most_names) return {};
    Touch(apex_);
    if (former_ != nullptr) {
      for (const Node& node : former_->patch().layout().nodes) Touch(Lowered(node.owner()));
    }
    for (const RrsetValue& change : changes) {
      if (!Take(change)) return {};
    }
    if (touched_.size() > std::min(names / limits_.share, limits_.most_names)) return {};
    MarkAlive();
    return SortDead() ? Assemble() : BuiltZone{};
  }

 private:
  /// The name and all above it.
  Touched& Touch(const std::string& name) {
    const auto [at, is_new] = touched_.try_emplace(name);
    if (is_new) {
      at->second.now = zone_.FindExact(AsView(name));
      if (name != apex_) Touch(std::string(AsText(ParentOf(AsView(name)))));
    }
    return at->second;
  }

  bool Take(const RrsetValue& change) {
    const std::string name = Lowered(AsView(change.owner));
    if (!IsAtOrBelow(AsView(name), AsView(apex_))) return false;
    if (change.type == kDname || (change.type == kNs && name != apex_)) return false;
    if (IsBehindCut(AsView(name))) return false;
    Touch(name).changes.push_back(&change);
    return true;
  }

  /// At or below a delegation, or below a DNAME.
  bool IsBehindCut(NameView name) const {
    const Node* node = zone_.FindExact(name);
    for (NameView above = name; node == nullptr; node = zone_.FindExact(above)) {
      above = ParentOf(above);
    }
    const bool is_itself = node->owner().size() == name.size();
    return node->is_cut() || node->is_occluded() || (!is_itself && node->Find(kDname) != nullptr);
  }

  void MarkAlive() {
    for (auto at = touched_.rbegin(); at != touched_.rend(); ++at) {
      auto& [name, touched] = *at;
      touched.is_alive = touched.is_alive || name == apex_ || touched.HasSomething();
      if (!touched.is_alive || name == apex_) continue;
      touched_.at(std::string(AsText(ParentOf(AsView(name))))).is_alive = true;
    }
  }

  /// Those that are not alive: what was only in the former small zone needs no mention, what the
  /// large one has may be an empty non-terminal or goes. False: there is no telling.
  bool SortDead() {
    for (auto at = touched_.rbegin(); at != touched_.rend(); ++at) {
      const auto& [name, touched] = *at;
      if (touched.is_alive) continue;
      const Node* const node = base_->FindExact(AsView(name));
      if (node == nullptr) continue;
      // Names below it that go came first, and may have been all that there were.
      if (parents_of_gone_.contains(name)) return false;
      if (node->has_children()) {
        empty_.push_back(name);
      } else {
        gone_.push_back(name);
        NoteParents(AsView(name));
      }
    }
    return true;
  }

  void NoteParents(NameView name) {
    while (name.size() > apex_.size()) {
      name = ParentOf(name);
      if (!parents_of_gone_.emplace(AsText(name)).second) return;
    }
  }

  BuiltZone Assemble() const {
    Records records = CollectRecords();
    ProblemList problems(kMaxProblems);
    Assembler assembler(zone_.origin(), records, std::move(records).TakeArena(), problems);
    assembler.PlaceRecords();
    for (const auto& [name, touched] : touched_) PlaceSteered(touched, assembler);
    for (const std::string& name : empty_) assembler.PlaceName(AsView(name));
    for (const std::string& name : gone_) assembler.PlaceName(AsView(name));
    Assembled assembled = std::move(assembler).FinishPacked();
    const auto patch =
        std::make_shared<const FlatZone>(zone_.origin(), std::move(assembled.layout));
    const auto zone = std::make_shared<const PatchedZone>(base_, patch, PositionsOfGone(*patch));
    Rules(*zone, patch->layout(), records, assembled.sources, problems).Check();
    if (problems.has_errors()) return {};
    return {zone, std::move(problems).Take()};
  }

  /// Borrowed: the small zone copies what it is made of.
  Records CollectRecords() const {
    Records records;
    for (const auto& [name, touched] : touched_) {
      if (touched.now != nullptr) BorrowWhatStays(touched, records);
      for (const RrsetValue* const change : touched.changes) Add(touched, *change, records);
    }
    return records;
  }

  static void BorrowWhatStays(const Touched& touched, Records& records) {
    for (const RrSet& rrset : touched.now->rrsets()) {
      if (touched.ChangeOf(rrset.type) != nullptr) continue;
      const uint8_t* at = rrset.records;
      for (uint16_t i = 0; i < rrset.count; ++i) {
        records.AddBorrowed(touched.now->owner().data(), rrset.type, rrset.ttl, at);
        at += 2 + (at[0] << 8 | at[1]);
      }
    }
  }

  /// In the spelling that the name has already.
  static void Add(const Touched& touched, const RrsetValue& value, Records& records) {
    const NameView owner = touched.now == nullptr ? AsView(value.owner) : touched.now->owner();
    for (const std::string& rdata : value.rdata) {
      records.Add(owner, value.type, value.ttl, AsView(rdata));
    }
  }

  static void PlaceSteered(const Touched& touched, Assembler& assembler) {
    if (touched.now == nullptr || !touched.now->steered().any()) return;
    const auto owner = wire::Name::FromWire(AsText(touched.now->owner()));
    const Steered steered = touched.now->steered();
    assembler.PlaceSteered({*owner, steered.types}, steered.slot);
  }

  std::vector<uint32_t> PositionsOfGone(const FlatZone& patch) const {
    std::vector<uint32_t> positions;
    for (const std::string& name : gone_) positions.push_back(patch.layout().Find(AsView(name)));
    std::sort(positions.begin(), positions.end());
    return positions;
  }

  const Zone& zone_;
  const PatchLimits& limits_;
  const std::shared_ptr<const PatchedZone> former_;  // null: it is all of one layer
  const std::shared_ptr<const FlatZone> base_;
  const std::string apex_;
  std::map<std::string, Touched, ParentsFirst> touched_;
  std::set<std::string, std::less<>> parents_of_gone_;
  std::vector<std::string> empty_;
  std::vector<std::string> gone_;
};

}  // namespace

BuiltZone PatchZone(const std::shared_ptr<const Zone>& zone, std::span<const RrsetValue> changes,
                    const PatchLimits& limits) {
  return Patcher(zone, limits).Patch(changes);
}

}  // namespace waypost::zone
