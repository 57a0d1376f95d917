// Runs one probe at a time against a server of the test's.
#pragma once

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <memory>
#include <string>

#include "healthd/probe/network_prober.h"
#include "tests/support/http_server.h"
#include "waypost/v1/evidence.pb.h"

namespace waypost::probe {

inline v1::Target TargetAt(const std::string& address) {
  v1::Target target;
  target.set_id(1);
  target.set_endpoint("web/" + address);
  target.set_address(address);
  target.mutable_monitor()->set_name("web");
  return target;
}

inline v1::Target HttpTarget(uint16_t port, const std::string& address = "127.0.0.1") {
  v1::Target target = TargetAt(address);
  target.mutable_monitor()->mutable_http()->set_port(port);
  return target;
}

inline v1::Target HttpsTarget(uint16_t port, const std::string& address = "127.0.0.1") {
  v1::Target target = TargetAt(address);
  target.mutable_monitor()->mutable_https()->set_port(port);
  return target;
}

inline v1::Target TcpTarget(uint16_t port) {
  v1::Target target = TargetAt("127.0.0.1");
  target.mutable_monitor()->mutable_tcp()->set_port(port);
  return target;
}

inline void SetTimeout(v1::Target& target, int milliseconds) {
  auto& timeout = *target.mutable_monitor()->mutable_timeout();
  timeout.set_seconds(milliseconds / 1000);
  timeout.set_nanos(milliseconds % 1000 * 1'000'000);
}

inline Outcome ProbeOnce(const v1::Target& target, const Permissions& permissions = {}) {
  const auto spec = BuildSpec(target);
  EXPECT_TRUE(spec) << spec.error().message;
  boost::asio::io_context io(1);
  NetworkProber prober(io, permissions);
  Outcome outcome;
  int calls = 0;
  const auto stop =
      prober.Start(std::make_shared<Spec>(*spec), [&outcome, &calls](const Outcome& found) {
        outcome = found;
        ++calls;
      });
  io.run_for(std::chrono::seconds(20));
  EXPECT_EQ(calls, 1);
  return outcome;
}

}  // namespace waypost::probe
