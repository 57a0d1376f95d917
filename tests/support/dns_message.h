// DNS messages for tests, slow and obvious: builds queries octet by octet, and reads replies
// strictly, sharing no code with dnsd/wire but the text form of names.
//
// Errors: ReadMessage gives nullopt for anything that is not a well-formed message: a pointer that
// does not lead back, a name above 255 octets, a record or tail that does not fit.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dnsd/wire/name.h"

namespace waypost::test {

using Bytes = std::vector<uint8_t>;

inline void Put16(Bytes& out, unsigned value) {
  out.push_back(static_cast<uint8_t>(value >> 8));
  out.push_back(static_cast<uint8_t>(value));
}

inline void Put32(Bytes& out, uint32_t value) {
  Put16(out, value >> 16);
  Put16(out, value & 0xFFFF);
}

inline void PutAll(Bytes& out, std::string_view octets) {
  out.insert(out.end(), octets.begin(), octets.end());
}

/// A name's wire format from its text.
inline std::string WireName(std::string_view text) {
  return std::string(wire::Name::Parse(text).value().wire());
}

/// A query under construction; every setter returns it.
class QueryPacket {
 public:
  QueryPacket(std::string_view name, uint16_t type, uint16_t klass = 1) {
    PutAll(question_, WireName(name));
    Put16(question_, type);
    Put16(question_, klass);
  }
  QueryPacket& Id(uint16_t id) { return id_ = id, *this; }
  QueryPacket& Flags(uint16_t flags) { return flags_ = flags, *this; }
  QueryPacket& Edns(uint16_t payload = 1232, uint32_t ttl = 0) {
    return has_opt_ = true, payload_ = payload, opt_ttl_ = ttl, *this;
  }
  QueryPacket& Option(uint16_t code, const Bytes& data) {
    has_opt_ = true;
    Put16(options_, code);
    Put16(options_, static_cast<unsigned>(data.size()));
    options_.insert(options_.end(), data.begin(), data.end());
    return *this;
  }
  /// RFC 7871; `address`: the octets as they are to stand in the option.
  QueryPacket& Subnet(uint16_t family, uint8_t source, const Bytes& address, uint8_t scope = 0) {
    Bytes data;
    Put16(data, family);
    data.push_back(source);
    data.push_back(scope);
    data.insert(data.end(), address.begin(), address.end());
    return Option(8, data);
  }
  Bytes Build() const {
    Bytes out;
    for (const unsigned word : {unsigned{id_}, unsigned{flags_}, 1U, 0U, 0U, has_opt_ ? 1U : 0U}) {
      Put16(out, word);
    }
    out.insert(out.end(), question_.begin(), question_.end());
    if (!has_opt_) return out;
    out.push_back(0);
    Put16(out, 41);
    Put16(out, payload_);
    Put32(out, opt_ttl_);
    Put16(out, static_cast<unsigned>(options_.size()));
    out.insert(out.end(), options_.begin(), options_.end());
    return out;
  }

 private:
  uint16_t id_ = 0x1234;
  uint16_t flags_ = 0x0100;
  bool has_opt_ = false;
  uint16_t payload_ = 1232;
  uint32_t opt_ttl_ = 0;
  Bytes question_;
  Bytes options_;
};

struct MessageRecord {
  std::string owner;  // text
  uint16_t type = 0;
  uint16_t klass = 0;
  uint32_t ttl = 0;
  std::string rdata;  // names of NS, CNAME, SOA, PTR and MX uncompressed
};

struct Message {
  uint16_t id = 0;
  uint16_t flags = 0;
  bool has_question = false;
  std::string qname;  // text
  uint16_t qtype = 0;
  uint16_t qclass = 0;
  std::vector<MessageRecord> answer;
  std::vector<MessageRecord> authority;
  std::vector<MessageRecord> additional;  // without OPT
  std::optional<MessageRecord> opt;

  bool authoritative() const { return (flags & 0x0400) != 0; }
  bool truncated() const { return (flags & 0x0200) != 0; }
  /// With the upper bits from OPT.
  unsigned rcode() const { return (flags & 0xFU) | (opt ? opt->ttl >> 24 << 4 : 0U); }
  /// The data of the first such EDNS option.
  std::optional<std::string> Option(uint16_t code) const;
};

namespace internal {

class MessageReader {
 public:
  explicit MessageReader(std::span<const uint8_t> packet) : packet_(packet) {}

  std::optional<Message> Read() {
    Message message;
    message.id = U16();
    message.flags = U16();
    const unsigned questions = U16();
    const unsigned counts[3] = {U16(), U16(), U16()};
    if (questions > 1) return std::nullopt;
    if (questions == 1) {
      message.has_question = true;
      message.qname = Text(Name());
      message.qtype = U16();
      message.qclass = U16();
    }
    for (unsigned i = 0; i < counts[0] && ok_; ++i) message.answer.push_back(Record());
    for (unsigned i = 0; i < counts[1] && ok_; ++i) message.authority.push_back(Record());
    for (unsigned i = 0; i < counts[2] && ok_; ++i) {
      MessageRecord record = Record();
      if (record.type != 41) {
        message.additional.push_back(record);
      } else {
        if (message.opt || record.owner != ".") ok_ = false;
        message.opt = record;
      }
    }
    if (!ok_ || at_ != packet_.size()) return std::nullopt;
    return message;
  }

 private:
  unsigned Octet() {
    if (at_ >= packet_.size()) return ok_ = false, 0;
    return packet_[at_++];
  }
  uint16_t U16() {
    const unsigned high = Octet();
    return static_cast<uint16_t>(high << 8 | Octet());
  }
  uint32_t U32() {
    const uint32_t high = U16();
    return high << 16 | U16();
  }
  std::string Take(size_t octets) {
    std::string taken;
    for (size_t i = 0; i < octets && ok_; ++i) taken += static_cast<char>(Octet());
    return taken;
  }
  /// Uncompressed wire format.
  std::string Name() {
    std::string name;
    size_t behind = 0;  // where reading goes on after the first pointer
    while (ok_ && name.size() <= 255) {
      const size_t here = at_;
      const unsigned length = Octet();
      if (length >= 0xC0) {
        const size_t target = (length & 0x3F) << 8 | Octet();
        if (behind == 0) behind = at_;
        if (target >= here) ok_ = false;
        at_ = target;
      } else if (length > 63) {
        ok_ = false;
      } else {
        name += static_cast<char>(length);
        if (length == 0) break;
        name += Take(length);
      }
    }
    if (behind != 0) at_ = behind;
    if (name.size() > 255) ok_ = false;
    return name;
  }
  std::string Text(const std::string& wire) {
    const auto name = wire::Name::FromWire(wire);
    if (!name) return ok_ = false, "";
    return name->ToString();
  }
  std::string Rdata(uint16_t type, size_t end) {
    std::string rdata;
    if (type == 15) rdata += Take(2);
    if (type == 2 || type == 5 || type == 12 || type == 15) rdata += Name();
    if (type == 6) {
      rdata += Name();
      rdata += Name();
    }
    if (at_ > end) return ok_ = false, "";
    return rdata + Take(end - at_);
  }
  MessageRecord Record() {
    MessageRecord record;
    record.owner = Text(Name());
    record.type = U16();
    record.klass = U16();
    record.ttl = U32();
    const size_t length = U16();
    record.rdata = Rdata(record.type, at_ + length);
    return record;
  }

  std::span<const uint8_t> packet_;
  size_t at_ = 0;
  bool ok_ = true;
};

}  // namespace internal

inline std::optional<Message> ReadMessage(std::span<const uint8_t> packet) {
  return internal::MessageReader(packet).Read();
}

inline std::optional<std::string> Message::Option(uint16_t code) const {
  if (!opt) return std::nullopt;
  const std::string& all = opt->rdata;
  const auto u16 = [&all](size_t at) {
    return static_cast<size_t>(static_cast<uint8_t>(all[at]) << 8 |
                               static_cast<uint8_t>(all[at + 1]));
  };
  for (size_t at = 0; at + 4 <= all.size(); at += 4 + u16(at + 2)) {
    if (u16(at) == code) return all.substr(at + 4, u16(at + 2));
  }
  return std::nullopt;
}

}  // namespace waypost::test
