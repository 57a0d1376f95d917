#include "dnsd/serve/tcp_stream.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace waypost::serve {
namespace {

using Bytes = std::vector<uint8_t>;

Bytes Framed(size_t octets, uint8_t fill = 'q') {
  Bytes frame = {static_cast<uint8_t>(octets >> 8), static_cast<uint8_t>(octets)};
  frame.resize(2 + octets, fill);
  return frame;
}

class Stream : public ::testing::Test {
 protected:
  /// Puts the octets in as one segment, as far as there is room; returns how many went in.
  size_t Put(std::span<const uint8_t> octets) {
    const auto room = stream_.ReceiveRoom();
    const size_t taken = std::min(room.size(), octets.size());
    std::copy_n(octets.begin(), taken, room.begin());
    stream_.Received(taken);
    return taken;
  }
  /// Length of the next message, -1 if there is none.
  int Next() {
    std::span<const uint8_t> message;
    return stream_.NextMessage(message) ? static_cast<int>(message.size()) : -1;
  }

  TcpStream stream_;
};

TEST_F(Stream, FindsMessagesHoweverTheyAreCut) {
  Bytes both = Framed(20);
  const Bytes second = Framed(30);
  both.insert(both.end(), second.begin(), second.end());
  for (size_t piece = 1; piece <= both.size(); ++piece) {
    std::vector<int> found;
    for (size_t at = 0; at < both.size();) {
      at += Put(std::span(both).subspan(at, std::min(piece, both.size() - at)));
      for (int length = Next(); length >= 0; length = Next()) found.push_back(length);
    }
    EXPECT_EQ(found, (std::vector<int>{20, 30})) << piece;
  }
}

TEST_F(Stream, TakesTheLongestMessage) {
  const Bytes frame = Framed(65535);
  size_t at = 0;
  int rounds = 0;
  while (at < frame.size()) {
    EXPECT_EQ(Next(), -1);
    at += Put(std::span(frame).subspan(at));
    ++rounds;
  }
  EXPECT_EQ(Next(), 65535);
  EXPECT_LE(rounds, 3);
}

TEST_F(Stream, AnEmptyMessageIsAMessage) {
  Put(Framed(0));
  EXPECT_EQ(Next(), 0);
  EXPECT_EQ(Next(), -1);
}

TEST_F(Stream, AMessageThatIsPeekedAtStays) {
  Put(Framed(3));
  EXPECT_EQ(stream_.PeekMessage().size(), 3U);
  EXPECT_EQ(Next(), 3);
  EXPECT_TRUE(stream_.PeekMessage().empty());
}

TEST_F(Stream, KeepsTheRestOfWhatWasSentInPart) {
  stream_.AppendReply(Bytes{1, 2, 3});
  stream_.Sent(2);
  EXPECT_EQ(Bytes(stream_.pending().begin(), stream_.pending().end()), (Bytes{1, 2, 3}));
  stream_.Sent(3);
  EXPECT_TRUE(stream_.pending().empty());
  stream_.AppendReply(Bytes{4});
  EXPECT_EQ(Bytes(stream_.pending().begin(), stream_.pending().end()), (Bytes{0, 1, 4}));
}

TEST_F(Stream, TakesNoQueryWhileMuchWaitsToBeSent) {
  Put(Framed(20));
  stream_.AppendReply(Bytes(TcpStream::kMaxPendingOctets));
  EXPECT_EQ(Next(), -1);
  stream_.Sent(stream_.pending().size());
  EXPECT_EQ(Next(), 20);
}

}  // namespace
}  // namespace waypost::serve
