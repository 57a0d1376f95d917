#include "dnsd/xdp/frame.h"

#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "tests/support/dns_message.h"

namespace waypost::xdp {
namespace {

using test::Bytes;
using test::Put16;

const std::string kPayload = "a query";

SocketAddress At(const char* text) { return *SocketAddress::Parse(text); }

/// A frame, field by field.
struct FrameOf {
  SocketAddress from = At("192.0.2.7:4321");
  SocketAddress to = At("192.0.2.53:53");
  std::vector<uint16_t> vlans;
  unsigned ip_options = 0;  // words of four octets
  unsigned fragment = 0;
  size_t padding = 0;
  std::string payload = kPayload;

  Bytes Udp() const {
    Bytes udp;
    Put16(udp, from.port);
    Put16(udp, to.port);
    Put16(udp, static_cast<unsigned>(8 + payload.size()));
    Put16(udp, 0);
    test::PutAll(udp, payload);
    return udp;
  }
  void PutAddress(Bytes& out, const IpAddress& address) const {
    uint8_t octets[16];
    out.insert(out.end(), octets, octets + address.WriteBytes(octets));
  }
  Bytes Ip(const Bytes& udp) const {
    Bytes ip;
    if (to.address.is_v4()) {
      ip = {static_cast<uint8_t>(0x45 + ip_options), 0};
      Put16(ip, static_cast<unsigned>(20 + ip_options * 4 + udp.size()));
      Put16(ip, 99);
      Put16(ip, fragment);
      ip.insert(ip.end(), {64, 17, 0, 0});
    } else {
      ip = {0x60, 0, 0, 0};
      Put16(ip, static_cast<unsigned>(udp.size()));
      ip.insert(ip.end(), {17, 64});
    }
    PutAddress(ip, from.address);
    PutAddress(ip, to.address);
    ip.insert(ip.end(), ip_options * 4, 1);
    ip.insert(ip.end(), udp.begin(), udp.end());
    return ip;
  }
  Bytes Build() const {
    Bytes frame = {2, 0, 0, 0, 0, 0x53, 2, 0, 0, 0, 0, 0x07};
    for (const uint16_t vlan : vlans) {
      Put16(frame, 0x8100);
      Put16(frame, vlan);
    }
    Put16(frame, to.address.is_v4() ? 0x0800 : 0x86DD);
    const Bytes ip = Ip(Udp());
    frame.insert(frame.end(), ip.begin(), ip.end());
    frame.insert(frame.end(), padding, 0xEE);
    return frame;
  }
};

std::string PayloadOf(const Bytes& frame) {
  const auto read = ReadFrame(frame);
  if (!read) return "none";
  return {frame.begin() + read->payload_at,
          frame.begin() + read->payload_at + read->payload_octets};
}

TEST(Frame, IsReadWithAllThatSaysWhoAsks) {
  const Bytes frame = FrameOf().Build();
  const auto read = ReadFrame(frame);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->from.ToString(), "192.0.2.7:4321");
  EXPECT_EQ(read->to.ToString(), "192.0.2.53:53");
  EXPECT_EQ(PayloadOf(frame), kPayload);
}

TEST(Frame, MayHaveVlanTagsOptionsAndPadding) {
  EXPECT_EQ(PayloadOf(FrameOf{.vlans = {7}}.Build()), kPayload);
  EXPECT_EQ(PayloadOf(FrameOf{.vlans = {7, 8}, .ip_options = 10, .padding = 30}.Build()), kPayload);
  EXPECT_EQ(PayloadOf(FrameOf{.vlans = {7, 8, 9}}.Build()), "none");
  EXPECT_EQ(PayloadOf(FrameOf{.payload = ""}.Build()), "");
}

TEST(Frame, CutOffAnywhereIsNone) {
  for (const char* to : {"192.0.2.53:53", "[2001:db8::53]:53"}) {
    FrameOf whole{.to = At(to), .vlans = {7}};
    if (!whole.to.address.is_v4()) whole.from = At("[2001:db8::7]:4321");
    const Bytes frame = whole.Build();
    ASSERT_TRUE(ReadFrame(frame));
    for (size_t octets = 0; octets < frame.size(); ++octets) {
      EXPECT_FALSE(ReadFrame(std::span(frame).first(octets))) << to << " " << octets;
    }
  }
}

TEST(Frame, OfAFragmentOrWithALengthThatLiesIsNone) {
  EXPECT_FALSE(ReadFrame(FrameOf{.fragment = 0x2000}.Build()));
  EXPECT_FALSE(ReadFrame(FrameOf{.fragment = 5}.Build()));
  EXPECT_TRUE(ReadFrame(FrameOf{.fragment = 0x4000}.Build())) << "only: do not fragment";
  Bytes frame = FrameOf().Build();
  frame[14 + 20 + 5] = static_cast<uint8_t>(8 + kPayload.size() + 1);
  EXPECT_FALSE(ReadFrame(frame)) << "UDP says more than IP";
  frame[14 + 20 + 5] = 7;
  EXPECT_FALSE(ReadFrame(frame)) << "less than its own header";
}

TEST(Frame, OfASenderThatNobodyCanReplyToIsNone) {
  for (const char* from : {"0.0.0.0:9", "127.0.0.1:9", "224.0.0.1:9", "255.255.255.255:9"}) {
    EXPECT_FALSE(ReadFrame(FrameOf{.from = At(from)}.Build())) << from;
  }
  for (const char* from : {"[::]:9", "[::1]:9", "[ff02::1]:9"}) {
    EXPECT_FALSE(ReadFrame(FrameOf{.from = At(from), .to = At("[2001:db8::53]:53")}.Build()))
        << from;
  }
  for (const size_t mac : {0U, 6U}) {
    Bytes frame = FrameOf().Build();
    frame[mac] |= 1;
    EXPECT_FALSE(ReadFrame(frame)) << "a group's hardware address at " << mac;
  }
}

/// RFC 1071, slow: the sum of all words, carries added again and again.
unsigned SumOf(Bytes octets) {
  if (octets.size() % 2 != 0) octets.push_back(0);
  unsigned sum = 0;
  for (size_t i = 0; i < octets.size(); i += 2) {
    sum += octets[i] << 8 | octets[i + 1];
    sum = (sum & 0xFFFF) + (sum >> 16);
  }
  return sum;
}

/// The sum over the UDP datagram and what of the IP header counts for it (RFC 768): 0xFFFF if the
/// checksum is right.
unsigned UdpSum(const Bytes& frame, size_t addresses_at, size_t udp_at) {
  Bytes counted(frame.begin() + static_cast<long>(addresses_at), frame.end());
  Put16(counted, 17);
  if (counted.size() % 2 != 0) counted.insert(counted.end() - 2, 0);
  Put16(counted, static_cast<unsigned>(frame.size() - udp_at));
  return SumOf(counted);
}

Bytes ReplyTo(const Bytes& frame, const std::string& payload) {
  const auto asked = ReadFrame(frame);
  Bytes reply(ReplyHeaderOctets(*asked));
  test::PutAll(reply, payload);
  const size_t octets = WriteReplyHeaders(frame, *asked, reply, payload.size());
  EXPECT_EQ(octets, reply.size());
  return reply;
}

TEST(ReplyFrame, GoesBackWhereItCameFromInTheSameVlan) {
  const Bytes frame = FrameOf{.vlans = {7}, .ip_options = 2, .padding = 9}.Build();
  const Bytes reply = ReplyTo(frame, "an answer");
  const auto read = ReadFrame(reply);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->from.ToString(), "192.0.2.53:53");
  EXPECT_EQ(read->to.ToString(), "192.0.2.7:4321");
  EXPECT_EQ(PayloadOf(reply), "an answer");
  EXPECT_EQ(Bytes(reply.begin(), reply.begin() + 6), Bytes(frame.begin() + 6, frame.begin() + 12));
  EXPECT_EQ(Bytes(reply.begin() + 6, reply.begin() + 12), Bytes(frame.begin(), frame.begin() + 6));
  EXPECT_EQ(Bytes(reply.begin() + 12, reply.begin() + 18),
            Bytes(frame.begin() + 12, frame.begin() + 18));
}

TEST(ReplyFrame, HasRightChecksumsForEveryLength) {
  for (size_t octets = 0; octets < 70; ++octets) {
    const std::string payload(octets, static_cast<char>(0xA5 + octets));
    const Bytes v4 = ReplyTo(FrameOf().Build(), payload);
    EXPECT_EQ(SumOf(Bytes(v4.begin() + 14, v4.begin() + 34)), 0xFFFFU) << octets;
    EXPECT_EQ(UdpSum(v4, 26, 34), 0xFFFFU) << octets;
    const Bytes v6 = ReplyTo(
        FrameOf{.from = At("[2001:db8::7]:4321"), .to = At("[2001:db8::53]:53")}.Build(), payload);
    EXPECT_EQ(UdpSum(v6, 22, 54), 0xFFFFU) << octets;
  }
}

TEST(ReplyFrame, NeverHasAChecksumOfZeroWhichWouldMeanNone) {
  const Bytes frame = FrameOf().Build();
  for (unsigned word = 0; word < 0x10000; ++word) {
    const std::string payload = {static_cast<char>(word >> 8), static_cast<char>(word)};
    const Bytes reply = ReplyTo(frame, payload);
    ASSERT_NE(reply[40] << 8 | reply[41], 0) << word;
  }
}

}  // namespace
}  // namespace waypost::xdp
