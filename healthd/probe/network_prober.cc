#include "healthd/probe/network_prober.h"

#include "healthd/probe/attempt.h"

namespace waypost::probe {

struct NetworkProber::State {
  boost::asio::io_context& io;
  Trust trust;
};

NetworkProber::NetworkProber(boost::asio::io_context& io) : state_(new State{io, {}}) {}

NetworkProber::~NetworkProber() = default;

Prober::Stop NetworkProber::Start(std::shared_ptr<const Spec> spec, Done done) {
  const auto attempt =
      std::make_shared<Attempt>(state_->io, state_->trust, std::move(spec), std::move(done));
  attempt->Start();
  return [weak = std::weak_ptr(attempt)] {
    if (const auto under_way = weak.lock()) under_way->Stop();
  };
}

}  // namespace waypost::probe
