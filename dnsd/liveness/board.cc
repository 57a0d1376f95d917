#include "dnsd/liveness/board.h"

#include <algorithm>

namespace waypost::liveness {

Board::Board(BoardLayout layout)
    : layout_(std::move(layout)),
      endpoints_(layout_.endpoints),
      pools_(layout_.pools.size()),
      loads_(layout_.pools.size()),
      pins_(layout_.records),
      holds_(layout_.holds) {
  for (auto& word : endpoints_) word.store(Pack(EndpointWord{}), std::memory_order_relaxed);
  for (auto& pin : pins_) pin.store(kNoPin, std::memory_order_relaxed);
  for (uint32_t pool = 0; pool < pools_.size(); ++pool) CombinePool(pool, PoolWord{}.weight);
}

void Board::SetEndpoint(uint32_t index, EndpointWord word) noexcept {
  endpoints_[index].store(Pack(word), std::memory_order_relaxed);
}

void Board::CombinePool(uint32_t index, uint16_t weight) noexcept {
  const BoardLayout::Pool& pool = layout_.pools[index];
  PoolWord combined{0, 0, 0, 0xFFFF};
  for (uint32_t i = 0; i < uint32_t{pool.v4} + pool.v6; ++i) {
    const EndpointWord word = endpoint(pool.first + i);
    StandingSet& standings = i < pool.v4 ? combined.v4 : combined.v6;
    standings |= Bit(word.standing);
    combined.ttl_cap_s = std::min(combined.ttl_cap_s, word.ttl_cap_s);
    if (word.weight > 0) combined.weight = weight;
  }
  pools_[index].store(Pack(combined), std::memory_order_relaxed);
}

void Board::SetLoad(uint32_t pool, Load load) noexcept {
  loads_[pool].store(std::bit_cast<uint64_t>(load), std::memory_order_relaxed);
}

void Board::SetPin(uint32_t record, uint16_t pool) noexcept {
  pins_[record].store(pool, std::memory_order_relaxed);
}

void Board::SetHold(uint32_t hold, bool held) noexcept {
  holds_[hold].store(held ? 1 : 0, std::memory_order_relaxed);
}

}  // namespace waypost::liveness
