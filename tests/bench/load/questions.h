// What the load generator asks: questions from a file, encoded once, and made different from each
// other by their ids and client subnets.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "dnsd/base/random.h"

namespace waypost::bench {

struct Shape {
  bool edns = true;
  bool random_subnet = false;  // a client subnet, an IPv4 /24, that differs from query to query
};

class Questions {
 public:
  /// `path`: lines of NAME TYPE. Ends the program, and says why, if it has none.
  Questions(const std::string& path, const Shape& shape);

  /// The next query, in turn, without the length that TCP wants in front.
  std::span<const uint8_t> Next(uint16_t id);

 private:
  Shape shape_;
  std::vector<std::vector<uint8_t>> queries_;
  size_t next_ = 0;
  Random random_{1};
};

}  // namespace waypost::bench
