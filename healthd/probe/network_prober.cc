#include "healthd/probe/network_prober.h"

#include <boost/asio/post.hpp>
#include <random>

#include "healthd/probe/combination.h"
#include "healthd/probe/command_attempt.h"
#include "healthd/probe/datagram_attempt.h"
#include "healthd/probe/holder.h"
#include "healthd/probe/icmp_attempt.h"
#include "healthd/probe/stream_attempt.h"

namespace waypost::probe {
namespace {

uint64_t DrawSeed() {
  std::random_device device;
  return static_cast<uint64_t>(device()) << 32 | device();
}

/// Of what lives until it has ended by itself.
template <typename Running>
Prober::Stop StopperOf(const std::shared_ptr<Running>& running) {
  return [weak = std::weak_ptr(running)] {
    if (const auto under_way = weak.lock()) under_way->Stop();
  };
}

bool IsOverDatagrams(const Spec& spec) {
  if (const auto* dns = std::get_if<DnsSpec>(&spec.what)) return !dns->over_stream;
  return std::holds_alternative<UdpSpec>(spec.what);
}

}  // namespace

struct NetworkProber::State {
  std::shared_ptr<Attempt> Make(std::shared_ptr<const Spec> spec, Done done) {
    if (std::holds_alternative<CommandSpec>(spec->what))
      return std::make_shared<CommandAttempt>(io, permissions.commands, std::move(spec),
                                              std::move(done));
    if (std::holds_alternative<IcmpSpec>(spec->what))
      return std::make_shared<IcmpAttempt>(io, workshop.random.Next(), std::move(spec),
                                           std::move(done));
    if (IsOverDatagrams(*spec))
      return std::make_shared<DatagramAttempt>(io, workshop, std::move(spec), std::move(done));
    return std::make_shared<StreamAttempt>(io, workshop, std::move(spec), std::move(done));
  }

  boost::asio::io_context& io;
  const Permissions permissions;
  Workshop workshop;
};

NetworkProber::NetworkProber(boost::asio::io_context& io, const Permissions& permissions)
    : state_(new State{io, permissions, {Trust(permissions.identities), {}, Random(DrawSeed())}}) {}

NetworkProber::~NetworkProber() = default;

Prober::Stop NetworkProber::Start(std::shared_ptr<const Spec> spec, Done done) {
  if (std::holds_alternative<CombinedSpec>(spec->what)) {
    const auto combination = std::make_shared<Combination>(std::move(spec), std::move(done));
    combination->Start(*this);
    return StopperOf(combination);
  }
  const std::shared_ptr<Attempt> attempt = state_->Make(std::move(spec), std::move(done));
  attempt->Start();
  return StopperOf(attempt);
}

Prober::Stop NetworkProber::Hold(std::shared_ptr<const Spec> spec, Done news) {
  const auto interval = spec->interval;
  const auto connect = [this, spec](Done ended) { return state_->Make(spec, std::move(ended)); };
  const auto holder = std::make_shared<Holder>(state_->io, interval, connect, std::move(news));
  boost::asio::post(state_->io, [holder] { holder->Start(); });
  return StopperOf(holder);
}

}  // namespace waypost::probe
