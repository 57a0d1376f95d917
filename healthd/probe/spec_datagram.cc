#include <algorithm>

#include "healthd/probe/dns_reply.h"
#include "healthd/probe/spec_parts.h"

namespace waypost::probe {
namespace {

using std::chrono::microseconds;

/// Fits into one packet nearly everywhere.
constexpr size_t kMaxDatagram = 1200;
constexpr int kMaxAnswers = 16;
constexpr size_t kMaxName = 1024;  // as text, with escapes
constexpr uint32_t kMaxEchoes = 20;

std::optional<uint8_t> HexDigit(char c) {
  if (c >= '0' && c <= '9') return static_cast<uint8_t>(c - '0');
  c = static_cast<char>(c | 0x20);
  if (c >= 'a' && c <= 'f') return static_cast<uint8_t>(c - 'a' + 10);
  return {};
}

/// `text` as it is, or what `hex` stands for.
Result<std::string> OctetsOf(const std::string& text, const std::string& hex,
                             const std::string& field) {
  if (!text.empty() && !hex.empty())
    return Invalid(field + " and " + field + "_hex are both given");
  if (hex.size() % 2 != 0) return Invalid(field + "_hex has half an octet");
  std::string octets = text;
  for (size_t i = 0; i < hex.size(); i += 2) {
    const auto high = HexDigit(hex[i]);
    const auto low = HexDigit(hex[i + 1]);
    if (!high || !low) return Invalid(field + "_hex is not hexadecimal");
    octets += static_cast<char>(*high << 4 | *low);
  }
  if (octets.size() > kMaxDatagram) return Invalid(field + " is longer than 1200 octets");
  return octets;
}

bool IsPlain(const std::string& text) {
  return text.size() <= kMaxName && std::all_of(text.begin(), text.end(), [](unsigned char c) {
           return c >= ' ' && c != 0x7F;
         });
}

std::string Upper(std::string text) {
  for (char& c : text)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c & ~0x20);
  return text;
}

Status SetAnswers(const v1::DnsProbe& dns, DnsSpec& spec) {
  if (dns.answers_size() > kMaxAnswers) return Invalid("there are more than 16 answers");
  for (const std::string& answer : dns.answers()) {
    if (!IsPlain(answer)) return Invalid("an answer has control characters or is too long");
    if (auto checked = CheckDnsAnswer(spec.type, answer); !checked) return checked;
    spec.answers.push_back(answer);
  }
  return {};
}

Status SetTransport(const v1::DnsProbe& dns, Spec& spec) {
  const bool is_tls = dns.transport() == v1::DNS_TRANSPORT_TLS;
  if (auto set = SetPort(dns.port(), is_tls ? 853 : 53, spec); !set) return set;
  std::get<DnsSpec>(spec.what).over_stream = is_tls || dns.transport() == v1::DNS_TRANSPORT_TCP;
  if (!is_tls) return {};
  if (auto set = SetTls(dns.tls(), "", spec); !set) return set;
  spec.tls->alpn = "dot";
  return {};
}

}  // namespace

Status SetUdp(const v1::UdpProbe& udp, Spec& spec) {
  if (auto set = SetPort(udp.port(), 0, spec); !set) return set;
  auto send = OctetsOf(udp.send(), udp.send_hex(), "send");
  if (!send) return tl::unexpected(std::move(send).error());
  if (send->empty()) return Invalid("send is missing");
  auto expect = OctetsOf(udp.expect(), udp.expect_hex(), "expect");
  if (!expect) return tl::unexpected(std::move(expect).error());
  spec.what = UdpSpec{*std::move(send), *std::move(expect)};
  return {};
}

Status SetDns(const v1::DnsProbe& dns, Spec& spec) {
  DnsSpec& what = spec.what.emplace<DnsSpec>();
  what.type = dns.type().empty() ? "A" : Upper(dns.type());
  what.rcode = dns.rcode().empty() ? "NOERROR" : Upper(dns.rcode());
  if (!IsPlain(dns.name()) || dns.name().empty()) return Invalid("name is no domain name");
  if (!IsRcode(what.rcode)) return Invalid("rcode \"" + dns.rcode() + "\" is not known");
  auto query = BuildDnsQuery(dns.name(), what.type, dns.recursion_desired());
  if (!query) return tl::unexpected(std::move(query).error());
  what.query = *std::move(query);
  if (auto set = SetAnswers(dns, what); !set) return set;
  return SetTransport(dns, spec);
}

Status SetIcmp(const v1::IcmpProbe& icmp, Spec& spec) {
  IcmpSpec& what = spec.what.emplace<IcmpSpec>();
  if (icmp.count() > kMaxEchoes) return Invalid("count is not in 1 to 20");
  if (icmp.count() > 0) what.count = icmp.count();
  if (icmp.has_gap()) what.gap = ToMicroseconds(icmp.gap());
  if (what.gap < std::chrono::milliseconds(1) || what.gap > std::chrono::seconds(1))
    return Invalid("gap is not in 1ms to 1s");
  if (icmp.has_max_loss()) what.max_loss_percent = icmp.max_loss();
  if (what.max_loss_percent > 99) return Invalid("max_loss is not in 0 to 99");
  what.max_rtt = ToMicroseconds(icmp.max_rtt());
  what.max_jitter = ToMicroseconds(icmp.max_jitter());
  if (what.max_rtt < microseconds(0) || what.max_jitter < microseconds(0))
    return Invalid("max_rtt or max_jitter is below 0");
  return {};
}

Status SetCommand(const v1::CommandProbe& command, Spec& spec) {
  if (command.name().empty()) return Invalid("name is missing");
  if (command.port() > 65535) return Invalid("port is not in 0 to 65535");
  spec.address.port = static_cast<uint16_t>(command.port());
  spec.what = CommandSpec{command.name()};
  return {};
}

}  // namespace waypost::probe
