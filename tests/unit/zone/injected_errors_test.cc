// A sound master file with one error at a time, at every line of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "dnsd/zone/builder.h"
#include "tests/unit/zone/zone_words.h"

namespace waypost::zone {
namespace {

using Lines = std::vector<std::string>;

/// Something of everything that a master file may have.
const Lines& Sound() {
  static const Lines kLines = {
      "; a zone",
      "$ORIGIN example.",
      "$TTL 1h",
      "@ 3600 IN SOA ns1 hostmaster (",
      "    2026112101 ; serial",
      "    1h 10m",
      "    1w 300 )",
      "  NS ns1",
      "  NS ns2.sub",
      "  MX 10 mail",
      "  TXT \"two words\" and-one",
      "",
      "ns1 A 192.0.2.1",
      "    AAAA 2001:db8::1",
      "mail 300 A 192.0.2.25",
      "www CNAME ns1",
      "*.wild A 192.0.2.9",
      "_sip._tcp SRV 0 5 5060 mail",
      "svc HTTPS 1 . alpn=h2 port=8443",
      "old DNAME example.org.",
      "caa CAA 0 issue \"ca.example.net\"",
      "odd TYPE65280 \\# 2 CAFE",
      "$GENERATE 1-3 host$ A 192.0.2.$",
      "$ORIGIN sub.example.",
      "@ NS ns2",
      "ns2 A 192.0.2.2",
  };
  return kLines;
}

std::string Join(const Lines& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

BuiltZone Load(const std::string& text) { return LoadZoneText(text, N("example"), "z.zone"); }

Problems ErrorsOf(const BuiltZone& zone) {
  Problems errors = zone.problems;
  std::erase_if(errors, [](const Problem& problem) { return problem.is_warning; });
  return errors;
}

/// One way to break a line; where it stands, for what is broken by position.
struct Injury {
  const char* name;
  std::function<void(Lines&, size_t)> inflict;
};

const std::vector<Injury>& Injuries() {
  static const std::vector<Injury> kInjuries = {
      {"a word that means nothing", [](Lines& l, size_t at) { l[at] = "x NONSENSE y"; }},
      {"no RDATA", [](Lines& l, size_t at) { l[at] = "x A"; }},
      {"RDATA of another type", [](Lines& l, size_t at) { l[at] = "x A 2001:db8::1"; }},
      {"a word too many", [](Lines& l, size_t at) { l[at] = "x A 192.0.2.1 192.0.2.2"; }},
      {"a label of 64 octets",
       [](Lines& l, size_t at) { l[at].assign(64, 'x').append(" A 192.0.2.1"); }},
      {"a TTL beyond all bounds", [](Lines& l, size_t at) { l[at] = "x 99999999999 A 192.0.2.1"; }},
      {"an open quote", [](Lines& l, size_t at) { l[at] = "x TXT \"never closed"; }},
      {"an open parenthesis", [](Lines& l, size_t at) { l[at] = "x TXT ( never closed"; }},
      {"a parenthesis that closes nothing", [](Lines& l, size_t at) { l[at] = "x TXT a ) )"; }},
      {"an unknown directive", [](Lines& l, size_t at) { l[at] = "$NONSENSE 1"; }},
      {"another class", [](Lines& l, size_t at) { l[at] = "x CH TXT a"; }},
      {"octets that are no text", [](Lines& l, size_t at) { l[at] = "\xFF\x01 \x80 \\"; }},
      {"a NUL", [](Lines& l, size_t at) { l[at] += std::string(1, '\0'); }},
      {"nothing", [](Lines& l, size_t at) { l[at].clear(); }},
      {"half of it", [](Lines& l, size_t at) { l[at].resize(l[at].size() / 2); }},
      {"the line twice", [](Lines& l, size_t at) { l.insert(l.begin() + at, l[at]); }},
      {"the end", [](Lines& l, size_t at) { l.resize(at); }},
      {"a record outside of the zone", [](Lines& l, size_t at) { l[at] = "x.other. A 192.0.2.1"; }},
      {"other data beside a CNAME",
       [](Lines& l, size_t at) { l[at] = "www.example. A 192.0.2.1"; }},
  };
  return kInjuries;
}

TEST(InjectedErrors, TheFileIsSoundWithoutThem) {
  const BuiltZone zone = Load(Join(Sound()));
  for (const Problem& problem : zone.problems) ADD_FAILURE() << problem.ToString();
  EXPECT_NE(zone.zone, nullptr);
}

TEST(InjectedErrors, LeaveAZoneOrNameTheFileAndALineOfIt) {
  for (const Injury& injury : Injuries()) {
    for (size_t at = 0; at < Sound().size(); ++at) {
      SCOPED_TRACE(std::string(injury.name) + " at line " + std::to_string(at + 1));
      Lines lines = Sound();
      injury.inflict(lines, at);
      const BuiltZone zone = Load(Join(lines));
      const Problems errors = ErrorsOf(zone);
      EXPECT_EQ(zone.zone == nullptr, !errors.empty()) << "an error and only an error refuses it";
      for (const Problem& error : errors) {
        EXPECT_EQ(error.file, "z.zone") << error.ToString();
        EXPECT_LE(error.line, lines.size() + 1) << error.ToString();
        EXPECT_FALSE(error.fact.empty());
        // What is missing altogether stands nowhere.
        EXPECT_EQ(error.line == 0,
                  error.fact.rfind("there is no ", 0) == 0 &&
                      (error.fact.ends_with("SOA record") || error.fact.ends_with("NS record")))
            << error.ToString();
      }
    }
  }
}

/// Not inside of what goes over several lines.
bool IsBetweenEntries(size_t at) { return at < 4 || at > 6; }

TEST(InjectedErrors, ThatAreALineOfTheirOwnAreToldOnceAndThere) {
  const Lines bad = {"x NONSENSE y", "x A",         "x A 2001:db8::1", "x MX 10",
                     "$NONSENSE 1",  "x CH TXT a",  "a..b A 1.2.3.4",  "x 99999999999 A 192.0.2.1",
                     "x TXT a )",    "$TTL never",  "$ORIGIN a..b",    "$GENERATE 9-1 a A 1.2.3.$",
                     "x SVCB 1 . =", "x SRV 1 2 3", "$INCLUDE other",  "x CAA 0 issue"};
  for (const std::string& line : bad) {
    for (size_t at = 0; at <= Sound().size(); ++at) {
      if (!IsBetweenEntries(at)) continue;
      SCOPED_TRACE(line + " at line " + std::to_string(at + 1));
      Lines lines = Sound();
      lines.insert(lines.begin() + static_cast<ptrdiff_t>(at), line);
      const Problems errors = ErrorsOf(Load(Join(lines)));
      ASSERT_EQ(errors.size(), 1U);
      EXPECT_EQ(errors[0].file, "z.zone");
      EXPECT_EQ(errors[0].line, at + 1) << errors[0].ToString();
    }
  }
}

}  // namespace
}  // namespace waypost::zone
