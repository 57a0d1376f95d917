#include "healthd/diagnose/probing.h"

namespace waypost::diagnose {

std::vector<probe::Outcome> Probing::Run(const std::vector<probe::Spec>& specs) {
  std::vector<probe::Outcome> outcomes(specs.size());
  std::vector<probe::Prober::Stop> stops;
  size_t waiting = specs.size();
  for (size_t i = 0; i < specs.size(); ++i) {
    outcomes[i].conclusive = false;
    const auto done = [&outcomes, &waiting, i](const probe::Outcome& outcome) {
      outcomes[i] = outcome;
      --waiting;
    };
    stops.push_back(prober_.Start(std::make_shared<const probe::Spec>(specs[i]), done));
  }
  io_.restart();
  while (waiting > 0 && !allowance_.over()) io_.run_for(std::chrono::milliseconds(50));
  for (const auto& stop : stops) stop();
  io_.restart();
  io_.run_for(std::chrono::seconds(1));  // until what was stopped has ended
  return outcomes;
}

}  // namespace waypost::diagnose
