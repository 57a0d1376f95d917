#include "healthd/probe/grpc_dialogue.h"
#include "healthd/probe/request.h"
#include "healthd/probe/spec_parts.h"

namespace waypost::probe {
namespace {

constexpr size_t kMaxSend = 4096;
constexpr size_t kMaxServiceName = 255;
constexpr int kMaxCiphers = 64;

Result<TlsFloor> FloorOf(v1::TlsVersion version) {
  switch (version) {
    case v1::TLS_VERSION_UNSPECIFIED:
      return TlsFloor::kAny;
    case v1::TLS_VERSION_TLS1_2:
      return TlsFloor::kTls12;
    case v1::TLS_VERSION_TLS1_3:
      return TlsFloor::kTls13;
    default:
      return Invalid("min_version is not known");
  }
}

std::chrono::seconds ToSeconds(const google::protobuf::Duration& duration) {
  return std::chrono::duration_cast<std::chrono::seconds>(ToMicroseconds(duration));
}

Status SetExchange(const std::string& send, const std::string& expect, Spec& spec) {
  if (send.size() > kMaxSend) return Invalid("send is longer than 4 KiB");
  if (expect.size() > kMaxBody) return Invalid("expect is longer than 64 KiB");
  spec.what = ExchangeSpec{send, expect};
  return {};
}

}  // namespace

Status SetTls(const v1::TlsOptions& options, const std::string& host, Spec& spec) {
  TlsSpec tls;
  tls.name = !options.name().empty() ? options.name()
             : !host.empty()         ? host
                                     : spec.address.address.ToString();
  tls.skip_verify = options.skip_verify();
  if (!tls.skip_verify) tls.ca_file = options.ca_file();
  tls.identity = options.identity();
  const auto floor = FloorOf(options.min_version());
  if (!floor) return tl::unexpected(floor.error());
  tls.floor = *floor;
  if (options.ciphers_size() > kMaxCiphers) return Invalid("there are more than 64 ciphers");
  tls.ciphers.assign(options.ciphers().begin(), options.ciphers().end());
  tls.fail_expiry = ToSeconds(options.fail_expiry());
  if (options.has_warn_expiry()) tls.warn_expiry = ToSeconds(options.warn_expiry());
  spec.tls = std::move(tls);
  return {};
}

Status SetTcp(const v1::TcpProbe& tcp, Spec& spec) {
  if (auto set = SetPort(tcp.port(), 0, spec); !set) return set;
  return SetExchange(tcp.send(), tcp.expect(), spec);
}

Status SetTlsProbe(const v1::TlsProbe& tls, Spec& spec) {
  if (auto set = SetPort(tls.port(), 0, spec); !set) return set;
  if (auto set = SetTls(tls.options(), "", spec); !set) return set;
  return SetExchange(tls.send(), tls.expect(), spec);
}

Status SetGrpc(const v1::GrpcProbe& grpc, Spec& spec) {
  if (auto set = SetPort(grpc.port(), 0, spec); !set) return set;
  if (grpc.service().size() > kMaxServiceName) return Invalid("service is longer than 255 octets");
  GrpcSpec& what = spec.what.emplace<GrpcSpec>();
  v1::HttpProbe http;
  http.set_host(grpc.authority());
  http.set_method("POST");
  http.set_path(grpc.watch() ? "/grpc.health.v1.Health/Watch" : "/grpc.health.v1.Health/Check");
  http.set_body(BuildHealthRequest(grpc.service()));
  (*http.mutable_headers())["content-type"] = "application/grpc";
  (*http.mutable_headers())["te"] = "trailers";
  auto request = BuildRequest(http, grpc.has_tls(), spec.address);
  if (!request) return tl::unexpected(std::move(request).error());
  what.request = *std::move(request);
  what.watch = grpc.watch();
  if (!grpc.has_tls()) return {};
  if (auto set = SetTls(grpc.tls(), grpc.authority(), spec); !set) return set;
  spec.tls->alpn = "h2";
  return {};
}

Status SetHeld(const v1::HeldProbe& held, Spec& spec) {
  spec.what = HeldSpec{};
  if (auto set = SetPort(held.port(), 0, spec); !set) return set;
  return held.has_tls() ? SetTls(held.tls(), "", spec) : Status();
}

}  // namespace waypost::probe
