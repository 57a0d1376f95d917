// The oracle: what a name server answers, written down as RFC 1034 section 4.3.2 has it, with RFC
// 4592 (wildcards), 6672 (DNAME), 2308 (negative answers), 4035 section 3.1.4.1 (DS), 8482 (ANY)
// and 9471 (glue). Names are lists of labels, zones are lists of records, and every question reads
// all of them. Slow and obvious; shares nothing with the server.
#pragma once

#include <algorithm>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace waypost::serve::slow {

/// Labels from the root down, lower case: {"example", "www"}.
using Labels = std::vector<std::string>;

enum : uint16_t {
  kA = 1,
  kNs = 2,
  kCname = 5,
  kSoa = 6,
  kMx = 15,
  kTxt = 16,
  kAaaa = 28,
  kDname = 39,
  kDs = 43,
  kAny = 255,
};

struct Record {
  Labels owner;
  uint16_t type = 0;
  uint32_t ttl = 0;
  std::string rdata;  // of types without a name in it
  Labels target;      // the name in it: NS, CNAME, DNAME, MX
};

inline bool IsBelow(const Labels& name, const Labels& ancestor) {
  return name.size() > ancestor.size() &&
         std::equal(ancestor.begin(), ancestor.end(), name.begin());
}
inline bool IsAtOrBelow(const Labels& name, const Labels& ancestor) {
  return name == ancestor || IsBelow(name, ancestor);
}

struct Zone {
  Labels origin;
  uint32_t minimum = 0;  // of the SOA
  std::vector<Record> records;

  std::vector<Record> Find(const Labels& owner, uint16_t type) const {
    std::vector<Record> found;
    for (const Record& record : records) {
      if (record.owner == owner && (record.type == type || type == kAny)) found.push_back(record);
    }
    return found;
  }
  bool Has(const Labels& owner, uint16_t type) const { return !Find(owner, type).empty(); }
  /// It owns a record, or a name below it does.
  bool Exists(const Labels& name) const {
    return std::any_of(records.begin(), records.end(),
                       [&](const Record& record) { return IsAtOrBelow(record.owner, name); });
  }
};

/// What is to be compared. An RRset is in a section wholly or not at all.
struct Reply {
  unsigned rcode = 0;
  bool authoritative = false;
  std::vector<Record> answer;
  std::vector<Record> choice;  // for ANY: one of these RRsets is in the answer too
  std::vector<Record> authority;
  std::vector<Record> additional;  // if there is room
  bool needs_glue = false;         // some of `additional` is required
};

class Resolver {
 public:
  /// Links of a chain of aliases that the server follows.
  static constexpr size_t kMaxLinks = 12;

  explicit Resolver(std::vector<Zone> zones) : zones_(std::move(zones)) {}

  Reply Resolve(const Labels& qname, uint16_t qtype) const {
    Reply reply;
    std::vector<Labels> visited = {qname};
    while (true) {
      const Labels name = visited.back();
      const Zone* zone = NearestZone(name, qtype);
      if (zone == nullptr) {
        if (visited.size() == 1) reply.rcode = 5;
        return reply;
      }
      const Labels next = Step(*zone, name, qtype, visited.size() == 1, reply);
      const bool is_loop = std::find(visited.begin(), visited.end(), next) != visited.end();
      if (next.empty() || is_loop || visited.size() > kMaxLinks) return reply;
      visited.push_back(next);
    }
  }

 private:
  /// How far a name could be matched in a zone.
  struct Walk {
    enum End { kReferral, kMatch, kDname, kWildcard, kNothing } end = kNothing;
    Labels node;  // the cut, the name, the owner of the DNAME, or the wildcard
  };

  const Zone* NearestZone(const Labels& name, uint16_t qtype) const {
    const Zone* nearest = nullptr;
    const Zone* above = nullptr;  // of which the name is not the apex
    for (const Zone& zone : zones_) {
      if (!IsAtOrBelow(name, zone.origin)) continue;
      const auto is_longer = [&](const Zone* than) {
        return than == nullptr || zone.origin.size() > than->origin.size();
      };
      if (is_longer(nearest)) nearest = &zone;
      if (zone.origin != name && is_longer(above)) above = &zone;
    }
    return qtype == kDs && above != nullptr ? above : nearest;
  }

  static Walk WalkDown(const Zone& zone, const Labels& name) {
    Labels node = zone.origin;
    while (true) {
      if (node != zone.origin && zone.Has(node, kNs)) return {Walk::kReferral, node};
      if (node == name) return {Walk::kMatch, node};
      if (zone.Has(node, kDname)) return {Walk::kDname, node};
      Labels next = node;
      next.push_back(name[node.size()]);
      if (!zone.Exists(next)) break;
      node = next;
    }
    node.push_back("*");
    if (!zone.Exists(node)) return {};
    return {Walk::kWildcard, node};
  }

  /// Steps 3a to 3c for one name; returns the name that an alias leads to, else nothing.
  Labels Step(const Zone& zone, const Labels& name, uint16_t qtype, bool is_first,
              Reply& reply) const {
    const Walk walk = WalkDown(zone, name);
    const bool is_ds_at_cut = walk.end == Walk::kReferral && qtype == kDs && walk.node == name;
    if (walk.end == Walk::kReferral && !is_ds_at_cut) {
      Refer(zone, walk.node, reply);
      return {};
    }
    if (is_first) reply.authoritative = true;
    if (walk.end == Walk::kDname) return Rename(zone, walk.node, name, qtype, reply);
    if (walk.end == Walk::kNothing) {
      reply.rcode = 3;
      AddSoa(zone, reply);
      return {};
    }
    return FromNode(zone, walk.node, name, qtype, reply);
  }

  static Labels FromNode(const Zone& zone, const Labels& node, const Labels& name, uint16_t qtype,
                         Reply& reply) {
    std::vector<Record> found = zone.Find(node, qtype);
    std::vector<Record> alias = zone.Find(node, kCname);
    if (!alias.empty() && qtype != kCname) found = alias;
    if (found.empty()) {
      AddSoa(zone, reply);
      return {};
    }
    for (Record record : found) {
      record.owner = name;
      // What the chain has passed is not repeated; for ANY it is one of those to choose.
      if (qtype != kAny && record.type == kDname && Holds(reply.answer, record)) continue;
      (qtype == kAny ? reply.choice : reply.answer).push_back(record);
      if (record.type != kNs && record.type != kMx) continue;
      if (qtype != kAny) AddAddresses(zone, record.target, record.type == kNs, reply);
    }
    return alias.empty() || qtype == kCname || qtype == kAny ? Labels{} : alias[0].target;
  }

  static Labels Rename(const Zone& zone, const Labels& owner, const Labels& name, uint16_t qtype,
                       Reply& reply) {
    const Record dname = zone.Find(owner, kDname)[0];
    const bool is_passed = Holds(reply.answer, dname);
    // It leads there again, and again; to see no end is the resolver's part.
    if (is_passed && IsBelow(dname.target, owner)) return {};
    if (!is_passed) reply.answer.push_back(dname);
    Labels renamed = dname.target;
    renamed.insert(renamed.end(), name.begin() + static_cast<long>(owner.size()), name.end());
    size_t octets = 1;
    for (const std::string& label : renamed) octets += 1 + label.size();
    if (octets > 255) {
      reply.rcode = 6;
      return {};
    }
    reply.answer.push_back({name, kCname, dname.ttl, "", renamed});
    return qtype == kCname ? Labels{} : renamed;
  }

  static void Refer(const Zone& zone, const Labels& cut, Reply& reply) {
    for (const Record& server : zone.Find(cut, kNs)) {
      reply.authority.push_back(server);
      const size_t before = reply.additional.size();
      AddAddresses(zone, server.target, true, reply);
      if (IsAtOrBelow(server.target, cut) && reply.additional.size() > before) {
        reply.needs_glue = true;
      }
    }
  }

  static bool Holds(const std::vector<Record>& records, const Record& wanted) {
    return std::any_of(records.begin(), records.end(), [&](const Record& record) {
      return record.type == wanted.type && record.owner == wanted.owner;
    });
  }

  static void AddSoa(const Zone& zone, Reply& reply) {
    Record soa = zone.Find(zone.origin, kSoa)[0];
    soa.ttl = std::min(soa.ttl, zone.minimum);
    reply.authority.push_back(soa);
  }

  static void AddAddresses(const Zone& zone, const Labels& host, bool may_be_glue, Reply& reply) {
    if (!IsAtOrBelow(host, zone.origin)) return;
    const Walk walk = WalkDown(zone, host);
    Labels node = walk.node;
    if (walk.end == Walk::kReferral) node = host;
    if (walk.end == Walk::kReferral && !may_be_glue) return;
    if (walk.end == Walk::kDname || walk.end == Walk::kNothing) return;
    for (const uint16_t type : {kA, kAaaa}) {
      for (Record record : zone.Find(node, type)) {
        record.owner = host;
        reply.additional.push_back(record);
      }
    }
  }

  std::vector<Zone> zones_;
};

}  // namespace waypost::serve::slow
