#include "healthd/probe/make_dialogue.h"

#include "healthd/probe/dns_dialogue.h"
#include "healthd/probe/grpc_dialogue.h"
#include "healthd/probe/http_dialogue.h"
#include "healthd/probe/text_dialogue.h"
#include "healthd/probe/udp_dialogue.h"
#include "healthd/probe/web2_dialogue.h"

namespace waypost::probe {
namespace {

using Made = tl::expected<std::unique_ptr<Dialogue>, Failure>;

Failure NoPattern(Error error) {
  return {v1::LAYER_CONTENT, v1::FAULT_OTHER, std::move(error).In("body_pattern").message};
}

struct Maker {
  const Spec& spec;
  Workshop& workshop;

  Made operator()(const ExchangeSpec& exchange) const {
    if (exchange.send.empty() && exchange.expect.empty()) return nullptr;
    return std::make_unique<TextDialogue>(exchange);
  }
  Made operator()(const HttpSpec& http) const {
    std::optional<Pattern> pattern;
    if (!http.pattern.empty()) {
      auto found = workshop.patterns.Find(http.pattern);
      if (!found) return tl::unexpected(NoPattern(std::move(found).error()));
      pattern = *std::move(found);
    }
    ResponseJudge judge(http, std::move(pattern));
    if (http.http2) return std::make_unique<Web2Dialogue>(std::move(judge), spec.tls.has_value());
    return std::make_unique<HttpDialogue>(std::move(judge));
  }
  Made operator()(const GrpcSpec& grpc) const {
    return std::make_unique<GrpcDialogue>(grpc, spec.tls.has_value());
  }
  Made operator()(const UdpSpec& udp) const { return std::make_unique<UdpDialogue>(udp); }
  /// Nothing is said on the others' connections, or they have none.
  template <typename Other>
  Made operator()(const Other&) const {
    return nullptr;
  }
  Made operator()(const DnsSpec& dns) const {
    return std::make_unique<DnsDialogue>(dns, static_cast<uint16_t>(workshop.random.Next()));
  }
};

}  // namespace

tl::expected<std::unique_ptr<Dialogue>, Failure> MakeDialogue(const Spec& spec,
                                                              Workshop& workshop) {
  return std::visit(Maker{spec, workshop}, spec.what);
}

}  // namespace waypost::probe
