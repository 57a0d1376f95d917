#include <fmt/format.h>
#include <google/protobuf/util/time_util.h>

#include <algorithm>
#include <array>

#include "dnsd/config/scalar.h"
#include "dnsd/config/validate_probe.h"
#include "dnsd/steer/checks.h"
#include "dnsd/wire/name.h"
#include "dnsd/zone/rdata_text.h"

namespace waypost::config {
namespace {

using google::protobuf::util::TimeUtil;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using steer::DurationRange;
using steer::Reporter;

constexpr DurationRange kGap = {milliseconds(1), seconds(1), "1ms to 1s"};
constexpr DurationRange kBound = {microseconds(100), minutes(1), "100us to 1m"};
constexpr size_t kMaxDatagram = 1200;
constexpr uint32_t kMaxEchoes = 20;
constexpr uint32_t kMaxLoss = 99;
constexpr int kMaxAnswers = 16;
constexpr size_t kMaxAnswerText = 1024;

void CheckOctets(const std::string& text, const std::string& hex, const std::string& field,
                 const Reporter& report) {
  const bool is_hex =
      std::all_of(hex.begin(), hex.end(), [](unsigned char c) { return std::isxdigit(c) != 0; });
  if (!is_hex || hex.size() % 2 != 0)
    report.Fail(field + "_hex", "is not made of pairs of hexadecimal digits");
  if (!text.empty() && !hex.empty()) report.Fail(field, "is given twice, also in hexadecimal");
  if (std::max(text.size(), hex.size() / 2) > kMaxDatagram)
    report.Fail(field, "is longer than 1200 octets");
}

bool IsRcode(std::string text) {
  static constexpr std::array<std::string_view, 12> kNames = {
      "",        "NOERROR",  "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMPL",
      "REFUSED", "YXDOMAIN", "YXRRSET", "NXRRSET",  "NOTAUTH",  "NOTZONE"};
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return std::find(kNames.begin(), kNames.end(), text) != kNames.end();
}

void CheckAnswers(const v1::DnsProbe& dns, const Reporter& report) {
  if (dns.answers_size() > kMaxAnswers) report.Fail("answers", "are more than 16");
  for (const std::string& answer : dns.answers()) {
    const bool is_plain = std::all_of(answer.begin(), answer.end(),
                                      [](unsigned char c) { return c >= ' ' && c != 0x7F; });
    if (answer.empty() || !is_plain || answer.size() > kMaxAnswerText)
      report.Fail("answers", Quoted(answer) + " is no record's data");
  }
}

}  // namespace

void CheckUdp(const v1::UdpProbe& udp, const Reporter& report) {
  CheckPort(udp.port(), 0, report);
  if (udp.send().empty() && udp.send_hex().empty()) report.Fail("send", "missing");
  CheckOctets(udp.send(), udp.send_hex(), "send", report);
  CheckOctets(udp.expect(), udp.expect_hex(), "expect", report);
}

void CheckDns(const v1::DnsProbe& dns, const Reporter& report) {
  CheckPort(dns.port(), 53, report);
  if (dns.name().empty())
    report.Fail("name", "missing");
  else if (const auto name = wire::Name::Parse(dns.name()); !name)
    report.Fail("name", name.error().message);
  if (!dns.type().empty() && !zone::ParseType(dns.type()))
    report.Fail("type", Quoted(dns.type()) + " is no type of record");
  if (!v1::DnsTransport_IsValid(dns.transport())) report.Fail("transport", "is not known");
  if (dns.has_tls() && dns.transport() != v1::DNS_TRANSPORT_TLS)
    report.Fail("tls", "is for transport tls only");
  CheckTlsOptions(dns.tls(), report.In("tls"));
  if (!IsRcode(dns.rcode())) report.Fail("rcode", Quoted(dns.rcode()) + " is not known");
  CheckAnswers(dns, report);
}

void CheckIcmp(const v1::IcmpProbe& icmp, milliseconds timeout, const Reporter& report) {
  if (icmp.count() > kMaxEchoes)
    report.Fail("count", fmt::format("{} is not within 1 and 20", icmp.count()));
  if (icmp.max_loss() > kMaxLoss)
    report.Fail("max_loss", fmt::format("{} is not within 0 and 99", icmp.max_loss()));
  if (icmp.has_gap()) steer::CheckDuration(icmp.gap(), kGap, "gap", report);
  if (icmp.has_max_rtt()) steer::CheckDuration(icmp.max_rtt(), kBound, "max_rtt", report);
  if (icmp.has_max_jitter()) steer::CheckDuration(icmp.max_jitter(), kBound, "max_jitter", report);
  const int64_t gap_ms = icmp.has_gap() ? TimeUtil::DurationToMilliseconds(icmp.gap()) : 20;
  const uint32_t count = icmp.count() == 0 ? 3 : icmp.count();
  if (milliseconds(gap_ms * count) >= timeout)
    report.Fail("gap", "the packets do not fit into the timeout");
}

}  // namespace waypost::config
