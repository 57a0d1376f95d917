#include "healthd/diagnose/icmp_error.h"

#include <linux/errqueue.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "healthd/diagnose/socket.h"

namespace waypost::diagnose {
namespace {

constexpr uint8_t kUnreachable6 = 1;
constexpr uint8_t kTimeExceeded6 = 3;

IcmpMeaning MeaningOf4(uint8_t type, uint8_t code) {
  if (type == ICMP_TIME_EXCEEDED) return IcmpMeaning::kTimeExceeded;
  if (type != ICMP_DEST_UNREACH) return IcmpMeaning::kOther;
  switch (code) {
    case ICMP_NET_UNREACH:
    case ICMP_NET_UNKNOWN:
    case ICMP_NET_UNR_TOS:
      return IcmpMeaning::kNetUnreachable;
    case ICMP_HOST_UNREACH:
    case ICMP_HOST_UNKNOWN:
    case ICMP_HOST_UNR_TOS:
      return IcmpMeaning::kHostUnreachable;
    case ICMP_PORT_UNREACH:
    case ICMP_PROT_UNREACH:
      return IcmpMeaning::kPortUnreachable;
    case ICMP_NET_ANO:
    case ICMP_HOST_ANO:
    case ICMP_PKT_FILTERED:
      return IcmpMeaning::kProhibited;
    default:
      return IcmpMeaning::kOther;
  }
}

IcmpMeaning MeaningOf6(uint8_t type, uint8_t code) {
  if (type == kTimeExceeded6) return IcmpMeaning::kTimeExceeded;
  if (type != kUnreachable6) return IcmpMeaning::kOther;
  constexpr std::array kCodes = {IcmpMeaning::kNetUnreachable,  IcmpMeaning::kProhibited,
                                 IcmpMeaning::kNetUnreachable,  IcmpMeaning::kHostUnreachable,
                                 IcmpMeaning::kPortUnreachable, IcmpMeaning::kProhibited,
                                 IcmpMeaning::kNetUnreachable};
  return code < kCodes.size() ? kCodes[code] : IcmpMeaning::kOther;
}

const char* WordsOfMeaning(IcmpMeaning meaning) {
  switch (meaning) {
    case IcmpMeaning::kTimeExceeded:
      return "time to live exceeded";
    case IcmpMeaning::kNetUnreachable:
      return "network unreachable";
    case IcmpMeaning::kHostUnreachable:
      return "host unreachable";
    case IcmpMeaning::kPortUnreachable:
      return "port unreachable";
    case IcmpMeaning::kProhibited:
      return "administratively prohibited";
    case IcmpMeaning::kOther:
      break;
  }
  return "destination unreachable";
}

/// The kernel's own word where it found nobody on the link or no route.
IcmpMeaning MeaningOfErrno(uint32_t number) {
  if (number == ENETUNREACH) return IcmpMeaning::kNetUnreachable;
  return number == EHOSTUNREACH ? IcmpMeaning::kHostUnreachable : IcmpMeaning::kOther;
}

void SetLocal(uint32_t number, IcmpError& error) {
  const bool is_v4 = error.family == IpFamily::kV4;
  error.is_local = true;
  error.type = is_v4 ? static_cast<uint8_t>(ICMP_DEST_UNREACH) : kUnreachable6;
  const bool is_net = MeaningOfErrno(number) == IcmpMeaning::kNetUnreachable;
  constexpr uint8_t kNoRoute6 = 0;
  constexpr uint8_t kNoAddress6 = 3;
  error.code = is_v4 ? static_cast<uint8_t>(is_net ? ICMP_NET_UNREACH : ICMP_HOST_UNREACH)
                     : (is_net ? kNoRoute6 : kNoAddress6);
}

std::optional<IcmpError> Read(const cmsghdr& header) {
  sock_extended_err told{};
  std::memcpy(&told, CMSG_DATA(&header), sizeof told);
  IcmpError error;
  error.family = header.cmsg_level == SOL_IP ? IpFamily::kV4 : IpFamily::kV6;
  error.type = told.ee_type;
  error.code = told.ee_code;
  if (told.ee_origin == SO_EE_ORIGIN_LOCAL) {
    if (MeaningOfErrno(told.ee_errno) == IcmpMeaning::kOther) return {};
    SetLocal(told.ee_errno, error);
    return error;
  }
  if (told.ee_origin != SO_EE_ORIGIN_ICMP && told.ee_origin != SO_EE_ORIGIN_ICMP6) return {};
  sockaddr_storage offender{};
  const size_t room = header.cmsg_len - CMSG_LEN(sizeof told);
  std::memcpy(&offender, CMSG_DATA(&header) + sizeof told, std::min(room, sizeof offender));
  if (const auto from = AddressOf(reinterpret_cast<const sockaddr&>(offender))) error.from = *from;
  return error;
}

bool IsError(const cmsghdr& header) {
  return (header.cmsg_level == SOL_IP && header.cmsg_type == IP_RECVERR) ||
         (header.cmsg_level == SOL_IPV6 && header.cmsg_type == IPV6_RECVERR);
}

}  // namespace

IcmpMeaning IcmpError::meaning() const {
  return family == IpFamily::kV4 ? MeaningOf4(type, code) : MeaningOf6(type, code);
}

std::string IcmpError::ToString() const {
  return (is_local ? "this machine" : from.ToString()) + ": " + WordsOfMeaning(meaning());
}

std::optional<IcmpError> TakeIcmpError(int socket) {
  for (;;) {
    std::array<char, 512> packet;
    alignas(cmsghdr) std::array<char, 512> control;
    iovec part{packet.data(), packet.size()};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    const ssize_t count = recvmsg(socket, &message, MSG_ERRQUEUE | MSG_DONTWAIT);
    if (count < 0) return {};
    for (cmsghdr* at = CMSG_FIRSTHDR(&message); at != nullptr; at = CMSG_NXTHDR(&message, at)) {
      if (!IsError(*at)) continue;
      auto error = Read(*at);
      if (!error) continue;
      error->packet.assign(packet.data(), static_cast<size_t>(count));
      return error;
    }
  }
}

}  // namespace waypost::diagnose
