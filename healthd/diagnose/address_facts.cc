#include "healthd/diagnose/address_facts.h"

#include <algorithm>
#include <cmath>

namespace waypost::diagnose {
namespace {

/// Of a path of which nothing is known: more than any two places on Earth need.
constexpr uint32_t kLong_us = 400'000;
/// So much more than usual is no chance.
constexpr uint32_t kNotable_us = 20'000;
/// Packets that differ so much wait in queues.
constexpr uint32_t kJitter_us = 30'000;
/// A tenth, which halves what TCP carries and more (RFC 5348 section 3.1).
constexpr float kLoss_percent = 10;

}  // namespace

bool AddressFacts::is_alive() const {
  return answers_echo() || is_open() || port().refused() > 0 ||
         PathEnding(v1::PATH_END_REACHED) != nullptr || service().succeeded() > 0;
}

const v1::PathFindings* AddressFacts::PathEnding(v1::PathEnd end) const {
  for (const v1::PathFindings& path : all_.paths())
    if (path.end() == end) return &path;
  return nullptr;
}

const v1::PathFindings* AddressFacts::PathProhibited() const {
  for (const v1::PathFindings& path : all_.paths()) {
    const bool matters = !has_port() || path.protocol() == v1::PATH_PROTOCOL_TCP || !is_alive();
    if (matters && path.end() == v1::PATH_END_PROHIBITED) return &path;
  }
  return nullptr;
}

const v1::PathFindings* AddressFacts::LongestSilentPath() const {
  const v1::PathFindings* longest = nullptr;
  for (const v1::PathFindings& path : all_.paths()) {
    const bool is_longer = longest == nullptr || path.hops_size() > longest->hops_size();
    if (path.end() == v1::PATH_END_SILENT && is_longer) longest = &path;
  }
  return longest;
}

bool AddressFacts::is_lossy() const {
  const float lost = loss_percent() * static_cast<float>(echo().sent()) / 100;
  if (answers_echo()) return loss_percent() >= kLoss_percent && std::lround(lost) >= 2;
  return port().retransmitted() >= 2;
}

uint32_t AddressFacts::rtt_us() const {
  return answers_echo() ? echo().rtt_us() : port().connect_us();
}

bool AddressFacts::is_late() const {
  const uint32_t usual = all_.usual_rtt_us();
  if (usual == 0) return rtt_us() > kLong_us;
  return rtt_us() > uint64_t{2} * usual && rtt_us() > usual + kNotable_us;
}

bool AddressFacts::is_uneven() const {
  return echo().jitter_us() > kJitter_us && echo().jitter_us() > echo().rtt_us() / 4;
}

}  // namespace waypost::diagnose
