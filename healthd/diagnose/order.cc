#include "healthd/diagnose/order.h"

#include <google/protobuf/util/time_util.h>

#include <algorithm>
#include <charconv>

#include "dnsd/base/ip.h"
#include "healthd/diagnose/name_servers.h"
#include "healthd/diagnose/service_step.h"
#include "healthd/probe/dns_reply.h"

namespace waypost::diagnose {
namespace {

using google::protobuf::util::TimeUtil;

constexpr int64_t kLeast_ms = 5'000;
constexpr int64_t kMost_ms = 120'000;
constexpr int64_t kUsual_ms = 60'000;
constexpr uint32_t kLeastPackets = 3;
constexpr uint32_t kMostPackets = 20;
constexpr int64_t kMaxRtt_ms = 10'000;

tl::unexpected<Error> Invalid(const std::string& fact) { return Fail(ErrorCode::kInvalid, fact); }

struct HostPort {
  std::string host;
  uint32_t port = 0;
};

/// A single colon divides; more are an IPv6 address without a port.
Result<HostPort> Divide(const std::string& target) {
  if (IpAddress::Parse(target)) return HostPort{target, 0};
  if (const auto address = SocketAddress::Parse(target)) {
    if (address->port == 0) return Invalid("target: the port is not in 1 to 65535");
    return HostPort{address->address.ToString(), address->port};
  }
  const size_t colon = target.rfind(':');
  if (colon == std::string::npos) return HostPort{target, 0};
  uint16_t port = 0;
  const char* const last = target.data() + target.size();
  const auto [end, error] = std::from_chars(target.data() + colon + 1, last, port);
  if (error != std::errc() || end != last || port == 0)
    return Invalid("target: the port is not in 1 to 65535");
  return HostPort{target.substr(0, colon), port};
}

std::string ProtocolFor(const std::string& asked, uint32_t port) {
  if (!asked.empty()) return asked;
  if (port == 443 || port == 8443) return "https";
  return port == 80 || port == 8080 ? "http" : "tcp";
}

void SetHttp(const v1::DiagnoseRequest& request, const HostPort& to, v1::HttpProbe& http) {
  http.set_port(to.port);
  http.set_path(request.path());
  http.set_host(request.name().empty() ? to.host : request.name());
  http.set_ca_file(request.ca_file());
  // A login page or a redirect is a healthy answer.
  http.mutable_expect()->add_status("100-499");
}

Status SetMonitor(const v1::DiagnoseRequest& request, const HostPort& to, v1::Monitor& monitor) {
  const std::string protocol = ProtocolFor(request.protocol(), to.port);
  monitor.set_name("diagnose");
  if (protocol == "http") {
    SetHttp(request, to, *monitor.mutable_http());
  } else if (protocol == "https") {
    SetHttp(request, to, *monitor.mutable_https());
  } else if (protocol == "tls") {
    monitor.mutable_tls()->set_port(to.port);
    v1::TlsOptions& tls = *monitor.mutable_tls()->mutable_options();
    tls.set_name(request.name().empty() ? to.host : request.name());
    tls.set_ca_file(request.ca_file());
  } else if (protocol == "grpc") {
    monitor.mutable_grpc()->set_port(to.port);
  } else if (protocol == "tcp") {
    monitor.mutable_tcp()->set_port(to.port);
  } else {
    return Invalid("protocol \"" + protocol + "\": must be tcp, tls, http, https or grpc");
  }
  return {};
}

bool IsWithin(const google::protobuf::Duration& duration, int64_t least_ms, int64_t most_ms) {
  const int64_t ms = TimeUtil::DurationToMilliseconds(duration);
  return ms >= least_ms && ms <= most_ms;
}

Status CheckHost(const std::string& host) {
  if (IpAddress::Parse(host)) return {};
  const bool is_plain =
      std::all_of(host.begin(), host.end(), [](unsigned char c) { return c > ' ' && c < 0x7F; });
  const bool is_name = is_plain && !host.empty() && probe::BuildDnsQuery(host, "A", true);
  if (!is_name) return Invalid("target: \"" + host + "\" is neither a name nor an address");
  return {};
}

}  // namespace

std::chrono::milliseconds DeadlineOf(const v1::Examination& order) {
  return std::chrono::milliseconds(TimeUtil::DurationToMilliseconds(order.deadline()));
}

Status TakeOptions(const v1::DiagnoseRequest& request, v1::Examination& order) {
  *order.mutable_name_servers() = request.name_servers();
  *order.mutable_deadline() =
      request.has_deadline() ? request.deadline() : TimeUtil::MillisecondsToDuration(kUsual_ms);
  order.set_packets(request.packets() == 0 ? kMostPackets : request.packets());
  if (request.has_usual_rtt()) *order.mutable_usual_rtt() = request.usual_rtt();
  return CheckExamination(order);
}

Result<v1::Examination> BuildExamination(const v1::DiagnoseRequest& request) {
  const auto to = Divide(request.target());
  if (!to) return tl::unexpected(to.error());
  v1::Examination order;
  order.set_host(to->host);
  order.set_port(to->port);
  if (to->port != 0)
    if (auto set = SetMonitor(request, *to, *order.mutable_monitor()); !set)
      return tl::unexpected(std::move(set).error());
  if (to->port == 0 && !request.protocol().empty())
    return Invalid("protocol: needs a port, as HOST:PORT");
  if (auto taken = TakeOptions(request, order); !taken)
    return tl::unexpected(std::move(taken).error());
  return order;
}

Status CheckExamination(const v1::Examination& order) {
  if (auto checked = CheckHost(order.host()); !checked) return checked;
  if (order.port() > 65535) return Invalid("target: the port is not in 1 to 65535");
  if (static_cast<size_t>(order.name_servers_size()) > kMaxNameServers)
    return Invalid("name_servers: more than 4");
  for (const std::string& server : order.name_servers())
    if (!ParseNameServer(server))
      return Invalid("name_servers: \"" + server + "\" is not ADDRESS or ADDRESS:PORT");
  if (!IsWithin(order.deadline(), kLeast_ms, kMost_ms)) return Invalid("deadline: not in 5s to 2m");
  if (order.packets() < kLeastPackets || order.packets() > kMostPackets)
    return Invalid("packets: not in 3 to 20");
  if (order.has_usual_rtt() && !IsWithin(order.usual_rtt(), 0, kMaxRtt_ms))
    return Invalid("usual_rtt: not in 0 to 10s");
  if (order.monitor().probe_case() == v1::Monitor::PROBE_NOT_SET) return {};
  const auto spec = BuildServiceSpec(order, IpAddress::FromV4(0x7F000001));
  if (!spec) return tl::unexpected(spec.error());
  return {};
}

}  // namespace waypost::diagnose
