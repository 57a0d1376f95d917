// A vantage that calls endpoints up and down in turn, so many a second, as no real one could: what
// queries feel of a world that is burning.
#include <fmt/format.h>
#include <grpcpp/grpcpp.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

#include "waypost/v1/evidence.grpc.pb.h"

namespace waypost::bench {
namespace {

using std::chrono::steady_clock;
using Stream = grpc::ClientReaderWriter<v1::VantageMessage, v1::DirectorMessage>;

constexpr std::chrono::milliseconds kTick{10};

struct Options {
  std::string director;
  double flips = 1000;
  double seconds = 5;
};

/// What is said of the targets of one assignment.
class Table {
 public:
  explicit Table(const v1::Assignment& assignment)
      : generation_(assignment.generation()), targets_(assignment.targets().size()) {
    for (size_t i = 0; i < targets_.size(); ++i)
      targets_[i].id = assignment.targets(static_cast<int>(i)).id();
  }

  /// All of them, up.
  v1::VantageMessage Whole() {
    v1::VantageMessage message = Empty();
    message.mutable_report()->set_full(true);
    for (Target& target : targets_) Tell(target, message);
    return message;
  }

  /// The next `count` in turn, otherwise than before.
  v1::VantageMessage Flipped(uint64_t count) {
    v1::VantageMessage message = Empty();
    for (; count > 0; --count) {
      Target& target = targets_[next_++ % targets_.size()];
      target.is_up = !target.is_up;
      Tell(target, message);
    }
    return message;
  }

 private:
  struct Target {
    uint32_t id = 0;
    uint64_t sequence = 0;
    bool is_up = true;
  };

  v1::VantageMessage Empty() const {
    v1::VantageMessage message;
    message.mutable_report()->set_generation(generation_);
    return message;
  }

  static void Tell(Target& target, v1::VantageMessage& message) {
    v1::Observation& observation = *message.mutable_report()->add_observations();
    observation.set_target(target.id);
    observation.set_sequence(++target.sequence);
    observation.set_opinion(target.is_up ? v1::OPINION_UP : v1::OPINION_DOWN);
  }

  uint64_t generation_;
  std::vector<Target> targets_;
  size_t next_ = 0;
};

/// How many flips were sent.
uint64_t FlipFor(Table& table, const Options& options, Stream& stream) {
  const auto began = steady_clock::now();
  const auto ends = began + std::chrono::duration<double>(options.seconds);
  uint64_t flipped = 0;
  for (auto now = began; now < ends; now = steady_clock::now()) {
    const double passed = std::chrono::duration<double>(now - began).count();
    const auto due = static_cast<uint64_t>(passed * options.flips) - flipped;
    if (!stream.Write(table.Flipped(due))) break;
    flipped += due;
    std::this_thread::sleep_for(kTick);
  }
  return flipped;
}

int Run(const Options& options) {
  const auto channel = grpc::CreateChannel(options.director, grpc::InsecureChannelCredentials());
  const auto stub = v1::Evidence::NewStub(channel);
  grpc::ClientContext context;
  const auto stream = stub->Stream(&context);
  v1::VantageMessage hello;
  hello.mutable_hello()->set_vantage("bench");
  v1::DirectorMessage assigned;
  if (!stream->Write(hello) || !stream->Read(&assigned) ||
      assigned.assignment().targets().empty()) {
    context.TryCancel();
    fmt::print(stderr, "bench_vantage: {} assigns nothing\n", options.director);
    return 1;
  }
  Table table(assigned.assignment());
  stream->Write(table.Whole());
  fmt::print("{{\"flips\": {}}}\n", FlipFor(table, options, *stream));
  context.TryCancel();
  return 0;
}

}  // namespace
}  // namespace waypost::bench

int main(int argc, char** argv) {
  waypost::bench::Options options;
  CLI::App app("Calls the endpoints of a director up and down in turn, and prints how many it did");
  app.add_option("--director", options.director, "HOST:PORT or unix:PATH")->required();
  app.add_option("--flips", options.flips, "a second (default 1000)")
      ->check(CLI::Range(0.0, 1000000.0));
  app.add_option("--seconds", options.seconds, "how long (default 5)");
  CLI11_PARSE(app, argc, argv);
  return waypost::bench::Run(options);
}
