// What the rules ask of the findings about one address.
//
// Thread safety: a value that borrows the findings.
#pragma once

#include "waypost/v1/diagnose.pb.h"

namespace waypost::diagnose {

class AddressFacts {
 public:
  explicit AddressFacts(const v1::AddressFindings& all) : all_(all) {}

  const v1::AddressFindings& all() const { return all_; }
  const v1::EchoFindings& echo() const { return all_.echo(); }
  const v1::PortFindings& port() const { return all_.port(); }
  const v1::ServiceFindings& service() const { return all_.service(); }

  bool has_port() const { return all_.has_port(); }
  bool is_open() const { return port().opened() > 0; }
  bool is_mixed() const { return is_open() && port().opened() < port().tries(); }
  bool answers_echo() const { return echo().rtt_us() > 0; }
  /// Somebody there answers something.
  bool is_alive() const;

  /// Null: no path ends so.
  const v1::PathFindings* PathEnding(v1::PathEnd end) const;
  /// Of TCP, where the port matters; else of any.
  const v1::PathFindings* PathProhibited() const;
  /// The longest of the paths that end in silence; null: there is none.
  const v1::PathFindings* LongestSilentPath() const;

  /// Packets lost on the way, as far as the host answers at all: at least two, and a tenth.
  bool is_lossy() const;
  float loss_percent() const { return answers_echo() ? echo().loss_percent() : 0; }
  /// Mean; 0: not known.
  uint32_t rtt_us() const;
  bool is_late() const;
  bool is_uneven() const;

 private:
  const v1::AddressFindings& all_;
};

}  // namespace waypost::diagnose
