#include "ctl/commands/client.h"

#include <fmt/format.h>
#include <grpc/support/log.h>
#include <grpcpp/grpcpp.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

#include "waypost/v1/control.grpc.pb.h"
#include "waypost/v1/diagnose.grpc.pb.h"
#include "waypost/v1/registry.grpc.pb.h"
#include "waypost/v1/signal.grpc.pb.h"

namespace waypost::ctl {
namespace {

/// Above the longest deadline that a director takes, and what it waits for vantages beyond it.
constexpr std::chrono::seconds kLongestDiagnosis{150};

tl::unexpected<Trouble> Failed(ExitCode code, std::string message) {
  return tl::unexpected(Trouble{code, std::move(message), {}});
}

Answer<std::string> LoadFile(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file || text.str().empty()) {
    return Failed(ExitCode::kUsage, fmt::format("{}: cannot be read, or is empty", path));
  }
  return text.str();
}

using Credentials = std::shared_ptr<grpc::ChannelCredentials>;

Answer<Credentials> BuildCredentials(const ServerOptions& options) {
  if (options.socket_path() || options.insecure) return grpc::InsecureChannelCredentials();
  grpc::SslCredentialsOptions tls;
  const std::pair<const std::string&, std::string&> files[] = {
      {options.ca_file, tls.pem_root_certs},
      {options.certificate_file, tls.pem_cert_chain},
      {options.key_file, tls.pem_private_key}};
  for (const auto& [path, text] : files) {
    Answer<std::string> loaded = LoadFile(path);
    if (!loaded) return tl::unexpected(loaded.error());
    text = *std::move(loaded);
  }
  return grpc::SslCredentials(tls);
}

grpc::ChannelArguments ChannelOptions() {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(-1);  // zones may be as large as they are
  // The director is asked directly, whatever proxies this shell has set for the web.
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  return arguments;
}

/// Why nothing can be there to answer, as far as the file system knows.
std::string SocketFault(const std::string& path) {
  if (access(path.c_str(), F_OK) != 0) {
    return fmt::format(
        "no such socket; is it running, and started with --control unix:{}? (--server and "
        "$WAYPOST_SERVER say where it is)",
        path);
  }
  if (access(path.c_str(), R_OK | W_OK) != 0) {
    return "permission denied; become a user who may use this socket";
  }
  return "nothing listens on the socket; is waypost-dnsd running?";
}

std::string UnreachableMessage(const ServerOptions& options, const std::string& detail) {
  const auto path = options.socket_path();
  const std::string fault = path ? SocketFault(*path)
                                 : fmt::format("{}; is it running, and started with --control {}?",
                                               detail, options.address);
  return fmt::format("cannot reach waypost-dnsd at {}: {}", options.address, fault);
}

ExitCode CodeOf(grpc::StatusCode code) {
  switch (code) {
    case grpc::StatusCode::NOT_FOUND:
      return ExitCode::kNotFound;
    case grpc::StatusCode::ABORTED:
      return ExitCode::kConflict;
    case grpc::StatusCode::DEADLINE_EXCEEDED:
      return ExitCode::kTimeout;
    default:
      return ExitCode::kRefused;
  }
}

/// One line is the message; several are a list of facts.
Trouble TroubleFrom(ExitCode code, const std::string& text) {
  if (text.find('\n') == std::string::npos) return {code, text, {}};
  return {code, "nothing was changed", text};
}

/// What the server itself said.
Trouble RefusalOf(const grpc::Status& status, const ServerOptions& options) {
  if (status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED) {
    return {
        ExitCode::kTimeout,
        fmt::format("{}: no answer within {} ms; a change may have been made all the same (look "
                    "with `history`); --timeout waits longer",
                    options.address, options.timeout.count()),
        {}};
  }
  if (status.error_code() == grpc::StatusCode::UNIMPLEMENTED) {
    return {ExitCode::kRefused,
            "this waypost-dnsd does not know the request; compare the versions (`status`)",
            {}};
  }
  return TroubleFrom(CodeOf(status.error_code()), status.error_message());
}

}  // namespace

class Client::Connection {
 public:
  Connection(ServerOptions options, Variables variables)
      : options_(std::move(options)), variables_(std::move(variables)) {}

  /// One unary call of `Service` with the deadline of the options.
  template <typename Service, typename Request, typename Reply>
  Answer<Reply> Call(grpc::Status (Service::Stub::*method)(grpc::ClientContext*, const Request&,
                                                           Reply*),
                     const Request& request) {
    if (Answer<void> made = Connect(); !made) return tl::unexpected(made.error());
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + options_.timeout);
    Reply reply;
    const auto stub = Service::NewStub(channel_);
    const grpc::Status status = ((*stub).*method)(&context, request, &reply);
    if (!status.ok()) return tl::unexpected(TroubleOf(status));
    return reply;
  }

  Answer<void> Watch(const std::function<void(const v1::Event&)>& on_event) {
    if (Answer<void> made = Connect(); !made) return made;
    grpc::ClientContext context;
    const auto stub = v1::Insight::NewStub(channel_);
    const auto reader = stub->Watch(&context, v1::WatchRequest());
    v1::Event event;
    while (reader->Read(&event)) on_event(event);
    const grpc::Status status = reader->Finish();
    if (!status.ok()) return tl::unexpected(TroubleOf(status));
    return {};
  }

  Answer<void> Diagnose(const v1::DiagnoseRequest& request,
                        const std::function<void(const v1::DiagnoseEvent&)>& on_event) {
    if (Answer<void> made = Connect(); !made) return made;
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + kLongestDiagnosis);
    const auto stub = v1::Diagnostics::NewStub(channel_);
    const auto reader = stub->Diagnose(&context, request);
    v1::DiagnoseEvent event;
    while (reader->Read(&event)) on_event(event);
    const grpc::Status status = reader->Finish();
    if (!status.ok()) return tl::unexpected(TroubleOf(status));
    return {};
  }

 private:
  Answer<void> Connect() {
    if (channel_) return {};
    Answer<ServerOptions> complete = CompleteServerOptions(options_, variables_);
    if (!complete) return tl::unexpected(complete.error());
    options_ = *std::move(complete);
    if (!variables_("GRPC_VERBOSITY")) gpr_set_log_function([](gpr_log_func_args*) {});
    Answer<Credentials> credentials = BuildCredentials(options_);
    if (!credentials) return tl::unexpected(credentials.error());
    channel_ = grpc::CreateCustomChannel(options_.address, *credentials, ChannelOptions());
    return {};
  }

  Trouble TroubleOf(const grpc::Status& status) {
    const bool connected = channel_->GetState(false) == GRPC_CHANNEL_READY;
    if (status.error_code() == grpc::StatusCode::UNAVAILABLE && !connected) {
      return {ExitCode::kUnreachable, UnreachableMessage(options_, status.error_message()), {}};
    }
    return RefusalOf(status, options_);
  }

  ServerOptions options_;
  const Variables variables_;
  std::shared_ptr<grpc::Channel> channel_;
};

Client::Client(ServerOptions options, Variables variables)
    : connection_(std::make_unique<Connection>(std::move(options), std::move(variables))) {}
Client::~Client() = default;

Answer<v1::ApplyReply> Client::Apply(const v1::ApplyRequest& request) {
  return connection_->Call<v1::Configuration>(&v1::Configuration::Stub::Apply, request);
}

Answer<v1::PlanReply> Client::Plan(const v1::PlanRequest& request) {
  return connection_->Call<v1::Configuration>(&v1::Configuration::Stub::Plan, request);
}

Answer<v1::ListReply> Client::List(const v1::ListRequest& request) {
  return connection_->Call<v1::Configuration>(&v1::Configuration::Stub::List, request);
}

Answer<v1::HistoryReply> Client::History(const v1::HistoryRequest& request) {
  return connection_->Call<v1::Configuration>(&v1::Configuration::Stub::History, request);
}

Answer<v1::DiffReply> Client::Diff(const v1::DiffRequest& request) {
  return connection_->Call<v1::Configuration>(&v1::Configuration::Stub::Diff, request);
}

Answer<v1::ApplyReply> Client::Rollback(const v1::RollbackRequest& request) {
  return connection_->Call<v1::Configuration>(&v1::Configuration::Stub::Rollback, request);
}

Answer<v1::ApplyReply> Client::SetWeight(const v1::SetWeightRequest& request) {
  return connection_->Call<v1::Traffic>(&v1::Traffic::Stub::SetWeight, request);
}

Answer<v1::ApplyReply> Client::SetOverride(const v1::SetOverrideRequest& request) {
  return connection_->Call<v1::Traffic>(&v1::Traffic::Stub::SetOverride, request);
}

Answer<v1::ApplyReply> Client::ClearOverride(const v1::ClearOverrideRequest& request) {
  return connection_->Call<v1::Traffic>(&v1::Traffic::Stub::ClearOverride, request);
}

Answer<v1::LoadReply> Client::Load(const v1::LoadRequest& request) {
  return connection_->Call<v1::Configuration>(&v1::Configuration::Stub::Load, request);
}

Answer<v1::RefreshZoneReply> Client::RefreshZone(const v1::RefreshZoneRequest& request) {
  return connection_->Call<v1::Traffic>(&v1::Traffic::Stub::RefreshZone, request);
}

Answer<v1::FailbackReply> Client::Failback(const v1::FailbackRequest& request) {
  return connection_->Call<v1::Traffic>(&v1::Traffic::Stub::Failback, request);
}

Answer<v1::RegisterReply> Client::Register(const v1::RegisterRequest& request) {
  return connection_->Call<v1::Registry>(&v1::Registry::Stub::Register, request);
}

Answer<v1::RenewReply> Client::Renew(const v1::RenewRequest& request) {
  return connection_->Call<v1::Registry>(&v1::Registry::Stub::Renew, request);
}

Answer<v1::DeregisterReply> Client::Deregister(const v1::DeregisterRequest& request) {
  return connection_->Call<v1::Registry>(&v1::Registry::Stub::Deregister, request);
}

Answer<v1::ListLeasesReply> Client::ListLeases(const v1::ListLeasesRequest& request) {
  return connection_->Call<v1::Registry>(&v1::Registry::Stub::ListLeases, request);
}

Answer<v1::SetSignalReply> Client::SetSignal(const v1::SetSignalRequest& request) {
  return connection_->Call<v1::Signals>(&v1::Signals::Stub::SetSignal, request);
}

Answer<v1::ListSignalsReply> Client::ListSignals(const v1::ListSignalsRequest& request) {
  return connection_->Call<v1::Signals>(&v1::Signals::Stub::ListSignals, request);
}

Answer<v1::SetLoadReply> Client::SetLoad(const v1::SetLoadRequest& request) {
  return connection_->Call<v1::Signals>(&v1::Signals::Stub::SetLoad, request);
}

Answer<v1::StatusReply> Client::Status() {
  return connection_->Call<v1::Insight>(&v1::Insight::Stub::Status, v1::StatusRequest());
}

Answer<v1::ExplainReply> Client::Explain(const v1::ExplainRequest& request) {
  return connection_->Call<v1::Insight>(&v1::Insight::Stub::Explain, request);
}

Answer<v1::WhyReply> Client::Why(const v1::WhyRequest& request) {
  return connection_->Call<v1::Insight>(&v1::Insight::Stub::Why, request);
}

Answer<void> Client::Watch(const std::function<void(const v1::Event&)>& on_event) {
  return connection_->Watch(on_event);
}

Answer<void> Client::Diagnose(const v1::DiagnoseRequest& request,
                              const std::function<void(const v1::DiagnoseEvent&)>& on_event) {
  return connection_->Diagnose(request, on_event);
}

Answer<v1::ImportLatencyReply> Client::ImportLatency(const v1::ImportLatencyRequest& request) {
  return connection_->Call<v1::Latency>(&v1::Latency::Stub::ImportLatency, request);
}

Answer<v1::ShowLatencyReply> Client::ShowLatency(const v1::ShowLatencyRequest& request) {
  return connection_->Call<v1::Latency>(&v1::Latency::Stub::ShowLatency, request);
}

}  // namespace waypost::ctl
