// `latency import` and `latency show`: measured round-trip times.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <fstream>
#include <sstream>

#include "ctl/commands/arguments.h"
#include "ctl/commands/verbs.h"
#include "ctl/render/history.h"
#include "ctl/render/units.h"
#include "dnsd/geo/latency_csv.h"

namespace waypost::ctl {
namespace {

struct ImportOptions {
  std::string file;
  bool replace = false;
  ChangeOptions change;
};

struct ShowOptions {
  std::string client;
};

Trouble TroubleOf(const Problems& problems) {
  Trouble trouble;
  for (const Problem& problem : problems) trouble.details += problem.ToString() + "\n";
  trouble.message = render::FormatCount(problems.size(), "problem") + ", nothing was sent";
  return trouble;
}

Answer<void> LoadRows(const std::string& path, v1::ImportLatencyRequest& request) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file) return tl::unexpected(Trouble{ExitCode::kRefused, path + ": cannot be read", {}});
  const geo::LatencyRows parsed = geo::ParseLatencyCsv(text.str(), path);
  if (!parsed.problems.empty()) return tl::unexpected(TroubleOf(parsed.problems));
  for (const geo::LatencyRow& row : parsed.rows) {
    v1::LatencyRow& sent = *request.add_rows();
    sent.set_client(row.client);
    sent.set_region(row.region);
    sent.set_rtt_ms(row.rtt_ms);
  }
  return {};
}

ExitCode Import(const ImportOptions& options, Session& session) {
  v1::ImportLatencyRequest request;
  if (const auto loaded = LoadRows(options.file, request); !loaded) {
    return session.Fail(loaded.error());
  }
  *request.mutable_intent() = options.change.IntentFor(session);
  request.set_replace(options.replace);
  const Answer<v1::ImportLatencyReply> reply = session.client.ImportLatency(request);
  if (!reply) return session.Fail(reply.error());
  if (session.tables()) {
    session.out << fmt::format("{} {}\n", render::FormatCount(reply->rows(), "row"),
                               options.replace ? "are the whole table now" : "imported");
  } else {
    session.Print(*reply);
  }
  return ExitCode::kDone;
}

ExitCode Show(const ShowOptions& options, Session& session) {
  v1::ShowLatencyRequest request;
  request.set_client(options.client);
  const Answer<v1::ShowLatencyReply> latency = session.client.ShowLatency(request);
  if (!latency) return session.Fail(latency.error());
  if (session.tables()) {
    session.out << render::RenderLatency(*latency, session.style);
  } else {
    session.Print(*latency);
  }
  return ExitCode::kDone;
}

void DeclareImport(CLI::App& verb, ImportOptions& options) {
  verb.add_option("file", options.file,
                  "CSV with the header client,region,rtt_ms; a client is a prefix, AS64500, a "
                  "country's two letters or city:CC/NAME")
      ->type_name("FILE")
      ->required();
  verb.add_flag("--replace", options.replace, "Forget all rows that were imported before");
  AddIntentOptions(verb, options.change);
}

void DeclareShow(CLI::App& verb, ShowOptions& options) {
  verb.add_option("client", options.client,
                  "Only this one: prefix:198.51.100.0/24, asn:64500, country:FR or city:FR/Paris")
      ->type_name("CLIENT");
}

}  // namespace

void AddLatency(Verbs& verbs) {
  Verbs group = verbs.AddGroup("latency", "Measured round-trip times");
  group.Add<ImportOptions>("import", "Import measured times from a CSV file, all rows or none",
                           DeclareImport, Import);
  group.Add<ShowOptions>("show", "Show measured times from clients and between regions",
                         DeclareShow, Show);
}

}  // namespace waypost::ctl
