#include "tests/peers/compliance.h"

#include <fmt/format.h>

namespace waypost::peers {
namespace {

using test::Bytes;
using test::QueryPacket;

constexpr uint16_t kSoa = 6;
constexpr uint16_t kTxt = 16;
constexpr uint16_t kAxfr = 252;
constexpr unsigned kNoError = 0;
constexpr unsigned kFormErr = 1;
constexpr unsigned kNxDomain = 3;
constexpr unsigned kNotImp = 4;
constexpr unsigned kRefused = 5;
constexpr unsigned kNotAuth = 9;
constexpr unsigned kBadVers = 16;

// The header's second word.
constexpr uint16_t kAa = 0x0400;
constexpr uint16_t kTc = 0x0200;
constexpr uint16_t kRd = 0x0100;
constexpr uint16_t kRa = 0x0080;
constexpr uint16_t kZ = 0x0040;
constexpr uint16_t kAd = 0x0020;
constexpr uint16_t kCd = 0x0010;
constexpr uint32_t kVersion1 = 1U << 16;
constexpr uint32_t kDo = 0x8000;
constexpr uint32_t kUnknownEdnsFlag = 0x0040;

const std::string kOrigin = "compliance.test";

QueryPacket Soa() { return QueryPacket(kOrigin, kSoa).Flags(0); }

Bytes Header(uint16_t flags, uint16_t questions, uint16_t additional = 0, uint16_t answers = 0,
             uint16_t authority = 0) {
  Bytes packet;
  for (const uint16_t word : {uint16_t{0x4242}, flags, questions, answers, authority, additional}) {
    test::Put16(packet, word);
  }
  return packet;
}

Bytes With(Bytes packet, std::string_view more) {
  test::PutAll(packet, more);
  return packet;
}

std::string Octets(std::initializer_list<int> values) {
  std::string octets;
  for (const int value : values) octets += static_cast<char>(value);
  return octets;
}

const std::string kSoaQuestion = test::WireName(kOrigin) + Octets({0, 6, 0, 1});
/// What a TSIG without a signature looks like; no key has its name.
const std::string kTsig = "\1k" + Octets({0, 0, 250, 0, 255, 0, 0, 0, 0, 0, 29}) +
                          test::WireName("hmac-sha256") + std::string(16, '\0');
const std::string kBareOpt = Octets({0, 0, 41, 4, 208, 0, 0, 0, 0, 0, 0});

/// What a reply must be like; what is not said is not judged.
struct Want {
  unsigned rcode = kNoError;
  std::optional<bool> opt;
  std::optional<bool> answer;
  std::optional<bool> authoritative;
  std::optional<bool> truncated;
  std::optional<size_t> octets;      // exactly
  std::optional<size_t> max_octets;  // at most
};

std::string FaultIn(const Want& want, const Reply& reply) {
  const test::Message& message = reply.message;
  const auto differs = [](const std::optional<bool>& wanted, bool is) {
    return wanted && *wanted != is;
  };
  if (message.rcode() != want.rcode) return fmt::format("rcode {}", message.rcode());
  if (differs(want.opt, message.opt.has_value())) return *want.opt ? "no OPT" : "an OPT";
  if (differs(want.answer, !message.answer.empty()))
    return *want.answer ? "no answer" : "an answer";
  if (differs(want.authoritative, message.authoritative())) return "AA";
  if (differs(want.truncated, message.truncated())) return "TC";
  if (want.octets && reply.octets.size() != *want.octets) {
    return fmt::format("{} octets", reply.octets.size());
  }
  if (want.max_octets && reply.octets.size() > *want.max_octets) {
    return fmt::format("{} octets", reply.octets.size());
  }
  // RA, Z, AD and CD are never ours to set; nor is a version or flag that EDNS does not know.
  if ((message.flags & (kRa | kZ | kAd | kCd)) != 0) return "RA, Z, AD or CD is set";
  if (message.opt && (message.opt->ttl & 0x00FF7FFF) != 0) return "EDNS version or flags";
  return "";
}

Judge Wants(const Want& want) {
  return [want](const std::optional<Reply>& reply) {
    return reply ? FaultIn(want, *reply) : std::string("no reply");
  };
}

/// And what the packet's reply must hold besides.
Judge Also(const Judge& first, std::function<std::string(const test::Message&)> more) {
  return [first, more](const std::optional<Reply>& reply) {
    const std::string fault = first(reply);
    return fault.empty() ? more(reply->message) : fault;
  };
}

Judge Silence() {
  return [](const std::optional<Reply>& reply) { return reply ? "a reply" : std::string(); };
}

Want Answered() {
  return {.opt = false, .answer = true, .authoritative = true, .truncated = false};
}
Want AnsweredWithOpt() {
  return {.opt = true, .answer = true, .authoritative = true, .truncated = false};
}
Want Malformed() { return {.rcode = kFormErr, .opt = false, .octets = 12}; }

std::string LacksOption(const test::Message& message, uint16_t code) {
  return message.Option(code) ? "an option that nobody knows is echoed" : "";
}

void AddPlain(std::vector<Case>& cases) {
  const auto add = [&](const char* name, const char* clause, const Bytes& packet,
                       const Judge& judge, bool is_tcp = false) {
    cases.push_back({name, clause, packet, is_tcp, judge});
  };
  add("plain SOA", "RFC 8906 8.1.1", Soa().Build(), Wants(Answered()));
  add("plain SOA by TCP", "RFC 8906 8.1.6", Soa().Build(), Wants(Answered()), true);
  add("unknown type", "RFC 8906 8.1.2", QueryPacket(kOrigin, 1000).Flags(0).Build(),
      Wants({.opt = false, .answer = false, .authoritative = true}));
  add("CD and AD set", "RFC 4035 3.1.6", Soa().Flags(kCd | kAd).Build(), Wants(Answered()));
  add("Z set", "RFC 8906 8.1.3.2", Soa().Flags(kZ).Build(), Wants(Answered()));
  add("RD set", "RFC 8906 8.1.3.3", Soa().Flags(kRd).Build(),
      Also(Wants(Answered()), [](const test::Message& message) {
        return (message.flags & kRd) == 0 ? "RD is not copied" : "";
      }));
  add("AA, TC and RA set", "RFC 1035 4.1.1", Soa().Flags(kAa | kTc | kRa).Build(),
      Wants(Answered()));
  add("a zone not served", "RFC 8906 3.1.1", QueryPacket("example.org", kSoa).Build(),
      Wants({.rcode = kRefused, .opt = false, .answer = false, .authoritative = false}));
  add("mixed case", "RFC 4343 4.1", QueryPacket("cOmPlIaNcE.tEsT", kSoa).Build(),
      Also(Wants(Answered()), [](const test::Message& message) {
        return message.qname == "cOmPlIaNcE.tEsT" ? "" : "the question's case is lost";
      }));
}

void AddOpcodes(std::vector<Case>& cases) {
  const auto add = [&](const std::string& name, const char* clause, const Bytes& packet,
                       const Want& want) {
    cases.push_back({name, clause, packet, false, Wants(want)});
  };
  for (const uint16_t opcode : {3, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}) {
    const auto flags = static_cast<uint16_t>(opcode << 11);
    add(fmt::format("opcode {} alone", opcode), "RFC 8906 8.1.4", Header(flags, 0),
        {.rcode = kNotImp, .opt = false, .answer = false, .authoritative = false, .octets = 12});
  }
  add("opcode 15 with every flag", "RFC 8906 8.1.4",
      Header(15 << 11 | kAa | kTc | kRd | kRa | kZ | kAd | kCd, 0),
      {.rcode = kNotImp, .authoritative = false, .truncated = false, .octets = 12});
  add("opcode 15 with OPT", "RFC 6891 6.1.1", Soa().Flags(15 << 11).Edns().Build(),
      {.rcode = kNotImp, .opt = true, .answer = false});
  add("IQUERY", "RFC 3425 3", Soa().Flags(1 << 11).Build(), {.rcode = kNotImp, .answer = false});
  add("STATUS", "RFC 8906 3.1.4", Soa().Flags(2 << 11).Build(),
      {.rcode = kNotImp, .answer = false});
}

void AddEdns(std::vector<Case>& cases) {
  const auto add = [&](const char* name, const char* clause, const Bytes& packet,
                       const Judge& judge, bool is_tcp = false) {
    cases.push_back({name, clause, packet, is_tcp, judge});
  };
  const Want bad_version = {.rcode = kBadVers, .opt = true, .answer = false};
  const auto without_100 = [](const test::Message& message) { return LacksOption(message, 100); };
  add("EDNS 0", "RFC 8906 8.2.1", Soa().Edns(4096).Build(), Wants(AnsweredWithOpt()));
  add("EDNS 1", "RFC 8906 8.2.2", Soa().Edns(4096, kVersion1).Build(), Wants(bad_version));
  add("EDNS 255", "RFC 8906 8.2.2", Soa().Edns(4096, 255U << 16).Build(), Wants(bad_version));
  add("unknown option", "RFC 8906 8.2.3", Soa().Option(100, {}).Build(),
      Also(Wants(AnsweredWithOpt()), without_100));
  add("unknown flag", "RFC 8906 8.2.4", Soa().Edns(4096, kUnknownEdnsFlag).Build(),
      Wants(AnsweredWithOpt()));
  add("EDNS 1 with unknown flag", "RFC 8906 8.2.5",
      Soa().Edns(4096, kVersion1 | kUnknownEdnsFlag).Build(), Wants(bad_version));
  add("EDNS 1 with unknown option", "RFC 8906 8.2.6",
      Soa().Edns(4096, kVersion1).Option(100, {}).Build(), Also(Wants(bad_version), without_100));
  add("DO", "RFC 3225 3", Soa().Edns(4096, kDo).Build(),
      Also(Wants(AnsweredWithOpt()), [](const test::Message& message) {
        return (message.opt->ttl & kDo) == 0 ? "DO is not copied" : "";
      }));
  add("EDNS 1 with DO", "RFC 8906 8.2.2", Soa().Edns(4096, kVersion1 | kDo).Build(),
      Wants(bad_version));
  add("EDNS by TCP", "RFC 8906 8.2.8", Soa().Edns(512, kDo).Build(), Wants(AnsweredWithOpt()),
      true);
  add("several options", "RFC 8906 8.2.7",
      Soa()
          .Option(3, {})
          .Option(8, {0, 1, 24, 0, 192, 0, 2})
          .Option(9, {})
          .Option(10, {1, 2, 3, 4, 5, 6, 7, 8})
          .Build(),
      Wants(AnsweredWithOpt()));
  add("a large option", "RFC 6891 6.1.2", Soa().Option(100, Bytes(1000, 7)).Build(),
      Also(Wants(AnsweredWithOpt()), without_100));
  for (const size_t octets : {5000, 60000}) {
    cases.push_back({fmt::format("an option of {} octets by UDP", octets), "RFC 6891 6.1.2",
                     Soa().Option(100, Bytes(octets, 7)).Build(), false,
                     Also(Wants(AnsweredWithOpt()), without_100)});
  }
  add("a large option by TCP", "RFC 7766 8", Soa().Option(100, Bytes(65000, 7)).Build(),
      Also(Wants(AnsweredWithOpt()), without_100), true);
  add("an option of all TCP's octets", "RFC 7766 8",
      Soa().Option(100, Bytes(65535 - 12 - kSoaQuestion.size() - 11 - 4, 7)).Build(),
      Wants(AnsweredWithOpt()), true);
  add("a payload of 65535", "RFC 6891 6.2.5", Soa().Edns(65535).Build(), Wants(AnsweredWithOpt()));
  add("a payload of 0", "RFC 6891 6.2.3", Soa().Edns(0).Build(), Wants(AnsweredWithOpt()));
  add("REFUSED with OPT", "RFC 6891 6.1.1", QueryPacket("example.org", kSoa).Edns().Build(),
      Wants({.rcode = kRefused, .opt = true}));
  add("a small payload", "RFC 8906 8.2.7", QueryPacket("big." + kOrigin, kTxt).Edns(512).Build(),
      Wants({.opt = true, .answer = false, .truncated = true, .max_octets = 512}));
  add("a payload below 512", "RFC 6891 6.2.3",
      QueryPacket("middle." + kOrigin, kTxt).Edns(1).Build(), Wants(AnsweredWithOpt()));
  add("no EDNS, much to say", "RFC 1035 4.2.1", QueryPacket("big." + kOrigin, kTxt).Build(),
      Wants({.opt = false, .answer = false, .truncated = true, .max_octets = 512}));
  add("much to say by TCP", "RFC 1035 4.2.2", QueryPacket("big." + kOrigin, kTxt).Build(),
      Wants(Answered()), true);
}

/// What does not fit, and whether that is worth saying so.
void AddRoom(std::vector<Case>& cases) {
  const auto add = [&](const char* name, const char* clause, const Bytes& packet,
                       const Judge& judge) {
    cases.push_back({name, clause, packet, false, judge});
  };
  const auto is_whole = [](size_t answers) {
    return [answers](const test::Message& message) {
      return message.answer.size() == answers ? "" : "a part of the answer";
    };
  };
  add("glue that does not fit", "RFC 9471 3.1", QueryPacket("www.glued." + kOrigin, 1).Build(),
      Wants({.authoritative = false, .truncated = true, .max_octets = 512}));
  add("glue that fits", "RFC 9471 3.1", QueryPacket("www.glued." + kOrigin, 1).Edns(1232).Build(),
      Also(Wants({.authoritative = false, .truncated = false}), [](const test::Message& message) {
        return message.additional.size() == 26 ? "" : "not all glue";
      }));
  add("other addresses that do not fit", "RFC 2181 9", QueryPacket("mails." + kOrigin, 15).Build(),
      Also(Wants({.truncated = false, .max_octets = 512}), is_whole(10)));
  add("a chain of aliases without end", "RFC 1034 3.6.2",
      QueryPacket("loop1." + kOrigin, 1).Build(), Wants({.answer = true, .truncated = false}));
  add("QTYPE=CNAME", "RFC 1034 4.3.2 3a", QueryPacket("chain1." + kOrigin, 5).Build(),
      Also(Wants(Answered()), is_whole(1)));
  add("a chain that ends nowhere", "RFC 6604 3", QueryPacket("chain1." + kOrigin, 1).Build(),
      Wants({.rcode = kNxDomain, .answer = true, .authoritative = true}));
  add("a negative answer", "RFC 2308 3", QueryPacket("nothing." + kOrigin, 1).Build(),
      Also(Wants({.rcode = kNxDomain}), [](const test::Message& message) {
        const bool is_lowered = message.authority.size() == 1 && message.authority[0].ttl == 200;
        return is_lowered ? "" : "the SOA's TTL is not lowered";
      }));
  add("a SOA that is asked for", "RFC 2308 3", Soa().Build(),
      Also(Wants(Answered()), [](const test::Message& message) {
        return message.answer[0].ttl == 300 ? "" : "the SOA's TTL is lowered";
      }));
}

void AddMalformed(std::vector<Case>& cases) {
  const auto add = [&](const char* name, const char* clause, const Bytes& packet,
                       const Judge& judge) {
    cases.push_back({name, clause, packet, false, judge});
  };
  const Judge malformed = Wants(Malformed());
  const std::string tail = Octets({0, 6, 0, 1});
  add("no question", "RFC 9619 4", Header(0, 0), malformed);
  add("two questions", "RFC 9619 4", With(Header(0, 2), kSoaQuestion + kSoaQuestion), malformed);
  add("no question, with OPT", "RFC 6891 6.1.1", With(Header(0, 0, 1), kBareOpt),
      Wants({.rcode = kFormErr, .opt = true, .answer = false}));
  add("a question that is missing", "RFC 1035 4.1.1", Header(0, 1), malformed);
  add("a question cut short", "RFC 1035 4.1.2",
      With(Header(0, 1), kSoaQuestion.substr(0, kSoaQuestion.size() - 1)), malformed);
  add("a name without an end", "RFC 1035 3.1", With(Header(0, 1), "\3www"), malformed);
  add("a label of 64 octets", "RFC 1035 3.1",
      With(Header(0, 1), Octets({64}) + std::string(64, 'a') + '\0' + tail), malformed);
  add("an extended label", "RFC 6891 5", With(Header(0, 1), Octets({0x41, 1, 0}) + tail),
      malformed);
  add("a name that points to itself", "RFC 1035 4.1.4",
      With(Header(0, 1), Octets({0xC0, 12}) + tail), malformed);
  add("a name that points forward", "RFC 1035 4.1.4",
      With(Header(0, 1), Octets({0xC0, 18}) + tail + Octets({0})), malformed);
  std::string long_name;
  for (int i = 0; i < 4; ++i) long_name += Octets({63}) + std::string(63, 'a');
  add("a name of 257 octets", "RFC 1035 3.1", With(Header(0, 1), long_name + '\0' + tail),
      malformed);
  add("a record that is missing", "RFC 1035 4.1.1", With(Header(0, 1, 1), kSoaQuestion), malformed);
  add("two OPTs", "RFC 6891 6.1.1", With(Header(0, 1, 2), kSoaQuestion + kBareOpt + kBareOpt),
      Wants({.rcode = kFormErr, .answer = false}));
  add("an OPT below a name", "RFC 6891 6.1.2",
      With(Header(0, 1, 1), kSoaQuestion + "\1a" + kBareOpt),
      Wants({.rcode = kFormErr, .answer = false}));
  add("an option longer than its OPT", "RFC 6891 6.1.2",
      With(Header(0, 1, 1), kSoaQuestion + kBareOpt.substr(0, 9) + Octets({0, 5, 0, 100, 0, 9, 1})),
      Wants({.rcode = kFormErr, .answer = false}));
  const Want misplaced = {.rcode = kFormErr, .answer = false};
  add("a TSIG among the answers", "RFC 8945 5.1", With(Header(0, 1, 0, 1), kSoaQuestion + kTsig),
      Wants(misplaced));
  add("a TSIG in the authority section", "RFC 8945 5.1",
      With(Header(0, 1, 0, 0, 1), kSoaQuestion + kTsig), Wants(misplaced));
  add("a TSIG before the OPT", "RFC 8945 5.1",
      With(Header(0, 1, 2), kSoaQuestion + kTsig + kBareOpt), Wants(misplaced));
  add("two TSIGs", "RFC 8945 5.1", With(Header(0, 1, 2), kSoaQuestion + kTsig + kTsig),
      Wants(misplaced));
  add("a TSIG of a key that nobody has", "RFC 8945 5.2.1",
      With(Header(0, 1, 1), kSoaQuestion + kTsig), Wants({.rcode = kNotAuth, .answer = false}));
  cases.push_back({"a reply", "RFC 5625 4.1", Soa().Flags(0x8000).Build(), false, Silence(), true});
  cases.push_back({"eleven octets", "RFC 1035 4.1.1", Bytes(11, 0), false, Silence(), true});
}

void AddNames(std::vector<Case>& cases) {
  const auto add = [&](const char* name, const char* clause, const Bytes& packet,
                       const Judge& judge) {
    cases.push_back({name, clause, packet, false, judge});
  };
  const Want nothing = {.rcode = kNxDomain, .answer = false, .authoritative = true};
  const size_t room = 255 - test::WireName(kOrigin).size();
  std::string most_labels;
  for (size_t i = 0; i < room / 2; ++i) most_labels += Octets({1, 'a'});
  add("a name of 127 labels or so", "RFC 1035 3.1", With(Header(0, 1), most_labels + kSoaQuestion),
      Wants(nothing));
  std::string longest;
  for (size_t left = room; left > 1;) {
    const size_t label = std::min<size_t>(left - 1, left - 1 == 64 ? 62 : 63);
    longest += static_cast<char>(label) + std::string(label, 'z');
    left -= label + 1;
  }
  add("a name of 255 octets", "RFC 1035 3.1", With(Header(0, 1), longest + kSoaQuestion),
      Wants(nothing));
  add("octets of any value", "RFC 2181 11",
      With(Header(0, 1), Octets({4, 0, 255, '.', '\\'}) + kSoaQuestion), Wants(nothing));
  add("the root", "RFC 8906 3.1.1", QueryPacket(".", 2).Build(),
      Wants({.rcode = kRefused, .answer = false}));
  add("version.bind", "RFC 4892 2", QueryPacket("version.bind", kTxt, 3).Build(),
      Wants({.rcode = kNoError, .answer = true}));
  add("an unknown name of class CH", "RFC 8906 3.1.1", QueryPacket("a.b", kTxt, 3).Build(),
      Wants({.rcode = kRefused, .answer = false}));
  add("class HS", "RFC 8906 3.1.1", QueryPacket(kOrigin, kSoa, 4).Build(),
      Wants({.rcode = kRefused, .answer = false}));
  add("class ANY", "RFC 1035 6.2", QueryPacket(kOrigin, kSoa, 255).Build(),
      Wants({.rcode = kNoError, .answer = true, .authoritative = false}));
  add("octets behind the message", "RFC 1035 4.1", With(Soa().Build(), "more"), Wants(Answered()));
  add("AXFR", "RFC 5936 4.2", QueryPacket(kOrigin, kAxfr).Build(),
      Wants({.rcode = kNotImp, .answer = false}));
  for (const uint16_t type : {0, 41, 128, 249, 250, 253, 254, 65535}) {
    cases.push_back({fmt::format("type {}", type), "RFC 6895 3.1",
                     QueryPacket(kOrigin, type).Build(), false,
                     [](const std::optional<Reply>& reply) {
                       return reply && reply->message.answer.empty() ? "" : "silence or an answer";
                     }});
  }
}

}  // namespace

Zones ComplianceZones() {
  std::string text =
      "$TTL 300\n@ SOA ns1 hostmaster 1 7200 900 1209600 200\n@ NS ns1\nns1 A 192.0.2.1\n"
      "middle TXT \"" +
      std::string(200, 'm') + "\" \"" + std::string(150, 'm') + "\"\n";
  for (int i = 0; i < 10; ++i) {
    const std::string mail = "mail" + std::to_string(i) + "-has-a-long-name";
    text += "big TXT \"" + std::to_string(i) + std::string(200, 'b') + "\"\n";
    text += "mails MX 10 " + mail + "\n" + mail + " A 192.0.2.25\n" + mail + " AAAA 2001:db8::25\n";
  }
  for (int i = 0; i < 13; ++i) {
    const std::string server = "ns" + std::to_string(i) + ".glued";
    text +=
        "glued NS " + server + "\n" + server + " A 192.0.2.53\n" + server + " AAAA 2001:db8::53\n";
  }
  text += "loop1 CNAME loop2\nloop2 CNAME loop1\nchain1 CNAME chain2\nchain2 CNAME gone\n";
  return {{kOrigin, text}};
}

std::vector<Case> ComplianceCases() {
  std::vector<Case> cases;
  AddPlain(cases);
  AddOpcodes(cases);
  AddEdns(cases);
  AddRoom(cases);
  AddMalformed(cases);
  AddNames(cases);
  return cases;
}

std::string FaultOf(NameServer& server, const Case& one) {
  const auto octets = one.is_tcp ? server.AskTcp(one.packet) : server.AskUdp(one.packet);
  if (!octets) return one.judge(std::nullopt);
  const auto message = test::ReadMessage(*octets);
  if (!message) return "the reply is not well-formed";
  if ((message->flags & 0x8000) == 0) return "the reply is none";
  return one.judge(Reply{*octets, *message});
}

}  // namespace waypost::peers
