// Zones that every peer loads, and what to ask of them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/peers/name_server.h"

namespace waypost::peers {

struct Question {
  std::string name;
  uint16_t type = 0;
};

struct World {
  Zones zones;
  std::vector<Question> questions;
};

/// One zone with everything that is easily got wrong, under hard.test.
World HardWorld();

/// Random zones under rN.test with a zone inside each; the same for the same seed.
World RandomWorld(uint64_t seed);

}  // namespace waypost::peers
