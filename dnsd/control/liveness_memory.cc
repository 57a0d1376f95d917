#include "dnsd/control/liveness_memory.h"

#include <algorithm>

namespace waypost::control {
namespace {

using std::chrono::milliseconds;

/// Clocks of machines are set, and files copied: nothing here is older.
constexpr milliseconds kOldest = std::chrono::hours(24 * 365);

int64_t AgeMs(Steady at, Steady now) {
  return std::chrono::duration_cast<milliseconds>(now - std::min(at, now)).count();
}

int64_t UnixMs(const Clock& clock) {
  return std::chrono::duration_cast<milliseconds>(clock.WallNow().time_since_epoch()).count();
}

v1::TemperMemory ToProto(const liveness::Temper::Memory& memory, Steady now) {
  v1::TemperMemory message;
  message.set_penalty(memory.penalty);
  message.set_decayed_age_ms(AgeMs(memory.decayed_at, now));
  message.set_fell_age_ms(AgeMs(memory.fell_at, now));
  message.set_damped(memory.damped);
  if (memory.ramp_since) message.set_ramp_age_ms(AgeMs(*memory.ramp_since, now));
  return message;
}

int64_t LeftMs(Steady until, Steady now) {
  return std::max<int64_t>(0, std::chrono::duration_cast<milliseconds>(until - now).count());
}

v1::MovesMemory ToProto(const liveness::PastMoves& past, Steady now) {
  v1::MovesMemory message;
  for (const auto& [at, share] : past.moved) {
    v1::MovesMemory::Move* move = message.add_moves();
    move->set_age_ms(AgeMs(at, now));
    move->set_share(share);
  }
  message.set_last_age_ms(AgeMs(past.last.value_or(now), now));
  message.set_last_from(past.from);
  return message;
}

v1::SignalMemory ToProto(const liveness::Told& told, Steady now) {
  v1::SignalMemory message;
  message.set_up(told.up);
  message.set_reason(told.reason);
  message.set_author(told.author);
  message.set_age_ms(AgeMs(told.at, now));
  message.set_lease_left_ms(LeftMs(told.until, now));
  return message;
}

/// Moments of a former life as this one's clock has them.
class Past {
 public:
  Past(const Clock& clock, int64_t written_ms)
      : now_(clock.Now()), away_(written_ms == 0 ? 0 : UnixMs(clock) - written_ms) {
    away_ = std::clamp(away_, milliseconds(0), kOldest);
  }

  Steady Ago(int64_t age_ms) const {
    return now_ - std::clamp(milliseconds(age_ms), milliseconds(0), kOldest) - away_;
  }
  Steady In(int64_t left_ms) const {
    return now_ + std::clamp(milliseconds(left_ms), milliseconds(0), kOldest) - away_;
  }

 private:
  Steady now_;
  milliseconds away_;
};

liveness::Temper::Memory FromProto(const v1::TemperMemory& message, const Past& past) {
  liveness::Temper::Memory memory;
  memory.penalty = std::clamp(message.penalty(), 0.0, 1e6);
  memory.decayed_at = past.Ago(message.decayed_age_ms());
  memory.fell_at = past.Ago(message.fell_age_ms());
  memory.damped = message.damped();
  if (message.has_ramp_age_ms()) memory.ramp_since = past.Ago(message.ramp_age_ms());
  return memory;
}

liveness::PastMoves FromProto(const v1::MovesMemory& message, const Past& past) {
  liveness::PastMoves moves;
  for (const v1::MovesMemory::Move& move : message.moves()) {
    moves.moved.emplace_back(past.Ago(move.age_ms()), std::clamp(move.share(), 0.0, 1.0));
  }
  moves.last = past.Ago(message.last_age_ms());
  moves.from = message.last_from();
  return moves;
}

}  // namespace

v1::LivenessMemory ToProto(const liveness::Memory& memory, const Clock& clock) {
  const Steady now = clock.Now();
  v1::LivenessMemory message;
  message.set_written_ms(UnixMs(clock));
  message.mutable_last_up()->insert(memory.last_up.begin(), memory.last_up.end());
  message.mutable_holds()->insert(memory.holds.begin(), memory.holds.end());
  message.mutable_vantages()->insert(memory.vantages.begin(), memory.vantages.end());
  message.mutable_kept()->insert(memory.pools.kept.begin(), memory.pools.kept.end());
  for (const auto& [name, moves] : memory.pools.moves) {
    (*message.mutable_moves())[name] = ToProto(moves, now);
  }
  for (const auto& [name, told] : memory.pools.loads) {
    v1::LoadMemory& load = (*message.mutable_loads())[name];
    load.set_load(told.load);
    load.set_lease_left_ms(LeftMs(told.until, now));
  }
  for (const auto& [name, told] : memory.signals) {
    (*message.mutable_signals())[name] = ToProto(told, now);
  }
  for (const auto& [id, temper] : memory.tempers) {
    (*message.mutable_tempers())[id] = ToProto(temper, now);
  }
  return message;
}

liveness::Memory FromProto(const v1::LivenessMemory& message, const Clock& clock) {
  const Past past(clock, message.written_ms());
  liveness::Memory memory;
  memory.last_up.insert(message.last_up().begin(), message.last_up().end());
  memory.holds.insert(message.holds().begin(), message.holds().end());
  memory.vantages.insert(message.vantages().begin(), message.vantages().end());
  memory.pools.kept.insert(message.kept().begin(), message.kept().end());
  for (const auto& [name, moves] : message.moves()) {
    memory.pools.moves[name] = FromProto(moves, past);
  }
  for (const auto& [name, load] : message.loads()) {
    memory.pools.loads[name] = {load.load(), past.In(load.lease_left_ms())};
  }
  for (const auto& [name, told] : message.signals()) {
    memory.signals[name] = {told.up(), told.reason(), told.author(), past.Ago(told.age_ms()),
                            past.In(told.lease_left_ms())};
  }
  for (const auto& [id, temper] : message.tempers()) memory.tempers[id] = FromProto(temper, past);
  return memory;
}

}  // namespace waypost::control
