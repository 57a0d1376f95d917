#include "dnsd/liveness/board.h"

#include <gtest/gtest.h>

#include <thread>

namespace waypost::liveness {
namespace {

BoardLayout TwoPools() { return {{{0, 2, 1}, {3, 0, 2}}, 5, 2, 2}; }

TEST(Board, StartsWithoutDataPinsAndHolds) {
  const Board board(TwoPools());
  EXPECT_EQ(board.endpoint(4).standing, Standing::kNoData);
  EXPECT_EQ(board.pool(0).v4, Bit(Standing::kNoData));
  EXPECT_EQ(board.pool(1).v4, 0);
  EXPECT_EQ(board.pin(1), Board::kNoPin);
  EXPECT_FALSE(board.held(1));
  EXPECT_FALSE(board.load(1).is_known());
  EXPECT_EQ(board.epoch(), 0U);
}

TEST(Board, WordsSurvivePacking) {
  const EndpointWord word{Standing::kDrained, 17, 65535, 1234};
  const EndpointWord read = Board::Unpack(Board::Pack(word));
  EXPECT_EQ(read.standing, word.standing);
  EXPECT_EQ(read.ramp, word.ramp);
  EXPECT_EQ(read.weight, word.weight);
  EXPECT_EQ(read.ttl_cap_s, word.ttl_cap_s);
}

TEST(Board, PoolIsTheUnionOfItsEndpointsByFamily) {
  Board board(TwoPools());
  board.SetEndpoint(0, {Standing::kUp, 255, 100, 30});
  board.SetEndpoint(1, {Standing::kDown, 255, 0, 10});
  board.SetEndpoint(2, {Standing::kForcedUp, 255, 0, 0xFFFF});
  board.CombinePool(0, 70);
  const PoolWord pool = board.pool(0);
  EXPECT_EQ(pool.v4, Bit(Standing::kUp) | Bit(Standing::kDown));
  EXPECT_EQ(pool.v6, Bit(Standing::kForcedUp));
  EXPECT_EQ(pool.weight, 70);
  EXPECT_EQ(pool.ttl_cap_s, 10);
  EXPECT_EQ(board.pool(1).v6, Bit(Standing::kNoData)) << "the other pool is untouched";
}

TEST(Board, PoolWhoseEndpointsAllHaveNoWeightHasNone) {
  Board board(TwoPools());
  board.SetEndpoint(3, {Standing::kUp, 255, 0, 30});
  board.SetEndpoint(4, {Standing::kUp, 255, 0, 30});
  board.CombinePool(1, 70);
  EXPECT_EQ(board.pool(1).weight, 0);
}

TEST(Board, PinsAndHoldsAreKept) {
  Board board(TwoPools());
  board.SetPin(1, 7);
  board.SetHold(0, true);
  EXPECT_EQ(board.pin(1), 7);
  EXPECT_TRUE(board.held(0));
  board.SetPin(1, Board::kNoPin);
  board.SetHold(0, false);
  EXPECT_EQ(board.pin(1), Board::kNoPin);
  EXPECT_FALSE(board.held(0));
}

TEST(Board, ReadersSeeWholeWordsAndRisingEpochs) {
  Board board(TwoPools());
  std::thread reader([&board] {
    for (uint64_t epoch = 0; epoch < 2000;) {
      const uint64_t now = board.epoch();
      ASSERT_GE(now, epoch);
      epoch = now;
      const EndpointWord word = board.endpoint(0);
      ASSERT_TRUE(word.standing == Standing::kNoData || word.weight == word.ttl_cap_s);
    }
  });
  for (uint16_t i = 1; i <= 2000; ++i) {
    board.SetEndpoint(0, {Standing::kUp, 255, i, i});
    board.RaiseEpoch(i);
  }
  reader.join();
}

}  // namespace
}  // namespace waypost::liveness
