// Findings in the words of tests: a place sees an address, and this is how it is.
#pragma once

#include <string>
#include <utility>

#include "healthd/diagnose/words.h"
#include "waypost/v1/diagnose.pb.h"

namespace waypost::diagnose {

/// One address; everything is well until something is said.
class Seen {
 public:
  explicit Seen(const std::string& address = "192.0.2.1") {
    findings_.set_address(address);
    Echo(0, 10'000, 100).Port(v1::PORT_STATE_OPEN);
    Path(v1::PATH_END_REACHED);
  }

  Seen& Echo(float loss_percent, uint32_t rtt_us, uint32_t jitter_us = 100) {
    v1::EchoFindings& echo = *findings_.mutable_echo();
    echo.set_possible(true);
    echo.set_sent(20);
    echo.set_loss_percent(loss_percent);
    echo.set_rtt_us(rtt_us);
    echo.set_jitter_us(jitter_us);
    return *this;
  }
  Seen& NoEcho() { return Echo(100, 0, 0); }
  Seen& Usual(uint32_t rtt_us) {
    findings_.set_usual_rtt_us(rtt_us);
    return *this;
  }
  /// All five tries alike.
  Seen& Port(v1::PortState state, const std::string& detail = "") {
    findings_.clear_port();
    v1::PortFindings& port = *findings_.mutable_port();
    port.set_state(state);
    port.set_tries(5);
    port.set_detail(detail);
    if (state == v1::PORT_STATE_OPEN) port.set_opened(5), port.set_connect_us(10'000);
    if (state == v1::PORT_STATE_REFUSED) port.set_refused(5);
    if (state == v1::PORT_STATE_SILENT) port.set_silent(5);
    return *this;
  }
  Seen& NoPort() {
    findings_.clear_port();
    return *this;
  }
  Seen& Icmp(uint32_t type, uint32_t code, const std::string& told_by = "203.0.113.1") {
    findings_.mutable_port()->set_icmp_type(type);
    findings_.mutable_port()->set_icmp_code(code);
    findings_.mutable_port()->set_told_by(told_by);
    return *this;
  }
  /// All paths end so.
  Seen& Path(v1::PathEnd end, int hops = 3) {
    findings_.clear_paths();
    for (const auto protocol :
         {v1::PATH_PROTOCOL_UDP, v1::PATH_PROTOCOL_TCP, v1::PATH_PROTOCOL_ICMP}) {
      v1::PathFindings& path = *findings_.add_paths();
      path.set_protocol(protocol);
      path.set_end(end);
      for (int i = 0; i < hops; ++i) path.add_hops();
    }
    return *this;
  }
  Seen& Service(v1::Layer layer, v1::Fault fault, uint32_t succeeded = 0) {
    v1::ServiceFindings& service = *findings_.mutable_service();
    service.set_tries(3);
    service.set_succeeded(layer == v1::LAYER_NONE ? 3 : succeeded);
    service.set_failed_layer(layer);
    service.set_fault(fault);
    service.set_detail(layer == v1::LAYER_NONE ? "" : "as told");
    return *this;
  }
  v1::AddressFindings* operator->() { return &findings_; }
  operator const v1::AddressFindings&() const { return findings_; }  // NOLINT

 private:
  v1::AddressFindings findings_;
};

/// An address of which nothing comes back at all.
inline Seen Dead(const std::string& address = "192.0.2.1") {
  return Seen(address).NoEcho().Port(v1::PORT_STATE_SILENT).Path(v1::PATH_END_SILENT, 2);
}

template <typename... Addresses>
v1::Findings From(const std::string& place, const Addresses&... addresses) {
  v1::Findings findings;
  findings.set_place(place);
  (static_cast<void>(*findings.add_addresses() = addresses), ...);
  return findings;
}

inline void Answer(v1::Findings& findings, const std::string& server, const std::string& rcode,
                   const std::string& address = "") {
  v1::ServerAnswer& answer = *findings.add_dns();
  answer.set_server(server);
  answer.set_rcode(rcode);
  if (rcode.empty()) answer.set_detail("no answer within 3 s");
  if (!address.empty()) answer.add_addresses(address);
}

}  // namespace waypost::diagnose
