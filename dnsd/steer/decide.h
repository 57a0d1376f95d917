// The one decision function. The server, explain, plan and the tests all call it; explain is its
// trace.
//
// Pure and deterministic: no clock, no I/O, no global, no hidden random state. The same arguments
// give the same result on every server; a policy that asks for a random spread gets its numbers
// from `draw`.
//
// In this order:
//   1. Candidates: the record's pools with endpoints of the wanted family; none: kNoFamily.
//   2. Pin: a pool that an operator named answers alone while it can be used and no fence forbids
//   it.
//   3. Fences drop what is not allowed for the client, whatever its health; all dropped: kFenced.
//   4. Health drops what the policy does not count as usable (knobs.h).
//   5. The other steps narrow, order and choose (chain.h); the front group is left.
//   6. Its usable endpoints answer, by weight if they are more than the answer takes
//      (endpoint_choice.h); an address once. A service also names the groups behind, as tiers.
// Nothing usable: on_all_down. With `all` steps 2 to 6 run again, at first with everything usable
// that is neither drained nor forced down, then with everything; with `last_resort` for that pool
// alone.
//
// An endpoint in a slow start takes part in step 6 in its share of the decisions (board.h), by
// `draw`, unless nobody else can answer.
//
// TTL: the least of the candidates' times in which a verdict could change, within the record's
// bounds. Scope: 0 where no step that matters looks at the client; else the prefix for which the
// client map's class holds, for steps that remember networks at least /24 or /56. It does not
// depend on health or pins, so that tailored answers never overlap (RFC 7871 section 7.2.1).
//
// Where the world has a FrontTable, what fences and the first other steps (Chain::settled) leave in
// front is taken from there; the result is the same.
//
// Thread safety: any thread; reads only, but for the FrontTable. Without a trace it is noexcept in
// effect and allocates nothing.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "dnsd/base/ip.h"
#include "dnsd/geo/client_map.h"
#include "dnsd/steer/steering.h"
#include "dnsd/steer/want.h"

namespace waypost::steer {

/// Who asks. `address` is masked to `source_length`: the ECS prefix, or the resolver's whole
/// address.
struct Client {
  IpAddress address;
  uint8_t source_length = 32;
  geo::Located located;  // ClientMap::Find(address)
};

struct Draw {
  uint64_t random = 0;    // fresh for each query
  uint64_t sequence = 0;  // counts the queries of this worker, for round_robin
};

enum class Outcome : uint8_t {
  kAnswered,
  kAllDown,   // answered although every candidate is down (on_all_down: all or last_resort)
  kNone,      // every candidate is down and on_all_down is none: NODATA
  kFenced,    // no candidate is allowed for this client: NODATA
  kNoFamily,  // no candidate has an endpoint of this type: NODATA
};

struct Decision {
  Outcome outcome = Outcome::kNone;
  uint8_t count = 0;
  /// RFC 7871 SCOPE PREFIX-LENGTH that the answer holds for; 0 when it does not depend on the
  /// client.
  uint8_t scope = 0;
  uint8_t tiers = 0;        // of a service
  PoolIndex pool = 0xFFFF;  // of the first endpoint
  uint32_t ttl_s = 0;
  std::array<EndpointIndex, kMaxAnswers> endpoints;  // the first `count`
  std::array<uint8_t, kMaxTiers> tier_ends;  // the first `tiers`: where each ends in the list
};

/// What a traced decision tells, in the words of the trace that people read.
struct Trace {
  struct Candidate {
    PoolIndex pool = 0;
    bool kept = true;
    uint32_t rank = 0;  // group after this step: 0 is in front
    std::string why;
  };
  struct StepEntry {
    std::string step;
    std::string summary;
    std::vector<Candidate> candidates;
  };
  std::vector<StepEntry> steps;
  std::string ttl_why;
  std::string scope_why;
};

/// `client` ignored by chains that do not depend on it.
Decision Decide(const Record& record, Want want, const Client& client, const World& world,
                const Draw& draw, Trace* trace = nullptr);

}  // namespace waypost::steer
