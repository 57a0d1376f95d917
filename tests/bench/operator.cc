// An operator's program that stays connected, as a controller does: changes zones as it is told on
// its standard input, and says "done" when the director has replied.
//
//   load ORIGIN          the zone's master file is read again
//   apply ORIGIN FILE    the zone is put, with the text of this file
//   address NAME ADDRESS its RRset A is put, with this address alone
#include <fmt/format.h>
#include <grpcpp/grpcpp.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>
#include <sstream>
#include <string>

#include "waypost/v1/control.grpc.pb.h"

namespace waypost::bench {
namespace {

grpc::Status Load(v1::Configuration::Stub& stub, const std::string& origin) {
  grpc::ClientContext context;
  v1::LoadRequest request;
  request.add_zones(origin);
  v1::LoadReply reply;
  return stub.Load(&context, request, &reply);
}

grpc::Status Apply(v1::Configuration::Stub& stub, const std::string& origin,
                   const std::string& file) {
  grpc::ClientContext context;
  v1::ApplyRequest request;
  v1::Zone& zone = *request.add_resources()->mutable_resource()->mutable_zone();
  zone.set_origin(origin);
  std::ifstream text(file);
  zone.set_text(std::string(std::istreambuf_iterator<char>(text), {}));
  v1::ApplyReply reply;
  return stub.Apply(&context, request, &reply);
}

grpc::Status PutAddress(v1::Configuration::Stub& stub, const std::string& name,
                        const std::string& address) {
  grpc::ClientContext context;
  v1::ApplyRequest request;
  v1::Rrset& rrset = *request.add_resources()->mutable_resource()->mutable_rrset();
  rrset.set_name(name);
  rrset.set_type("A");
  rrset.set_ttl(300);
  rrset.add_records(address);
  v1::ApplyReply reply;
  return stub.Apply(&context, request, &reply);
}

grpc::Status Do(v1::Configuration::Stub& stub, const std::string& line) {
  std::istringstream words(line);
  std::string verb, subject, object;
  words >> verb >> subject >> object;
  if (verb == "load") return Load(stub, subject);
  if (verb == "address") return PutAddress(stub, subject, object);
  return Apply(stub, subject, object);
}

int Run(const std::string& server) {
  const auto stub =
      v1::Configuration::NewStub(grpc::CreateChannel(server, grpc::InsecureChannelCredentials()));
  for (std::string line; std::getline(std::cin, line);) {
    const grpc::Status status = Do(*stub, line);
    if (!status.ok()) {
      fmt::print(stderr, "bench_operator: {}: {}\n", line, status.error_message());
      return 1;
    }
    fmt::print("done\n");
    std::fflush(stdout);
  }
  return 0;
}

}  // namespace
}  // namespace waypost::bench

int main(int argc, char** argv) {
  std::string server;
  CLI::App app("Changes zones of a director as its standard input says");
  app.add_option("--server", server, "HOST:PORT or unix:PATH")->required();
  CLI11_PARSE(app, argc, argv);
  return waypost::bench::Run(server);
}
