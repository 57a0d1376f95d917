// The load of every pool: the sum over its endpoints that are up and whose load is known; where
// there is none, what was told of its region.
//
// Marking is cheap and may happen with every observation; Settle adds up what was marked since,
// and writes to the board what became noticeably different (by a thousandth of the capacity), so
// that a quiet and a busy world cost the same.
//
// Thread safety: one thread. Errors: indices are compiled and trusted.
#pragma once

#include <cstdint>
#include <vector>

#include "dnsd/liveness/automation.h"
#include "dnsd/liveness/board.h"
#include "dnsd/liveness/endpoint_table.h"
#include "dnsd/liveness/layout.h"
#include "dnsd/liveness/load.h"

namespace waypost::liveness {

class LoadTable {
 public:
  /// With a board on which no load is known.
  void Configure(const std::vector<PoolSpec>& pools, std::vector<BoardLayout::Pool> shapes);

  /// The load or the standing of an endpoint of this pool changed.
  void Mark(uint32_t pool);
  /// `regions`: by the places that pools name. True: the board changed.
  bool Settle(const EndpointTable& endpoints, const std::vector<RegionLoad>& regions, Board& board);

  /// As on the board.
  Load Of(uint32_t pool) const { return pools_[pool].shown; }

 private:
  struct Pool {
    uint32_t region = 0;
    Load read;  // of its endpoints
    Load shown;
    bool is_marked = true;
  };

  Load Sum(uint32_t pool, const EndpointTable& endpoints) const;

  std::vector<Pool> pools_;
  std::vector<BoardLayout::Pool> shapes_;
};

}  // namespace waypost::liveness
