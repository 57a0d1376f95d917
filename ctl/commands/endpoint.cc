// `endpoint`: endpoints that register themselves and stay as long as they renew their lease.
#include <fmt/format.h>
#include <google/protobuf/util/time_util.h>

#include <CLI/CLI.hpp>
#include <algorithm>

#include "ctl/commands/arguments.h"
#include "ctl/commands/interruption.h"
#include "ctl/commands/verbs.h"
#include "ctl/render/table.h"
#include "ctl/render/units.h"
#include "ctl/render/words.h"

namespace waypost::ctl {
namespace {

using google::protobuf::util::TimeUtil;
using std::chrono::milliseconds;

constexpr milliseconds kDefaultLease{30000};
/// Between two tries when the director cannot be reached.
constexpr milliseconds kRetry{1000};

struct RegisterOptions {
  std::string pool;
  std::string address;
  uint32_t port = 0;
  std::optional<uint32_t> weight;
  std::optional<milliseconds> lease;
  std::vector<std::string> metadata;  // KEY=VALUE
  bool hold = false;

  v1::RegisterRequest RequestFor(const Session& session) const;
  milliseconds duration() const { return lease.value_or(kDefaultLease); }
};

struct DeregisterOptions {
  std::string pool_or_lease;
  std::string address;
};

struct LeaseOptions {
  std::string lease_id;
};

struct ListOptions {
  std::string pool;
};

v1::RegisterRequest RegisterOptions::RequestFor(const Session& session) const {
  v1::RegisterRequest request;
  request.set_pool(pool);
  request.set_author(session.author);
  request.mutable_endpoint()->set_address(address);
  request.mutable_endpoint()->set_port(port);
  if (weight) request.mutable_endpoint()->set_weight(*weight);
  *request.mutable_lease() = TimeUtil::MillisecondsToDuration(duration().count());
  for (const std::string& word : metadata) {
    const size_t equals = word.find('=');
    (*request.mutable_metadata())[word.substr(0, equals)] =
        equals == std::string::npos ? "" : word.substr(equals + 1);
  }
  return request;
}

v1::DeregisterRequest EndOf(const std::string& lease_id, const Session& session) {
  v1::DeregisterRequest request;
  request.set_lease_id(lease_id);
  request.set_author(session.author);
  return request;
}

void PrintLine(Session& session, const std::string& line) {
  if (session.tables()) session.out << line << "\n" << std::flush;
}

Answer<std::string> RegisterOnce(const RegisterOptions& options, Session& session) {
  const Answer<v1::RegisterReply> reply = session.client.Register(options.RequestFor(session));
  if (!reply) return tl::unexpected(reply.error());
  if (!session.tables()) session.Print(*reply);
  PrintLine(session, fmt::format("{}/{} registered for {}, lease {}", options.pool, options.address,
                                 render::FormatAge(options.duration()), reply->lease_id()));
  return reply->lease_id();
}

/// Empty: the director does not know the lease any more.
Answer<std::string> Renewed(const std::string& lease_id, Session& session) {
  v1::RenewRequest request;
  request.set_lease_id(lease_id);
  const Answer<v1::RenewReply> reply = session.client.Renew(request);
  if (reply) return lease_id;
  if (reply.error().code == ExitCode::kNotFound) return std::string();
  return tl::unexpected(reply.error());
}

/// Until it is interrupted: a director that is away or refuses is asked again, which is said once,
/// and a lease that it lost is replaced.
ExitCode Hold(const RegisterOptions& options, std::string lease_id, Interruption& interruption,
              Session& session) {
  std::string told;
  milliseconds pause = options.duration() / 3;
  while (!interruption.Await(pause)) {
    Answer<std::string> held = Renewed(lease_id, session);
    if (held && held->empty()) held = RegisterOnce(options, session);
    pause = held ? options.duration() / 3 : std::min(kRetry, options.duration() / 3);
    if (held) {
      lease_id = *std::move(held);
      told.clear();
    } else if (told != held.error().message) {
      told = held.error().message;
      session.Fail(held.error());
    }
  }
  const Answer<v1::DeregisterReply> reply = session.client.Deregister(EndOf(lease_id, session));
  if (!reply) return session.Fail(reply.error());
  PrintLine(session, fmt::format("{}/{} deregistered", options.pool, options.address));
  return ExitCode::kDone;
}

ExitCode Register(const RegisterOptions& options, Session& session) {
  if (!options.hold) {
    const Answer<std::string> lease_id = RegisterOnce(options, session);
    return lease_id ? ExitCode::kDone : session.Fail(lease_id.error());
  }
  // Before the first call, whose threads must not take the signals.
  Interruption interruption;
  const Answer<std::string> lease_id = RegisterOnce(options, session);
  if (!lease_id) return session.Fail(lease_id.error());
  return Hold(options, *lease_id, interruption, session);
}

ExitCode Renew(const LeaseOptions& options, Session& session) {
  v1::RenewRequest request;
  request.set_lease_id(options.lease_id);
  const Answer<v1::RenewReply> reply = session.client.Renew(request);
  if (!reply) return session.Fail(reply.error());
  if (!session.tables()) session.Print(*reply);
  PrintLine(session,
            fmt::format("renewed for {}", render::FormatAge(milliseconds(
                                              TimeUtil::DurationToMilliseconds(reply->lease())))));
  return ExitCode::kDone;
}

ExitCode Deregister(const DeregisterOptions& options, Session& session) {
  v1::DeregisterRequest request = EndOf(options.pool_or_lease, session);
  if (!options.address.empty()) {
    request.clear_lease_id();
    request.set_pool(options.pool_or_lease);
    request.set_address(options.address);
  }
  const Answer<v1::DeregisterReply> reply = session.client.Deregister(request);
  if (!reply) return session.Fail(reply.error());
  if (!session.tables()) session.Print(*reply);
  PrintLine(session, fmt::format("deregistered: revision {}", reply->revision()));
  return ExitCode::kDone;
}

std::string MetadataText(const v1::Lease& lease) {
  std::vector<std::string> words;
  for (const auto& [key, value] : lease.metadata()) words.push_back(key + "=" + value);
  std::sort(words.begin(), words.end());
  return render::Clean(fmt::format("{}", fmt::join(words, " ")));
}

std::string AgeOf(const google::protobuf::Duration& duration) {
  return render::FormatAge(milliseconds(TimeUtil::DurationToMilliseconds(duration)));
}

ExitCode List(const ListOptions& options, Session& session) {
  v1::ListLeasesRequest request;
  request.set_pool(options.pool);
  const Answer<v1::ListLeasesReply> reply = session.client.ListLeases(request);
  if (!reply) return session.Fail(reply.error());
  if (!session.tables()) {
    session.Print(*reply);
    return ExitCode::kDone;
  }
  render::Table table({{"ENDPOINT"},
                       {"PORT", render::Align::kRight},
                       {"LEASE", render::Align::kRight},
                       {"LEFT", render::Align::kRight},
                       {"CLIENT"},
                       {"ID"},
                       {"METADATA"}});
  for (const v1::Lease& lease : reply->leases()) {
    const uint32_t port = lease.endpoint().port();
    table.Add({lease.pool() + "/" + lease.endpoint().address(),
               port == 0 ? "" : std::to_string(port), AgeOf(lease.lease()), AgeOf(lease.left()),
               render::Clean(lease.client()), lease.lease_id(), MetadataText(lease)});
  }
  session.out << (table.empty() ? "no endpoint is registered\n" : table.ToString(session.style));
  return ExitCode::kDone;
}

void DeclareRegister(CLI::App& verb, RegisterOptions& options) {
  verb.add_option("pool", options.pool, "The pool to register in")->type_name("POOL")->required();
  verb.add_option("address", options.address, "An IPv4 or IPv6 address")
      ->type_name("ADDRESS")
      ->required();
  AddNumber(verb, "--port", options.port, 1, 65535, "Where it listens [the service's port]");
  verb.add_option("--weight", options.weight, "Share within the pool, 0 to 65535 [100]")
      ->type_name("N")
      ->check(CLI::Range(0, 65535));
  AddDuration(verb, "--lease", options.lease, "How long it stays without being renewed [30s]");
  verb.add_option("--meta", options.metadata, "Words of your own, shown by `endpoint list`")
      ->type_name("KEY=VALUE");
  verb.add_flag("--hold", options.hold,
                "Renew until interrupted (SIGINT, SIGTERM), then deregister");
}

void DeclareDeregister(CLI::App& verb, DeregisterOptions& options) {
  verb.add_option("pool", options.pool_or_lease, "A lease's id, or the pool of the address")
      ->type_name("LEASE|POOL")
      ->required();
  verb.add_option("address", options.address, "The address that was registered")
      ->type_name("ADDRESS");
}

void DeclareRenew(CLI::App& verb, LeaseOptions& options) {
  verb.add_option("lease", options.lease_id, "The lease's id")->type_name("LEASE")->required();
}

void DeclareList(CLI::App& verb, ListOptions& options) {
  verb.add_option("pool", options.pool, "Only of this pool")->type_name("POOL");
}

}  // namespace

void AddEndpoint(Verbs& verbs) {
  Verbs group = verbs.AddGroup("endpoint", "Register endpoints for as long as they live");
  group.Add<RegisterOptions>("register", "Register an endpoint in a pool, with a lease",
                             DeclareRegister, Register);
  group.Add<LeaseOptions>("renew", "Give a lease its whole time again", DeclareRenew, Renew);
  group.Add<DeregisterOptions>("deregister", "Take a registered endpoint out", DeclareDeregister,
                               Deregister);
  group.Add<ListOptions>("list", "List registered endpoints and their leases", DeclareList, List);
}

}  // namespace waypost::ctl
