// The parts of BuildSpec that know one kind of probe each. Pure.
//
// Thread safety: functions of their arguments. Errors: name the field and the fact.
#pragma once

#include <google/protobuf/duration.pb.h>

#include "healthd/probe/spec.h"
#include "waypost/v1/monitor.pb.h"

namespace waypost::probe {

tl::unexpected<Error> Invalid(const std::string& fact);
std::chrono::microseconds ToMicroseconds(const google::protobuf::Duration& duration);

/// Zero is `otherwise`, and an error where that is zero too.
Status SetPort(uint32_t port, uint16_t otherwise, Spec& spec);
/// Once the address is set. `host` is the name where the options have none; empty: the address.
Status SetTls(const v1::TlsOptions& options, const std::string& host, Spec& spec);

Status SetHttp(const v1::HttpProbe& http, bool is_tls, Spec& spec);
Status SetTcp(const v1::TcpProbe& tcp, Spec& spec);
Status SetUdp(const v1::UdpProbe& udp, Spec& spec);
Status SetDns(const v1::DnsProbe& dns, Spec& spec);
Status SetIcmp(const v1::IcmpProbe& icmp, Spec& spec);
Status SetGrpc(const v1::GrpcProbe& grpc, Spec& spec);
Status SetHeld(const v1::HeldProbe& held, Spec& spec);
Status SetCommand(const v1::CommandProbe& command, Spec& spec);
Status SetTlsProbe(const v1::TlsProbe& tls, Spec& spec);

}  // namespace waypost::probe
