#include "dnsd/control/journal_chain.h"

#include <algorithm>
#include <utility>

#include "dnsd/store/bytes.h"

namespace waypost::control {
namespace {

/// Before the sequence: revision, and both digests.
constexpr size_t kHeadOctets = 24;

}  // namespace

void JournalChain::Take(uint64_t number, std::string_view value) {
  store::ByteReader head(value);
  Link link{.number = number, .revision = head.U64(), .before = head.U64(), .after = head.U64()};
  link.octets = value.size();
  const auto step =
      transfer::ReadDifference(std::string(value.substr(std::min(kHeadOctets, value.size()))));
  next_number_ = number + 1;
  if (step) {
    link.from = step->from;
    link.to = step->to;
    link.records = step->records;
  }
  if (!step || !Follows(link)) Discard();
  if (step) {
    Push(std::move(link));
  } else {
    garbage_.push_back(number);
  }
}

bool JournalChain::Follows(const Link& link) const {
  if (links_.empty()) return true;
  const Link& last = links_.back();
  return link.number == last.number + 1 && link.before == last.after && link.from == last.to;
}

void JournalChain::Push(Link link) {
  octets_ += link.octets;
  links_.push_back(std::move(link));
  while (!links_.empty() &&
         (links_.size() > limits_.max_versions || octets_ > limits_.max_octets)) {
    octets_ -= links_.front().octets;
    garbage_.push_back(links_.front().number);
    links_.pop_front();
  }
}

void JournalChain::Discard() {
  for (const Link& link : links_) garbage_.push_back(link.number);
  links_.clear();
  octets_ = 0;
}

Status JournalChain::Append(const transfer::Difference& step, uint64_t digest, uint64_t revision) {
  const uint64_t after = transfer::DigestAfter(digest, step);
  store::ByteWriter head;
  head.U64(revision);
  head.U64(digest);
  head.U64(after);
  std::string value = std::move(head).Take() + step.sequence;
  Link link{next_number_++, revision,     digest,       after, step.from,
            step.to,        step.records, value.size(), {}};
  if (!Follows(link)) Discard();
  const uint64_t number = link.number;
  Push(std::move(link));
  if (links_.empty()) return Clear();
  Status written = Write({{name_, number, std::move(value)}});
  if (!written) {
    garbage_.push_back(number);
    Discard();
  }
  return written;
}

Status JournalChain::Clear() {
  Discard();
  return garbage_.empty() ? Status() : Write({});
}

Status JournalChain::Write(std::vector<store::JournalEdit> added) {
  for (const uint64_t number : garbage_) added.push_back({name_, number, std::nullopt});
  Status written = store_.WriteJournal(added);
  if (written) garbage_.clear();
  return written;
}

std::optional<JournalChain::Steps> JournalChain::Since(uint32_t serial) {
  const auto first = std::find_if(links_.begin(), links_.end(),
                                  [serial](const Link& link) { return link.from == serial; });
  if (first == links_.end()) return std::nullopt;
  Steps steps;
  for (auto link = first; link != links_.end(); ++link) {
    auto step = Load(*link);
    if (step == nullptr) return std::nullopt;
    steps.records += link->records;
    steps.differences.push_back(std::move(step));
  }
  return steps;
}

std::shared_ptr<const transfer::Difference> JournalChain::Load(Link& link) const {
  if (auto loaded = link.loaded.lock()) return loaded;
  const auto value = store_.ReadJournal(name_, link.number);
  if (!value || !*value || (*value)->size() < kHeadOctets) return nullptr;
  auto step = transfer::ReadDifference((*value)->substr(kHeadOctets));
  if (!step || step->from != link.from || step->to != link.to) return nullptr;
  auto shared = std::make_shared<const transfer::Difference>(*std::move(step));
  link.loaded = shared;
  return shared;
}

}  // namespace waypost::control
