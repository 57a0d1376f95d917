// `zone check`: whether a master file is sound; needs no server. `zone refresh`: has a zone with
// primaries checked against them at once. `zone reload`: has the server read its files again.
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "ctl/commands/change_report.h"
#include "ctl/commands/verbs.h"
#include "ctl/render/style.h"
#include "ctl/render/units.h"
#include "dnsd/zone/check.h"

namespace waypost::ctl {
namespace {

struct CheckOptions {
  std::string origin;
  std::string file;
};

struct Lines {
  std::string warnings;
  std::string errors;
  uint64_t error_count = 0;
};

Lines LinesOf(const Problems& problems) {
  Lines lines;
  for (const Problem& problem : problems) {
    (problem.is_warning ? lines.warnings : lines.errors) += problem.ToString() + "\n";
    if (!problem.is_warning) ++lines.error_count;
  }
  return lines;
}

v1::ZoneStatus StatusOf(const zone::ZoneSummary& summary) {
  v1::ZoneStatus status;
  status.set_origin(summary.origin.ToString());
  status.set_serial(summary.serial);
  status.set_names(summary.names);
  status.set_records(summary.records);
  return status;
}

void PrintSound(const v1::ZoneStatus& zone, Session& session) {
  if (!session.tables()) return session.Print(zone);
  session.out << fmt::format("{}: sound, serial {}, {}, {}\n", zone.origin(), zone.serial(),
                             render::FormatCount(zone.names(), "name"),
                             render::FormatCount(zone.records(), "record"));
}

ExitCode CheckZone(const CheckOptions& options, Session& session) {
  std::optional<wire::Name> origin;
  if (!options.origin.empty()) {
    const Result<wire::Name> parsed = wire::Name::Parse(options.origin);
    if (!parsed) return session.Fail(ExitCode::kUsage, "--origin: " + parsed.error().message);
    origin = *parsed;
  }
  const zone::ZoneCheck check = zone::CheckZoneFile(options.file, origin);
  const Lines lines = LinesOf(check.problems);
  session.err << lines.warnings;
  if (!check.summary) {
    return session.Fail({ExitCode::kRefused,
                         options.file + ": " + render::FormatCount(lines.error_count, "error"),
                         lines.errors});
  }
  PrintSound(StatusOf(*check.summary), session);
  return ExitCode::kDone;
}

void Declare(CLI::App& verb, CheckOptions& options) {
  verb.add_option("file", options.file, "A master file (RFC 1035 section 5)")
      ->type_name("FILE")
      ->required();
  verb.add_option("--origin", options.origin, "[from the file's name, else the owner of the SOA]")
      ->type_name("ORIGIN");
}

struct RefreshOptions {
  std::string origin;
  bool full = false;
};

ExitCode RefreshZone(const RefreshOptions& options, Session& session) {
  v1::RefreshZoneRequest request;
  request.set_origin(options.origin);
  request.set_full(options.full);
  const Answer<v1::RefreshZoneReply> reply = session.client.RefreshZone(request);
  if (!reply) return session.Fail(reply.error());
  if (!session.tables()) {
    session.Print(*reply);
    return ExitCode::kDone;
  }
  session.out << fmt::format("zone/{}: {} now; `waypostctl describe zone {}` says how it went\n",
                             render::Clean(options.origin),
                             options.full ? "is transferred" : "is checked",
                             render::Clean(options.origin));
  return ExitCode::kDone;
}

void DeclareRefresh(CLI::App& verb, RefreshOptions& options) {
  verb.add_option("origin", options.origin, "A zone with primaries")
      ->type_name("ORIGIN")
      ->required();
  verb.add_flag("--full", options.full, "Transfer the whole zone (AXFR), whatever its serial");
}

struct ReloadOptions {
  std::vector<std::string> origins;
};

void PrintAside(const google::protobuf::RepeatedPtrField<std::string>& zones, const char* what,
                Session& session) {
  for (const std::string& zone : zones)
    session.err << fmt::format("zone/{}: {}\n", render::Clean(zone), what);
}

ExitCode ReloadFiles(const ReloadOptions& options, Session& session) {
  v1::LoadRequest request;
  request.mutable_zones()->Assign(options.origins.begin(), options.origins.end());
  const Answer<v1::LoadReply> reply = session.client.Load(request);
  if (!reply) return session.Fail(reply.error());
  if (!session.tables()) session.Print(*reply);
  const Answer<void> sound = CheckProblems(session, reply->problems());
  if (!reply->applied()) return session.Fail(sound.error());
  if (!sound) session.err << sound.error().details;
  PrintAside(reply->zones_set_aside(), "has errors, what was served before is served on", session);
  PrintAside(reply->zones_faulty(), "has errors, SERVFAIL is answered", session);
  if (session.tables()) session.out << fmt::format("loaded, revision {}\n", reply->revision());
  return sound ? ExitCode::kDone : ExitCode::kRefused;
}

void DeclareReload(CLI::App& verb, ReloadOptions& options) {
  verb.add_option("origin", options.origins,
                  "Zones in files of their own, ORIGIN.zone: no other is looked at [all files]")
      ->type_name("ORIGIN");
}

}  // namespace

void AddZone(Verbs& verbs) {
  Verbs group = verbs.AddGroup("zone", "Master files, and zones that are transferred");
  group.Add<ReloadOptions>("reload",
                           "Have the server read its files (--load) again, as SIGHUP does",
                           DeclareReload, ReloadFiles);
  group.Add<RefreshOptions>("refresh", "Ask a zone's primaries at once whether there is news",
                            DeclareRefresh, RefreshZone);
  group.Add<CheckOptions>("check", "Check a master file; prints each error with its line", Declare,
                          CheckZone);
}

}  // namespace waypost::ctl
