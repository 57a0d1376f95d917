#include "dnsd/control/explanation.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "dnsd/base/random.h"
#include "dnsd/config/views.h"
#include "dnsd/steer/decide.h"
#include "dnsd/steer/service_rdata.h"
#include "dnsd/wire/name.h"
#include "dnsd/zone/rdata_text.h"

namespace waypost::control {
namespace {

struct Steered {
  const serve::ServedZone* zone = nullptr;
  const steer::Record* record = nullptr;
};

std::span<const uint8_t> Octets(const wire::Name& name) {
  return {reinterpret_cast<const uint8_t*>(name.wire().data()), name.wire().size()};
}

/// Null: that of the clients of no view.
Result<const serve::ServedView*> ViewOf(const v1::ExplainRequest& request,
                                        const serve::Snapshot& snapshot, const IpAddress& client) {
  const bool has_views = snapshot.views != nullptr;
  if (request.view().empty()) {
    return has_views ? snapshot.views->Find({client, {}, {}}) : nullptr;
  }
  if (request.view() == config::kNoView) return nullptr;
  for (size_t i = 0; has_views && i < snapshot.views->views.size(); ++i) {
    const serve::ServedView& view = snapshot.views->views[i];
    if (view.name == request.view()) return &view;
  }
  return Fail(ErrorCode::kNotFound, fmt::format("there is no view \"{}\"", request.view()));
}

void TellView(const v1::ExplainRequest& request, const serve::Horizon& horizon,
              const IpAddress& client, v1::ExplainReply& reply) {
  if (horizon.snapshot->views == nullptr) return;
  reply.set_view(horizon.view == nullptr ? config::kNoView : horizon.view->name);
  if (!request.view().empty()) {
    reply.set_view_why("as asked for");
  } else {
    reply.set_view_why(fmt::format(
        "{} of {}; a resolver's own address, key and the address that it "
        "asks decide when it asks for a client",
        horizon.view == nullptr ? "no view has the network" : "the network", client.ToString()));
  }
}

Result<Steered> FindRecord(const std::string& text, const serve::Horizon& horizon) {
  const auto name = wire::Name::Parse(text);
  if (!name) return tl::unexpected(name.error());
  const wire::Name lowered = name->Lowered();
  const serve::ServedZone* zone = horizon.snapshot->FindZone(Octets(lowered), horizon.view).zone;
  if (zone == nullptr) {
    return Fail(ErrorCode::kNotFound,
                fmt::format("\"{}\" is in no zone that is served here", text));
  }
  const serve::ServedZone& served = *zone;
  if (served.zone == nullptr) {
    return Fail(ErrorCode::kUnavailable, fmt::format("the zone of \"{}\" has no data", text));
  }
  const zone::Found found = served.zone->Find(Octets(lowered));
  if (found.node == nullptr || !found.node->steered().any()) {
    return Fail(ErrorCode::kNotFound,
                fmt::format("no policy decides \"{}\": it is static or does not exist", text));
  }
  const steer::Record* record = served.steered[found.node->steered().slot];
  if (record->role == steer::Role::kEndpoints) {
    return Fail(ErrorCode::kNotFound,
                fmt::format("no policy decides \"{}\": it spells one endpoint's address", text));
  }
  return Steered{&served, record};
}

steer::Want WantOf(uint16_t type) {
  if (zone::kServiceTypes.Has(type)) return steer::Want::kService;
  return type == zone::kA      ? steer::Want::kA
         : type == zone::kAaaa ? steer::Want::kAaaa
                               : steer::Want::kCname;
}

/// Of a record of several types the first, where none is asked for.
Result<uint16_t> TypeOf(const steer::Record& record, v1::RecordType asked) {
  const auto has = [&](uint16_t type) { return record.types.Has(type); };
  const auto type = static_cast<uint16_t>(asked);
  if (has(type)) return type;
  if (asked == v1::RECORD_TYPE_UNSPECIFIED) {
    return *std::ranges::find_if(zone::SteeredTypes::kAll, has);
  }
  return Fail(ErrorCode::kNotFound,
              fmt::format("\"{}\" has no such steered type", record.name.ToString()));
}

/// An address stands for its network as resolvers send it: /24 or /56 (RFC 7871 section 11.1).
Result<steer::Client> ClientOf(const std::string& text, const geo::ClientMap& clients) {
  const size_t slash = text.find('/');
  const auto address = IpAddress::Parse(std::string_view(text).substr(0, slash));
  if (!address)
    return Fail(ErrorCode::kInvalid, fmt::format("client \"{}\" is no address or prefix", text));
  uint8_t length = address->is_v4() ? 24 : 56;
  if (slash != std::string::npos) {
    const auto prefix = IpPrefix::Parse((address->is_v4() ? "0.0.0.0" : "::") + text.substr(slash));
    if (!prefix)
      return Fail(ErrorCode::kInvalid,
                  fmt::format("client \"{}\" has no valid prefix length", text));
    length = prefix->length;
  }
  steer::Client client{address->Masked(length), length, {}};
  client.located = clients.Find(client.address);
  return client;
}

std::string_view OutcomeName(steer::Outcome outcome) {
  switch (outcome) {
    case steer::Outcome::kAnswered:
      return "answered";
    case steer::Outcome::kAllDown:
      return "all-down";
    case steer::Outcome::kNone:
      return "none";
    case steer::Outcome::kFenced:
      return "fenced";
    case steer::Outcome::kNoFamily:
      return "no-family";
  }
  return "?";
}

void TellClient(const std::string& asked, const steer::Client& client, const ExplainWorld& world,
                v1::ClientFacts& facts) {
  const geo::Vocabulary& vocabulary = world.snapshot.steering->vocabulary;
  const geo::Description description = world.atlas.Describe(client.address, vocabulary);
  facts.set_asked(asked);
  facts.set_located(description.located.ToString());
  facts.set_country(geo::CountryName(description.place.country));
  facts.set_subdivision(description.place.subdivision);
  facts.set_city(description.place.city);
  facts.set_continent(std::string(geo::ContinentName(description.place.continent)));
  for (const uint16_t label : description.labels)
    facts.add_networks(vocabulary.labels[label].label);
  facts.set_holds_for(client.located.prefix_length);
  facts.set_source(description.source);
}

std::string Age(int64_t seconds) {
  if (seconds < 120) return fmt::format("{} s", seconds);
  if (seconds < 7200) return fmt::format("{} min", seconds / 60);
  if (seconds < 172800) return fmt::format("{} h", seconds / 3600);
  return fmt::format("{} d", seconds / 86400);
}

/// Which measured rows speak for the client's place, with witness and age; empty where there are
/// none.
std::string Witness(const geo::Description& client, const std::string& region,
                    const ExplainWorld& world) {
  const int64_t now_s =
      std::chrono::duration_cast<std::chrono::seconds>(world.now.time_since_epoch()).count();
  const std::string country = geo::CountryName(client.place.country);
  std::vector<std::string> keys{"city:" + country + "/" + client.place.city,
                                "asn:" + std::to_string(client.place.asn), "country:" + country};
  for (int length = client.located.bits(); length >= 0; --length) {
    const auto bits = static_cast<uint8_t>(length);
    keys.insert(keys.begin() + (client.located.bits() - length),
                "prefix:" + IpPrefix{client.located.Masked(bits), bits}.ToString());
  }
  for (const std::string& key : keys) {
    const auto row = world.latency.rows().find({key, region});
    if (row == world.latency.rows().end()) continue;
    return fmt::format(" ({}, {} {} ago)", key, row->second.witness,
                       Age(now_s - row->second.measured_at_s));
  }
  for (const auto& [pair, entry] : world.latency.regions()) {
    if (pair.second != region) continue;
    return fmt::format(" (between regions, {} {} ago)", entry.witness,
                       Age(now_s - entry.measured_at_s));
  }
  return "";
}

void TellSteps(const steer::Trace& trace, const steer::Client& client, const ExplainWorld& world,
               v1::ExplainReply& reply) {
  const steer::Topology& topology = world.snapshot.steering->topology;
  const geo::Description description =
      world.atlas.Describe(client.address, world.snapshot.steering->vocabulary);
  const uint64_t measured = world.snapshot.clients->Measured(client.located.class_id);
  for (const auto& step : trace.steps) {
    v1::StepTrace* told = reply.add_steps();
    told->set_step(step.step);
    told->set_summary(step.summary);
    for (const auto& candidate : step.candidates) {
      const steer::Pool& pool = topology.pools[candidate.pool];
      v1::CandidateTrace* one = told->add_candidates();
      one->set_pool(pool.name);
      one->set_kept(candidate.kept);
      one->set_rank(candidate.rank);
      one->set_why(candidate.why);
      const bool is_measured = pool.region < 64 && (measured >> pool.region & 1) != 0;
      if (step.step == "latency" && is_measured) {
        one->set_why(candidate.why +
                     Witness(description, topology.regions[pool.region].name, world));
      }
    }
  }
}

/// Addresses and names, or whole RDATA of a service.
void TellAnswers(const steer::Record& record, const steer::Decision& decision, uint16_t type,
                 const steer::World& world, v1::ExplainReply& reply) {
  if (zone::kServiceTypes.Has(type)) {
    std::array<uint8_t, steer::kMaxServiceRdata> octets;
    ForEachRecord(record, decision, type, world, record.service->hints, [&](auto write) {
      const size_t size = write(octets.data());
      reply.add_answers(zone::RdataText(type, std::span(octets).first(size)));
    });
    return;
  }
  for (size_t i = 0; i < decision.count; ++i) {
    const steer::Endpoint& endpoint = world.steering->topology.endpoints[decision.endpoints[i]];
    reply.add_answers(endpoint.cname.is_root() ? endpoint.address.ToString()
                                               : endpoint.cname.ToString());
  }
}

}  // namespace

Status Explain(const v1::ExplainRequest& request, const ExplainWorld& world,
               v1::ExplainReply& reply) {
  const auto client = ClientOf(request.client(), *world.snapshot.clients);
  if (!client) return tl::unexpected(client.error());
  const auto view = ViewOf(request, world.snapshot, client->address);
  if (!view) return tl::unexpected(view.error());
  const auto steered = FindRecord(request.name(), {&world.snapshot, *view});
  if (!steered) return tl::unexpected(steered.error());
  const steer::Record& record = *steered->record;
  const auto type = TypeOf(record, request.type());
  if (!type) return tl::unexpected(type.error());

  steer::Trace trace;
  // Where the policy draws at random, this is one draw of many: always the same for the same
  // client.
  const steer::Draw draw{Mix64(client->address.high() ^ client->address.low()), 0};
  const steer::Decision decision =
      Decide(record, WantOf(*type), *client, world.snapshot.world(), draw, &trace);
  const steer::Topology& topology = world.snapshot.steering->topology;

  reply.set_revision(world.snapshot.revision);
  reply.set_epoch(world.snapshot.board->epoch());
  reply.set_record(config::Scoped{record.name.ToString(), record.view}.ToString());
  TellView(request, {&world.snapshot, *view}, client->address, reply);
  reply.set_policy(record.policy_name);
  TellClient(request.client(), *client, world, *reply.mutable_client());
  TellSteps(trace, *client, world, reply);
  TellAnswers(record, decision, *type, world.snapshot.world(), reply);
  if (decision.pool < topology.pools.size()) reply.set_pool(topology.pools[decision.pool].name);
  reply.set_ttl_s(decision.ttl_s);
  reply.set_ttl_why(trace.ttl_why);
  const bool ecs = record.ecs && steered->zone->ecs;
  reply.set_scope(ecs ? decision.scope : 0);
  reply.set_scope_why(
      ecs ? trace.scope_why
          : "the client subnet is switched off, so the resolver stands for its clients");
  reply.set_outcome(std::string(OutcomeName(decision.outcome)));
  return {};
}

}  // namespace waypost::control
