// A load generator for benches on loopback, from one thread, whose own cost a query is far below
// any server's.
#include <arpa/inet.h>
#include <sys/socket.h>

#include <CLI/CLI.hpp>
#include <cstdio>

#include "dnsd/base/file_descriptor.h"
#include "tests/bench/load/tcp.h"
#include "tests/bench/load/udp.h"

namespace waypost::bench {
namespace {

struct Options {
  uint16_t port = 53;
  std::string queries;
  double seconds = 5;
  Shape shape;
  uint16_t window = 128;
  double rate = 0;
  int clients = 0;
  uint32_t each = 0;
};

sockaddr_in ServerOf(const Options& options) {
  sockaddr_in server{};
  server.sin_family = AF_INET;
  server.sin_port = htons(options.port);
  server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return server;
}

int Run(const Options& options) {
  Questions questions(options.queries, options.shape);
  const sockaddr_in server = ServerOf(options);
  const FileDescriptor socket(::socket(AF_INET, SOCK_DGRAM, 0));
  if (connect(socket.get(), reinterpret_cast<const sockaddr*>(&server), sizeof server) != 0) {
    std::perror("load: connect");
    return 1;
  }
  Report report{std::chrono::nanoseconds(static_cast<int64_t>(options.seconds * 1e9))};
  if (options.clients > 0) {
    AskOverTcp(server, questions, options.clients, options.each, report);
  } else if (options.rate > 0) {
    AskAtRate(socket.get(), questions, options.rate, report);
  } else {
    AskInWindow(socket.get(), questions, options.window, report);
  }
  report.Print();
  return 0;
}

}  // namespace
}  // namespace waypost::bench

int main(int argc, char** argv) {
  waypost::bench::Options options;
  CLI::App app("Asks a DNS server on 127.0.0.1 and prints one JSON object");
  app.add_option("--port", options.port, "of the server")->required();
  app.add_option("--queries", options.queries, "file with lines of NAME TYPE")->required();
  app.add_option("--seconds", options.seconds, "how long");
  app.add_flag("!--no-edns", options.shape.edns, "ask without OPT");
  app.add_flag("--random-subnet", options.shape.random_subnet,
               "a client subnet that differs from query to query");
  app.add_option("--window", options.window, "UDP: queries on their way at any time (default 128)");
  app.add_option("--rate", options.rate, "UDP: queries a second instead, whatever comes back");
  app.add_option("--tcp", options.clients,
                 "over TCP, so many clients with one query each at a time");
  app.add_option("--each", options.each, "TCP: queries of a connection (default: no end)");
  CLI11_PARSE(app, argc, argv);
  return waypost::bench::Run(options);
}
