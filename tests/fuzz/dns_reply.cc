// What a name server may send to a DNS probe: a datagram, or a stream in pieces when the first
// octet's lowest bit is set.
#include "healthd/probe/dns_reply.h"

#include "tests/fuzz/dialogue_target.h"

namespace waypost::probe {
namespace {

Spec MakeSpec(bool over_stream) {
  DnsSpec dns;
  dns.query = BuildDnsQuery("www.example.com.", "A", false).value();
  dns.over_stream = over_stream;
  dns.type = "A";
  dns.rcode = "NOERROR";
  dns.answers = {"192.0.2.1"};
  Spec spec;
  spec.what = dns;
  return spec;
}

void Judge(const DnsSpec& spec, const uint8_t* data, size_t size) {
  const std::string reply(reinterpret_cast<const char*>(data), size);
  JudgeDnsReply(spec, spec.query, reply);
}

}  // namespace
}  // namespace waypost::probe

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using waypost::probe::MakeSpec;
  static const waypost::probe::Spec datagram = MakeSpec(false), stream = MakeSpec(true);
  if (size == 0) return 0;
  if ((data[0] & 1) != 0) {
    waypost::probe::SpeakTo(stream, data, size);
  } else {
    waypost::probe::Judge(std::get<waypost::probe::DnsSpec>(datagram.what), data + 1, size - 1);
  }
  return 0;
}
