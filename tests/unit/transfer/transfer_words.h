// What tests of transfers say often.
#pragma once

#include <string>

#include "dnsd/base/clock.h"
#include "dnsd/serve/handler.h"
#include "dnsd/transfer/message_writer.h"
#include "dnsd/transfer/tsig.h"
#include "dnsd/transfer/zone_image.h"
#include "dnsd/wire/header.h"
#include "dnsd/zone/builder.h"
#include "tests/support/dns_message.h"

namespace waypost::transfer {

inline std::span<const uint8_t> Octets(const std::string& text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

inline std::span<uint8_t> Octets(std::string& text) {
  return {reinterpret_cast<uint8_t*>(text.data()), text.size()};
}

/// A message that asks, as it would be sent.
inline std::string AskFor(const std::string& name, uint16_t type, uint16_t id = 4711) {
  std::string packet(512, '\0');
  const std::string wire = test::WireName(name);
  MessageWriter writer(Octets(packet), id, 0);
  writer.AddQuestion(wire, type);
  packet.resize(writer.octets());
  return packet;
}

inline std::shared_ptr<const TsigKey> KeyNamed(const std::string& name,
                                               Algorithm algorithm = Algorithm::kHmacSha256,
                                               const std::string& secret = "secret") {
  return std::make_shared<TsigKey>(TsigKey{test::WireName(name), algorithm, secret});
}

/// The message with a signature.
inline std::string SignedBy(TsigSigner& signer, std::string message, Wall now) {
  const size_t octets = message.size();
  message.resize(octets + kMaxTsigOctets);
  message.resize(signer.Sign(Octets(message), octets, now));
  return message;
}

inline std::shared_ptr<const zone::Zone> ZoneOf(const std::string& text,
                                                std::span<const zone::SteeredOwner> steered = {}) {
  return zone::LoadZoneText(
             "$TTL 300\n@ SOA ns admin 7 1h 15m 1w 5m\n@ NS ns\nns A 192.0.2.1\n" + text,
             wire::Name::Parse("example.com").value(), "test", steered)
      .zone;
}

}  // namespace waypost::transfer
