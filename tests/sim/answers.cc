#include "tests/sim/answers.h"

#include <fmt/format.h>

#include <utility>

namespace waypost::sim {

using liveness::Board;
using liveness::Forced;
using liveness::Standing;
using steer::Want;

Answers::Answers(std::shared_ptr<const steer::Steering> steering, Figures& figures)
    : steering_(std::move(steering)),
      clients_(steering_->topology.regions.size()),
      figures_(figures) {}

steer::Decision Answers::Decide(const steer::Record& record, Want want, const Board& board) {
  const steer::Client client{IpAddress::Parse("198.51.100.1").value(), 32, {}};
  ++asked_;
  const steer::Draw draw{Mix64(asked_), asked_};
  return steer::Decide(record, want, client, {steering_.get(), &clients_, &board}, draw);
}

std::optional<uint32_t> Answers::First(const std::string& record, const Board& board) {
  const wire::Name name = wire::Name::Parse(record).value();
  for (const steer::Record& candidate : steering_->records) {
    if (candidate.name != name) continue;
    const steer::Decision decision = Decide(candidate, Want::kA, board);
    if (decision.count > 0) return decision.endpoints[0];
  }
  return std::nullopt;
}

std::optional<std::string> Answers::CheckNotEmpty(const Board& board) {
  bool has_up[2] = {false, false};
  for (uint32_t i = 0; i < board.layout().endpoints; ++i) {
    const Standing standing = board.endpoint(i).standing;
    if (standing == Standing::kUp || standing == Standing::kForcedUp) has_up[IsV4(i)] = true;
  }
  for (const steer::Record& record : steering_->records) {
    for (const Want want : {Want::kA, Want::kAaaa}) {
      if (!has_up[want == Want::kA]) continue;
      ++figures_.answers;
      if (Decide(record, want, board).count > 0) continue;
      return fmt::format("{} has no {} although an endpoint is up", record.name.ToString(),
                         want == Want::kA ? "A" : "AAAA");
    }
  }
  return std::nullopt;
}

bool Answers::HasAlternative(bool v4, const Board& board, const liveness::Layout& layout,
                             const std::vector<Truth>& world, Steady before) const {
  for (uint32_t i = 0; i < world.size(); ++i) {
    if (IsV4(i) != v4 || !world[i].up || world[i].since > before) continue;
    if (layout.endpoints[i].drained || layout.endpoints[i].forced != Forced::kNo) continue;
    if (board.endpoint(i).standing == Standing::kUp) return true;
  }
  return false;
}

std::optional<std::string> Answers::CheckNotDead(const Board& board, const liveness::Layout& layout,
                                                 const std::vector<Truth>& world, Steady before) {
  for (const steer::Record& record : steering_->records) {
    for (const Want want : {Want::kA, Want::kAaaa}) {
      if (!HasAlternative(want == Want::kA, board, layout, world, before)) continue;
      const steer::Decision decision = Decide(record, want, board);
      for (uint8_t i = 0; i < decision.count; ++i) {
        const uint32_t named = decision.endpoints[i];
        ++figures_.named;
        const bool is_dead = !world[named].up && world[named].since <= before;
        if (!is_dead || layout.endpoints[named].forced == Forced::kUp) continue;
        return fmt::format("{} names {}, which has been down for longer than the bound",
                           record.name.ToString(), layout.endpoints[named].id);
      }
    }
  }
  return std::nullopt;
}

}  // namespace waypost::sim
