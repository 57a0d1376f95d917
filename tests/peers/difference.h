// How two replies to one question differ, in words that a table can list.
//
// A mark is a field and how the peer's differs from ours: "answer+" the peer has more, "answer-"
// less, "answer~" other records, "answer ttl" the same with another TTL; "rcode=2" the peer's rcode
// where they differ; "aa", "tc", "ra", "ad", "cd", "z", "question", "opt".
//
// Thread safety: values.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "tests/peers/zones.h"
#include "tests/support/dns_message.h"

namespace waypost::peers {

using Marks = std::set<std::string>;

Marks Differences(const test::Message& ours, const test::Message& theirs);

/// What kind of reply ours is: "any", "loop", "across" (an alias leads into another zone), "chain",
/// "dname", "referral", "negative", "refused", "direct".
std::string KindOf(const Question& question, const test::Message& ours, const Zones& zones);

/// One line of differences.txt.
struct Explained {
  std::string peer;
  std::string kind;
  Marks marks;  // any of them, together or alone
  std::string clause;

  bool Covers(const std::string& of_peer, const std::string& of_kind, const Marks& found) const;
};

/// Lines of five columns, divided by '|': peer, kind, marks, clause, reason. Aborts on other lines.
std::vector<Explained> ReadTable(const std::string& path);

/// All of a message, for people.
std::string Show(const test::Message& message);

}  // namespace waypost::peers
