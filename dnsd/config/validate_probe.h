// Checks of the single kinds of probes, for CheckMonitor.
//
// Thread safety: functions of their arguments. Errors: reported per field.
#pragma once

#include <chrono>
#include <string>

#include "dnsd/steer/reporter.h"
#include "waypost/v1/monitor.pb.h"

namespace waypost::config {

/// `default_port`: 0 when there is none.
void CheckPort(uint32_t port, uint32_t default_port, const steer::Reporter& report);
/// A name or an address.
bool IsHost(const std::string& text);
/// What is to be found in what comes back: at most what a vantage looks at.
void CheckExpectedText(const std::string& text, const std::string& field,
                       const steer::Reporter& report);
void CheckPattern(const std::string& text, const std::string& field, const steer::Reporter& report);
void CheckTlsOptions(const v1::TlsOptions& options, const steer::Reporter& report);

void CheckHttp(const v1::HttpProbe& http, bool is_tls, const steer::Reporter& report);
/// `has_body`: the replies may have one.
void CheckLoadFeedback(const v1::LoadFeedback& load, bool has_body, const steer::Reporter& report);
void CheckTcp(const v1::TcpProbe& tcp, const steer::Reporter& report);
void CheckUdp(const v1::UdpProbe& udp, const steer::Reporter& report);
void CheckDns(const v1::DnsProbe& dns, const steer::Reporter& report);
/// `timeout`: of the whole probe.
void CheckIcmp(const v1::IcmpProbe& icmp, std::chrono::milliseconds timeout,
               const steer::Reporter& report);
void CheckGrpc(const v1::GrpcProbe& grpc, const steer::Reporter& report);
void CheckHeld(const v1::HeldProbe& held, const steer::Reporter& report);
void CheckCommand(const v1::CommandProbe& command, const steer::Reporter& report);
/// Of the probe itself; whether its monitors exist is told by CheckMonitorReferences.
void CheckCombined(const v1::CombinedProbe& combined, const steer::Reporter& report);
void CheckTls(const v1::TlsProbe& tls, const steer::Reporter& report);

}  // namespace waypost::config
