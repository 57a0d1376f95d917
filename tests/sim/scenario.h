// What a simulated run is made of: its size, its rule, and how often what fails. All of it is drawn
// from the seed.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "dnsd/base/random.h"
#include "dnsd/liveness/evidence.h"

namespace waypost::sim {

using std::chrono::milliseconds;

/// Time moves in such steps.
inline constexpr milliseconds kStep{50};

enum class Character : uint8_t { kHonest, kSaysUp, kSaysDown, kRandom };

/// Mean times between faults of a kind; zero: never.
struct Faults {
  milliseconds endpoint_flip{20'000};
  milliseconds connection_loss{0};
  milliseconds partition{0};
  milliseconds max_partition{10'000};
  milliseconds vantage_crash{0};
  milliseconds max_crash{20'000};
  milliseconds director_restart{0};
  milliseconds reconfiguration{0};
  milliseconds release{10'000};
  milliseconds max_delay{20};  // of a message
  milliseconds duplicate{0};   // a message arrives twice, the second time late
  milliseconds blindness{0};   // of a vantage: everything that it probes fails
  milliseconds max_blindness{15'000};
  uint32_t lost_per_million = 0;     // probes that fail for no reason
  uint32_t max_drift_per_mille = 0;  // of a machine's clock
  milliseconds standstill{0};        // a machine does nothing for a while, and its clock leaps
  milliseconds max_standstill{8'000};
};

struct Scenario {
  uint64_t seed = 0;
  milliseconds length{120'000};
  milliseconds check_every{kStep};    // the whole board; what is announced is checked at once
  std::vector<uint16_t> pools{2, 3};  // endpoints of each
  std::vector<Character> vantages;    // one each
  uint32_t regions = 1;               // in which they stand, in turn
  size_t directors = 1;
  bool damped = false;  // flapping endpoints are kept down
  bool noisy = false;   // who sees the truth is a matter of chance: nobody must know it
  liveness::VoteRule rule;
  milliseconds timeout{300};
  Faults faults;

  size_t liars() const;
  std::string ToString() const;
};

Scenario DrawScenario(uint64_t seed);

/// Whether an event of this mean time between events happens in one step.
bool Happens(Random& random, milliseconds mean);
/// Evenly from zero to `most`.
milliseconds UpTo(Random& random, milliseconds most);

}  // namespace waypost::sim
