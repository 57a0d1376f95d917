// Whole exchanges, built from the input rather than taken from it, so that nearly all are
// well-formed queries for names that the zones have something to say about. What every reply must
// be, whatever it says:
//
// - it belongs to its query, in its case, and has no flag that is not ours;
// - OPT is there if and only if the query had it, and the reply fits what it allows;
// - the same question by TCP has at least as much to say, and each RRset wholly: a shorter reply
//   says TC, or lacks optional addresses only;
// - no record is there twice; compression points back (the reader checks);
// - a question in other letters has the same answer.
#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "tests/fuzz/served_target.h"
#include "tests/support/dns_message.h"

namespace waypost {
namespace {

using serve::Transport;
using test::Bytes;
using test::Message;
using test::MessageRecord;
using test::Require;

/// Takes the input apart; zeroes when it is used up.
class Input {
 public:
  explicit Input(std::span<const uint8_t> octets) : octets_(octets) {}
  uint8_t Octet() { return at_ < octets_.size() ? octets_[at_++] : 0; }
  uint16_t U16() {
    const unsigned high = Octet();
    return static_cast<uint16_t>(high << 8 | Octet());
  }
  Bytes Some(size_t most) {
    Bytes taken(Octet() % (most + 1));
    for (uint8_t& octet : taken) octet = Octet();
    return taken;
  }

 private:
  std::span<const uint8_t> octets_;
  size_t at_ = 0;
};

constexpr std::array kNames = {
    "example.com",       "www.example.com",      "sub.example.com",  "ns.sub.example.com",
    "other.example.com", "a.example.com",        "out.example.com",  "to.example.com",
    "d.example.com",     "f.example.com",        "long.example.com", "_s._t.example.com",
    "y.z.example.com",   "big.example.com",      "many.example.com", "w.example.com",
    "www.example.net",   "www.sub.example.com",  "s.example.com",    "alias.example.com",
    "example.org",       "version.bind",         "svc.example.com",  "eu.svc.example.com",
    "eu.example.com",    "_srv._tcp.example.com"};
constexpr std::array kLabels = {"a",
                                "*",
                                "www",
                                "x",
                                "d",
                                "f",
                                "b",
                                "192-0-2-10",
                                "2001-db8-0-0-0-0-0-10",
                                "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz"};
constexpr std::array<uint16_t, 16> kTypes = {1,  2,  5,  6,  15, 16, 28,  33,
                                             39, 43, 47, 65, 64, 99, 255, 65280};

struct Question {
  std::string name;  // text
  uint16_t type = 1;
  uint16_t klass = 1;
};

Question TakeQuestion(Input& input) {
  Question question{kNames[input.Octet() % kNames.size()]};
  for (uint8_t more = input.Octet() % 6; more > 0; --more) {
    const std::string longer =
        std::string(kLabels[input.Octet() % kLabels.size()]) + "." + question.name;
    if (longer.size() > 250) break;
    question.name = longer;
  }
  const uint8_t type = input.Octet();
  question.type = type < 250 ? kTypes[type % kTypes.size()] : input.U16();
  const uint8_t klass = input.Octet();
  if (klass > 240) question.klass = klass == 241 ? 3 : input.U16();
  return question;
}

struct Asked {
  Question question;
  uint16_t flags = 0;
  bool has_opt = false;
  uint16_t payload = 512;
  uint32_t opt_ttl = 0;
  std::vector<std::pair<uint16_t, Bytes>> options;

  Bytes Build(const std::string& name, uint16_t with_payload) const {
    test::QueryPacket packet(name, question.type, question.klass);
    packet.Flags(flags);
    if (has_opt) packet.Edns(with_payload, opt_ttl);
    for (const auto& [code, data] : options) packet.Option(code, data);
    return packet.Build();
  }
};

Asked TakeAsked(Input& input) {
  Asked asked{TakeQuestion(input)};
  // Any flag; another opcode now and then.
  asked.flags = input.U16() & 0x07FF;
  if (input.Octet() > 250) asked.flags |= static_cast<uint16_t>((input.Octet() & 15) << 11);
  asked.has_opt = input.Octet() % 4 != 0;
  if (!asked.has_opt) return asked;
  asked.payload = input.U16();
  asked.opt_ttl = input.U16();
  if (input.Octet() > 250) asked.opt_ttl |= static_cast<uint32_t>(input.Octet()) << 16;
  for (uint8_t more = input.Octet() % 4; more > 0; --more) {
    const uint16_t code = input.Octet() % 20;
    asked.options.emplace_back(code, input.Some(40));
  }
  return asked;
}

/// Compression may give a name in RDATA the case of the question (RFC 4343 section 4.1).
std::string Lowered(std::string octets) {
  for (char& c : octets) c = static_cast<char>(wire::Lower(static_cast<uint8_t>(c)));
  return octets;
}

std::string KeyOf(const MessageRecord& record) {
  return Lowered(record.owner) + "/" + std::to_string(record.type);
}

using Sets = std::map<std::string, std::multiset<std::string>>;

Sets SetsOf(const std::vector<MessageRecord>& records) {
  Sets sets;
  for (const MessageRecord& record : records) sets[KeyOf(record)].insert(Lowered(record.rdata));
  return sets;
}

void CheckNoDoubles(const Message& message) {
  std::set<std::string> seen;
  for (const auto* section : {&message.answer, &message.authority, &message.additional}) {
    for (const MessageRecord& record : *section) {
      Require(seen.insert(KeyOf(record) + "/" + record.rdata).second);
    }
  }
}

void CheckHeader(const Asked& asked, const std::string& name, const Message& message) {
  Require((message.flags & 0x80F0) == 0x8000);
  Require((message.flags & 0x7900) == (asked.flags & 0x7900));
  Require(message.opt.has_value() == asked.has_opt);
  Require(!message.opt || (message.opt->ttl & 0x00FF7FFF) == 0);
  Require(!message.has_question || message.qname == wire::Name::Parse(name)->ToString());
}

/// Every RRset of the short reply is one of the long, wholly.
void CheckWhole(const Sets& shorter, const Sets& longer) {
  for (const auto& [key, rdata] : shorter) {
    const auto whole = longer.find(key);
    Require(whole != longer.end() && whole->second == rdata);
  }
}

class Exchanges {
 public:
  std::optional<Message> Ask(const Bytes& query, const IpAddress& from, Transport transport) {
    // As if alone over TCP, so that what looking ahead finds is compared with what answers find.
    if (transport == Transport::kUdp) target_.LookAhead(query, from);
    const serve::Horizon horizon =
        transport == Transport::kUdp ? target_.HorizonOf(query) : target_.snapshot;
    octets_ = target_.responder.Respond(query, from, transport, horizon, target_.out);
    if (octets_ == 0) return std::nullopt;
    const auto message = test::ReadMessage(std::span(target_.out).first(octets_));
    Require(message.has_value());
    CheckNoDoubles(*message);
    return message;
  }
  /// Of the last reply.
  size_t octets() const { return octets_; }

 private:
  test::ServedTarget target_;
  size_t octets_ = 0;
};

/// Policies that take turns may answer otherwise each time; nothing can be compared then.
bool IsSteered(const Message& message) {
  const auto mentions = [](const MessageRecord& record) {
    return record.ttl != 3600 && record.type != 6;
  };
  return std::any_of(message.answer.begin(), message.answer.end(), mentions) ||
         std::any_of(message.authority.begin(), message.authority.end(),
                     [](const MessageRecord& record) { return record.type == 6; });
}

void CompareTransports(const Message& udp, const Message& tcp) {
  Require(!tcp.truncated());
  if (IsSteered(udp) || IsSteered(tcp)) return;
  CheckWhole(SetsOf(udp.answer), SetsOf(tcp.answer));
  CheckWhole(SetsOf(udp.authority), SetsOf(tcp.authority));
  CheckWhole(SetsOf(udp.additional), SetsOf(tcp.additional));
  // The end of a chain, and its rcode, are not reached once something does not fit.
  if (udp.truncated()) return;
  Require(udp.rcode() == tcp.rcode() && udp.authoritative() == tcp.authoritative());
  Require(SetsOf(udp.answer) == SetsOf(tcp.answer));
  Require(SetsOf(udp.authority) == SetsOf(tcp.authority));
}

std::string InOtherLetters(std::string name, uint8_t seed) {
  for (char& c : name) {
    seed = static_cast<uint8_t>(seed * 5 + 3);
    if (c >= 'a' && c <= 'z' && (seed & 0x10) != 0) c = static_cast<char>(c - 'a' + 'A');
  }
  return name;
}

void Exchange(Exchanges& exchanges, Input input) {
  const uint8_t first = input.Octet();
  const auto from = *IpAddress::Parse((first & 1) != 0 ? "2001:db8::5" : "198.51.1.1");
  const Asked asked = TakeAsked(input);
  const std::string name = InOtherLetters(asked.question.name, first);
  const auto udp = exchanges.Ask(asked.Build(name, asked.payload), from, Transport::kUdp);
  Require(udp.has_value());
  CheckHeader(asked, name, *udp);
  const size_t allowed = asked.has_opt ? std::clamp<size_t>(asked.payload, 512, 1232) : 512;
  Require(exchanges.octets() <= allowed);

  const std::string& plain = asked.question.name;
  const auto tcp = exchanges.Ask(asked.Build(plain, asked.payload), from, Transport::kTcp);
  Require(tcp.has_value());
  CheckHeader(asked, plain, *tcp);
  CompareTransports(*udp, *tcp);
}

}  // namespace
}  // namespace waypost

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const auto exchanges = std::make_unique<waypost::Exchanges>();
  waypost::Exchange(*exchanges, waypost::Input({data, size}));
  return 0;
}
