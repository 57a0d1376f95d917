#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>

#include "dnsd/base/ip.h"
#include "dnsd/config/scalar.h"
#include "dnsd/config/validate_probe.h"
#include "dnsd/steer/checks.h"
#include "dnsd/wire/name.h"

namespace waypost::config {
namespace {

using std::chrono::hours;
using steer::DurationRange;
using steer::Reporter;

constexpr DurationRange kExpiry = {hours(0), hours(24 * 3650), "0 to 3650d"};
constexpr uint32_t kMaxPort = 65535;
// What a vantage reads, sends and compiles at most.
constexpr size_t kMaxExpectedText = 64U << 10U;
constexpr size_t kMaxSentText = 4U << 10U;
constexpr size_t kMaxPatternText = 1U << 10U;
constexpr int64_t kMaxPatternMemory = 1 << 20;
constexpr size_t kMaxServiceName = 255;
constexpr int kMaxCiphers = 64;

void CheckExchange(const std::string& send, const std::string& expect, const Reporter& report) {
  if (send.size() > kMaxSentText) report.Fail("send", "is longer than 4 KiB");
  CheckExpectedText(expect, "expect", report);
}

}  // namespace

void CheckPort(uint32_t port, uint32_t default_port, const Reporter& report) {
  if (port == 0 && default_port == 0) return report.Fail("port", "missing");
  if (port > kMaxPort) report.Fail("port", fmt::format("{} is not within 1 and 65535", port));
}

bool IsHost(const std::string& text) {
  const auto is_allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  };
  if (IpAddress::Parse(text)) return true;
  return std::all_of(text.begin(), text.end(), is_allowed) && wire::Name::Parse(text) &&
         text != ".";
}

void CheckExpectedText(const std::string& text, const std::string& field, const Reporter& report) {
  if (text.size() > kMaxExpectedText) report.Fail(field, "is longer than 64 KiB");
}

void CheckPattern(const std::string& text, const std::string& field, const Reporter& report) {
  if (text.size() > kMaxPatternText) return report.Fail(field, "is longer than 1 KiB");
  re2::RE2::Options options(re2::RE2::Latin1);
  options.set_max_mem(kMaxPatternMemory);
  options.set_log_errors(false);
  const re2::RE2 compiled(text, options);
  if (!compiled.ok()) report.Fail(field, "is no regular expression: " + compiled.error());
}

void CheckTlsOptions(const v1::TlsOptions& options, const Reporter& report) {
  if (!options.name().empty() && !IsHost(options.name()))
    report.Fail("name", Quoted(options.name()) + " is neither a host name nor an address");
  if (!v1::TlsVersion_IsValid(options.min_version())) report.Fail("min_version", "is not known");
  if (options.ciphers_size() > kMaxCiphers) report.Fail("ciphers", "are more than 64");
  if (options.has_fail_expiry())
    steer::CheckDuration(options.fail_expiry(), kExpiry, "fail_expiry", report);
  if (options.has_warn_expiry())
    steer::CheckDuration(options.warn_expiry(), kExpiry, "warn_expiry", report);
}

void CheckTcp(const v1::TcpProbe& tcp, const Reporter& report) {
  CheckPort(tcp.port(), 0, report);
  CheckExchange(tcp.send(), tcp.expect(), report);
}

void CheckTls(const v1::TlsProbe& tls, const Reporter& report) {
  CheckPort(tls.port(), 0, report);
  CheckTlsOptions(tls.options(), report.In("options"));
  CheckExchange(tls.send(), tls.expect(), report);
}

void CheckGrpc(const v1::GrpcProbe& grpc, const Reporter& report) {
  CheckPort(grpc.port(), 0, report);
  if (grpc.service().size() > kMaxServiceName) report.Fail("service", "is longer than 255 octets");
  if (!grpc.authority().empty() && !IsHost(grpc.authority()))
    report.Fail("authority", Quoted(grpc.authority()) + " is neither a host name nor an address");
  CheckTlsOptions(grpc.tls(), report.In("tls"));
}

void CheckHeld(const v1::HeldProbe& held, const Reporter& report) {
  CheckPort(held.port(), 0, report);
  CheckTlsOptions(held.tls(), report.In("tls"));
}

}  // namespace waypost::config
