// The client against a real gRPC server; also the home of the FakeDirector.
#include "ctl/commands/client.h"

#include <google/protobuf/text_format.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <deque>
#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <sstream>
#include <thread>

#include "tests/unit/ctl/fake_director.h"
#include "waypost/v1/control.grpc.pb.h"
#include "waypost/v1/registry.grpc.pb.h"

namespace waypost::ctl {
namespace {

using grpc::ServerContext;

template <typename Request, typename Reply>
grpc::Status Answer(FakeDirector& director, const char* method, const Request* request,
                    Reply* reply) {
  const auto answered = director.Take(method, *request, reply);
  return {static_cast<grpc::StatusCode>(answered.status_code), answered.message};
}

#define WAYPOST_FAKE_CALL(method, Request, Reply)                                              \
  grpc::Status method(ServerContext*, const v1::Request* request, v1::Reply* reply) override { \
    return Answer(director_, #method, request, reply);                                         \
  }

class FakeConfiguration final : public v1::Configuration::Service {
 public:
  explicit FakeConfiguration(FakeDirector& director) : director_(director) {}
  WAYPOST_FAKE_CALL(Apply, ApplyRequest, ApplyReply)
  WAYPOST_FAKE_CALL(Plan, PlanRequest, PlanReply)
  WAYPOST_FAKE_CALL(List, ListRequest, ListReply)
  WAYPOST_FAKE_CALL(History, HistoryRequest, HistoryReply)
  WAYPOST_FAKE_CALL(Diff, DiffRequest, DiffReply)
  WAYPOST_FAKE_CALL(Rollback, RollbackRequest, ApplyReply)
  WAYPOST_FAKE_CALL(Load, LoadRequest, LoadReply)

 private:
  FakeDirector& director_;
};

class FakeTraffic final : public v1::Traffic::Service {
 public:
  explicit FakeTraffic(FakeDirector& director) : director_(director) {}
  WAYPOST_FAKE_CALL(SetWeight, SetWeightRequest, ApplyReply)
  WAYPOST_FAKE_CALL(SetOverride, SetOverrideRequest, ApplyReply)
  WAYPOST_FAKE_CALL(ClearOverride, ClearOverrideRequest, ApplyReply)
  WAYPOST_FAKE_CALL(Failback, FailbackRequest, FailbackReply)
  WAYPOST_FAKE_CALL(RefreshZone, RefreshZoneRequest, RefreshZoneReply)

 private:
  FakeDirector& director_;
};

class FakeRegistry final : public v1::Registry::Service {
 public:
  explicit FakeRegistry(FakeDirector& director) : director_(director) {}
  WAYPOST_FAKE_CALL(Register, RegisterRequest, RegisterReply)
  WAYPOST_FAKE_CALL(Renew, RenewRequest, RenewReply)
  WAYPOST_FAKE_CALL(Deregister, DeregisterRequest, DeregisterReply)
  WAYPOST_FAKE_CALL(ListLeases, ListLeasesRequest, ListLeasesReply)

 private:
  FakeDirector& director_;
};

class FakeInsight final : public v1::Insight::Service {
 public:
  explicit FakeInsight(FakeDirector& director) : director_(director) {}
  WAYPOST_FAKE_CALL(Status, StatusRequest, StatusReply)
  WAYPOST_FAKE_CALL(Explain, ExplainRequest, ExplainReply)
  WAYPOST_FAKE_CALL(Why, WhyRequest, WhyReply)
  grpc::Status Watch(ServerContext*, const v1::WatchRequest* request,
                     grpc::ServerWriter<v1::Event>* writer) override {
    FakeDirector::Answered end;
    for (const std::string& bytes : director_.TakeAll("Watch", *request, end)) {
      v1::Event event;
      event.ParseFromString(bytes);
      writer->Write(event);
    }
    return {static_cast<grpc::StatusCode>(end.status_code), end.message};
  }

 private:
  FakeDirector& director_;
};

class FakeLatency final : public v1::Latency::Service {
 public:
  explicit FakeLatency(FakeDirector& director) : director_(director) {}
  WAYPOST_FAKE_CALL(ImportLatency, ImportLatencyRequest, ImportLatencyReply)
  WAYPOST_FAKE_CALL(ShowLatency, ShowLatencyRequest, ShowLatencyReply)

 private:
  FakeDirector& director_;
};

#undef WAYPOST_FAKE_CALL

std::string MakeFolder() {
  std::string path = std::filesystem::temp_directory_path() / "waypost-ctl-XXXXXX";
  if (mkdtemp(path.data()) == nullptr) std::abort();
  return path;
}

}  // namespace

struct FakeDirector::State {
  explicit State(FakeDirector& director)
      : configuration(director),
        traffic(director),
        registry(director),
        insight(director),
        latency(director) {}

  std::string folder = MakeFolder();
  std::string address = "unix:" + folder + "/control.sock";
  std::mutex mutex;
  std::vector<std::string> asked;
  std::map<std::string, std::deque<std::string>> replies;
  std::map<std::string, Answered> refusals;
  std::map<std::string, int> delays_ms;
  FakeConfiguration configuration;
  FakeTraffic traffic;
  FakeRegistry registry;
  FakeInsight insight;
  FakeLatency latency;
  std::unique_ptr<grpc::Server> server;
};

FakeDirector::FakeDirector() : state_(std::make_unique<State>(*this)) {
  grpc::ServerBuilder builder;
  builder.AddListeningPort(state_->address, grpc::InsecureServerCredentials());
  for (grpc::Service* service : {static_cast<grpc::Service*>(&state_->configuration),
                                 static_cast<grpc::Service*>(&state_->traffic),
                                 static_cast<grpc::Service*>(&state_->registry),
                                 static_cast<grpc::Service*>(&state_->insight),
                                 static_cast<grpc::Service*>(&state_->latency)}) {
    builder.RegisterService(service);
  }
  state_->server = builder.BuildAndStart();
}

FakeDirector::~FakeDirector() {
  state_->server->Shutdown(std::chrono::system_clock::now());
  state_->server->Wait();
  std::filesystem::remove_all(state_->folder);
}

void FakeDirector::Reply(const std::string& method, const google::protobuf::Message& reply) {
  const std::lock_guard lock(state_->mutex);
  state_->replies[method].push_back(reply.SerializeAsString());
}

void FakeDirector::Refuse(const std::string& method, int status_code, const std::string& message) {
  const std::lock_guard lock(state_->mutex);
  state_->refusals[method] = {status_code, message};
}

void FakeDirector::Delay(const std::string& method, int milliseconds) {
  const std::lock_guard lock(state_->mutex);
  state_->delays_ms[method] = milliseconds;
}

std::vector<std::string> FakeDirector::asked() const {
  const std::lock_guard lock(state_->mutex);
  return state_->asked;
}

const std::string& FakeDirector::address() const { return state_->address; }
const std::string& FakeDirector::folder() const { return state_->folder; }

FakeDirector::Answered FakeDirector::Take(const std::string& method,
                                          const google::protobuf::Message& request,
                                          google::protobuf::Message* reply) {
  int delay_ms = 0;
  Answered answered;
  {
    const std::lock_guard lock(state_->mutex);
    const std::string fields = request.ShortDebugString();
    state_->asked.push_back(method + (fields.empty() ? "" : " " + fields));
    delay_ms = state_->delays_ms[method];
    answered = state_->refusals[method];
    state_->refusals.erase(method);
    auto& replies = state_->replies[method];
    if (!replies.empty()) reply->ParseFromString(replies.front());
    if (replies.size() > 1) replies.pop_front();
  }
  std::this_thread::sleep_for(std::chrono::milliseconds(delay_ms));
  return answered;
}

std::vector<std::string> FakeDirector::TakeAll(const std::string& method,
                                               const google::protobuf::Message& request,
                                               Answered& end) {
  std::vector<std::string> replies;
  {
    const std::lock_guard lock(state_->mutex);
    replies.assign(state_->replies[method].begin(), state_->replies[method].end());
  }
  v1::Event ignored;
  end = Take(method, request, &ignored);
  return replies;
}

Outcome RunWith(const Desk& desk, const std::vector<std::string>& arguments) {
  struct NewYear final : Clock {
    Steady Now() const override { return Steady(); }
    Wall WallNow() const override { return Wall(std::chrono::seconds(1577836800)); }
  };
  std::istringstream in(desk.input);
  std::ostringstream out;
  std::ostringstream err;
  const auto variables = [&](const std::string& name) -> std::optional<std::string> {
    for (const auto& [key, value] : desk.variables) {
      if (key == name) return value;
    }
    return std::nullopt;
  };
  const NewYear clock;
  const int code =
      Run(arguments, {in, out, err, desk.terminal, desk.terminal, variables, "ann@desk", clock});
  return {code, out.str(), err.str()};
}

Outcome RunOn(const FakeDirector& director, std::vector<std::string> arguments, const Desk& desk) {
  arguments.insert(arguments.begin(), {"--server", director.address()});
  return RunWith(desk, arguments);
}

void ParseText(const std::string& text, google::protobuf::Message& message) {
  ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message)) << text;
}

std::string WriteFile(const std::string& folder, const std::string& name, const std::string& text) {
  const std::string path = folder + "/" + name;
  std::ofstream(path) << text;
  return path;
}

namespace {

Outcome StatusAt(const std::string& server, std::vector<std::string> more = {}) {
  std::vector<std::string> arguments = {"--server", server, "status"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return RunWith({}, arguments);
}

TEST(Client, SaysWhatToDoWhenThereIsNoSocket) {
  const Outcome outcome = StatusAt("unix:/nonexistent/control.sock");
  EXPECT_EQ(outcome.code, 3);
  EXPECT_EQ(outcome.out, "");
  EXPECT_EQ(outcome.err,
            "waypostctl: cannot reach waypost-dnsd at unix:/nonexistent/control.sock: no such "
            "socket; is it running, and started with --control unix:/nonexistent/control.sock? "
            "(--server and $WAYPOST_SERVER say where it is)\n");
}

TEST(Client, SaysThatNothingListensOnASocketThatWasLeftBehind) {
  FakeDirector director;
  const std::string path = WriteFile(director.folder(), "old.sock", "");
  const Outcome outcome = StatusAt("unix:" + path);
  EXPECT_EQ(outcome.code, 3);
  EXPECT_EQ(outcome.err, "waypostctl: cannot reach waypost-dnsd at unix:" + path +
                             ": nothing listens on the socket; is waypost-dnsd running?\n");
}

TEST(Client, CannotReachATcpPortWhereNothingListens) {
  const Outcome outcome = StatusAt("127.0.0.1:1", {"--insecure"});
  EXPECT_EQ(outcome.code, 3);
  EXPECT_NE(outcome.err.find("cannot reach waypost-dnsd at 127.0.0.1:1: "), std::string::npos);
  EXPECT_NE(outcome.err.find("Connection refused"), std::string::npos) << outcome.err;
}

TEST(Client, RefusesTcpWithoutMutualTlsUnlessToldSo) {
  const Outcome outcome = StatusAt("127.0.0.1:1");
  EXPECT_EQ(outcome.code, 2);
  EXPECT_EQ(outcome.err,
            "waypostctl: --server 127.0.0.1:1: TCP needs --ca, --cert and --key (mutual TLS), or "
            "--insecure\n");
}

TEST(Client, NamesThePemFileThatItCannotRead) {
  const Outcome outcome =
      StatusAt("127.0.0.1:1", {"--ca", "/nonexistent/ca.pem", "--cert", "c.pem", "--key", "k.pem"});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_EQ(outcome.err, "waypostctl: /nonexistent/ca.pem: cannot be read, or is empty\n");
}

TEST(Client, RefusesWhatIsNoAddress) {
  const Outcome outcome = StatusAt("somewhere");
  EXPECT_EQ(outcome.code, 2);
  EXPECT_EQ(outcome.err,
            "waypostctl: --server: \"somewhere\" is neither unix:PATH nor HOST:PORT\n");
}

TEST(Client, GivesUpAfterTheTimeoutAndSaysThatAChangeMayHaveHappened) {
  FakeDirector director;
  director.Delay("Status", 400);
  const Outcome outcome = RunOn(director, {"--timeout", "50ms", "status"});
  EXPECT_EQ(outcome.code, 6);
  EXPECT_EQ(outcome.err, "waypostctl: " + director.address() +
                             ": no answer within 50 ms; a change may have been made all the same "
                             "(look with `history`); --timeout waits longer\n");
}

TEST(Client, TellsNotFoundConflictAndRefusalApart) {
  FakeDirector director;
  director.Refuse("Status", grpc::StatusCode::NOT_FOUND, "no such thing");
  Outcome outcome = RunOn(director, {"status"});
  EXPECT_EQ(outcome.code, 4);
  EXPECT_EQ(outcome.err, "waypostctl: no such thing\n");

  director.Refuse("Status", grpc::StatusCode::ABORTED, "expected revision 3, current is 5");
  outcome = RunOn(director, {"status"});
  EXPECT_EQ(outcome.code, 5);
  EXPECT_EQ(outcome.err,
            "waypostctl: conflict: someone else changed the configuration meanwhile: expected "
            "revision 3, current is 5\n");

  director.Refuse("Status", grpc::StatusCode::INVALID_ARGUMENT, "makes no sense");
  outcome = RunOn(director, {"status"});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_EQ(outcome.err, "waypostctl: refused: makes no sense\n");
}

TEST(Client, TellsAServerThatCannotWriteFromOneThatIsNotThere) {
  FakeDirector director;
  director.Refuse("Status", grpc::StatusCode::UNAVAILABLE, "the store cannot be written");
  const Outcome outcome = RunOn(director, {"status"});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_EQ(outcome.err, "waypostctl: refused: the store cannot be written\n");
}

TEST(Client, PrintsAListOfFactsBeforeItsOwnLine) {
  FakeDirector director;
  director.Refuse("Status", grpc::StatusCode::INVALID_ARGUMENT, "a.yaml:1: x\na.yaml:2: y");
  EXPECT_EQ(RunOn(director, {"status"}).err,
            "a.yaml:1: x\na.yaml:2: y\nwaypostctl: refused: nothing was changed\n");
}

TEST(Client, TakesTheServerFromTheEnvironment) {
  FakeDirector director;
  const Desk desk{.variables = {{"WAYPOST_SERVER", director.address()}}};
  EXPECT_EQ(RunWith(desk, {"watch"}).code, 0);
  EXPECT_EQ(director.asked(), std::vector<std::string>{"Watch"});
}

TEST(Client, FindsTheSocketOfAUsersOwnServer) {
  FakeDirector director;
  std::filesystem::create_directory(director.folder() + "/waypost");
  std::filesystem::create_symlink(director.folder() + "/control.sock",
                                  director.folder() + "/waypost/control.sock");
  if (std::filesystem::exists("/run/waypost/control.sock")) {
    GTEST_SKIP() << "this machine runs a director of its own, which goes first";
  }
  const Desk desk{.variables = {{"XDG_RUNTIME_DIR", director.folder()}}};
  EXPECT_EQ(RunWith(desk, {"watch"}).code, 0);
  EXPECT_EQ(director.asked(), std::vector<std::string>{"Watch"});
}

std::string ReadFile(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

/// A director behind mutual TLS on a port of its own; one certificate serves as everyone's.
class TlsDirector {
 public:
  TlsDirector() {
    const std::string command =
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 "
        "-nodes -days 2 -subj /CN=waypost -addext "
        "subjectAltName=IP:127.0.0.1 -keyout " +
        key() + " -out " + certificate() + " 2>/dev/null";
    if (std::system(command.c_str()) != 0) return;
    grpc::SslServerCredentialsOptions tls(
        GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
    tls.pem_root_certs = ReadFile(certificate());
    tls.pem_key_cert_pairs = {{ReadFile(key()), ReadFile(certificate())}};
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::SslServerCredentials(tls), &port_);
    builder.RegisterService(&insight_);
    server_ = builder.BuildAndStart();
  }
  ~TlsDirector() {
    if (server_) server_->Shutdown(std::chrono::system_clock::now());
  }

  bool works() const { return server_ != nullptr; }
  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }
  std::string certificate() const { return plain_.folder() + "/cert.pem"; }
  std::string key() const { return plain_.folder() + "/key.pem"; }
  const FakeDirector& heard() const { return plain_; }

 private:
  FakeDirector plain_;
  FakeInsight insight_{plain_};
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

TEST(Client, SpeaksMutualTlsWithFilesFromTheEnvironment) {
  const TlsDirector director;
  if (!director.works()) GTEST_SKIP() << "openssl(1) is not installed";
  const Desk desk{.variables = {{"WAYPOST_SERVER", director.address()},
                                {"WAYPOST_CA", director.certificate()},
                                {"WAYPOST_CERT", director.certificate()},
                                {"WAYPOST_KEY", director.key()}}};
  const Outcome outcome = RunWith(desk, {"watch"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(director.heard().asked(), std::vector<std::string>{"Watch"});
}

TEST(Client, SaysThatItCannotReachATlsServerWithoutTls) {
  const TlsDirector director;
  if (!director.works()) GTEST_SKIP() << "openssl(1) is not installed";
  const Outcome outcome = StatusAt(director.address(), {"--insecure", "--timeout", "2s"});
  EXPECT_EQ(outcome.code, 3) << outcome.err;
  EXPECT_EQ(director.heard().asked(), std::vector<std::string>{});
}

}  // namespace
}  // namespace waypost::ctl
