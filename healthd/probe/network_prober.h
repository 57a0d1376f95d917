// Probes the real network from one io_context.
#pragma once

#include <memory>

#include "healthd/probe/permissions.h"
#include "healthd/probe/prober.h"

namespace boost::asio {
class io_context;
}

namespace waypost::probe {

class NetworkProber final : public Prober {
 public:
  explicit NetworkProber(boost::asio::io_context& io, const Permissions& permissions = {});
  ~NetworkProber() override;

  Stop Start(std::shared_ptr<const Spec> spec, Done done) override;
  Stop Hold(std::shared_ptr<const Spec> spec, Done news) override;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace waypost::probe
