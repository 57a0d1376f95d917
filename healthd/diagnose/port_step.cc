#include "healthd/diagnose/port_step.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "healthd/diagnose/icmp_error.h"
#include "healthd/diagnose/socket.h"

namespace waypost::diagnose {
namespace {

using std::chrono::duration_cast;
using std::chrono::microseconds;

/// One connection.
struct Try {
  size_t target = 0;
  Socket socket;
  Steady started;
  v1::PortState state = v1::PORT_STATE_UNSPECIFIED;  // that: still waiting
  microseconds time{0};
  bool retransmitted = false;
  std::optional<IcmpError> told;
  int error = 0;
};

bool IsLocal(int error) {
  constexpr std::array kLacks = {EADDRNOTAVAIL, EMFILE, ENFILE, ENOBUFS, ENOMEM};
  return std::find(kLacks.begin(), kLacks.end(), error) != kLacks.end();
}

v1::PortState StateOf(const Try& attempt) {
  if (attempt.error == 0) return v1::PORT_STATE_OPEN;
  if (IsLocal(attempt.error)) return v1::PORT_STATE_LOCAL;
  if (attempt.told && !attempt.told->is_local) {
    const IcmpMeaning meaning = attempt.told->meaning();
    const bool is_route =
        meaning == IcmpMeaning::kNetUnreachable || meaning == IcmpMeaning::kHostUnreachable;
    return is_route ? v1::PORT_STATE_UNREACHABLE : v1::PORT_STATE_REJECTED;
  }
  if (attempt.error == ECONNREFUSED || attempt.error == ECONNRESET) return v1::PORT_STATE_REFUSED;
  return attempt.error == ETIMEDOUT ? v1::PORT_STATE_SILENT : v1::PORT_STATE_UNREACHABLE;
}

void Settle(Try& attempt, int error) {
  attempt.error = error;
  attempt.time = std::max(microseconds(1), duration_cast<microseconds>(Now() - attempt.started));
  if (error != 0 && attempt.socket.valid()) attempt.told = TakeIcmpError(attempt.socket.get());
  attempt.state = StateOf(attempt);
}

Try Start(size_t target, const SocketAddress& address) {
  Try attempt;
  attempt.target = target;
  attempt.started = Now();
  attempt.socket = Socket::Open(address.address.family(), SOCK_STREAM, IPPROTO_TCP);
  if (!attempt.socket.valid()) {
    Settle(attempt, errno);
    return attempt;
  }
  const linger reset{1, 0};
  setsockopt(attempt.socket.get(), SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
  const int error = attempt.socket.Connect(address);
  if (error != EINPROGRESS) Settle(attempt, error);
  return attempt;
}

void NoteRetransmission(Try& attempt) {
  tcp_info info{};
  socklen_t length = sizeof info;
  if (getsockopt(attempt.socket.get(), IPPROTO_TCP, TCP_INFO, &info, &length) != 0) return;
  attempt.retransmitted = info.tcpi_total_retrans > 0;
}

void Hear(Try& attempt) {
  int error = 0;
  socklen_t length = sizeof error;
  getsockopt(attempt.socket.get(), SOL_SOCKET, SO_ERROR, &error, &length);
  Settle(attempt, error);
  if (error == 0) NoteRetransmission(attempt);
}

void AwaitAll(std::vector<Try>& tries, const Allowance& allowance) {
  const Steady until = Now() + kPortPatience;
  for (;;) {
    std::vector<pollfd> polled;
    std::vector<Try*> waiting;
    for (Try& attempt : tries) {
      if (attempt.state != v1::PORT_STATE_UNSPECIFIED) continue;
      polled.push_back({attempt.socket.get(), POLLOUT, 0});
      waiting.push_back(&attempt);
    }
    if (waiting.empty() || allowance.over() || Now() >= until) break;
    poll(polled.data(), polled.size(), allowance.PauseUntil(until));
    for (size_t i = 0; i < waiting.size(); ++i)
      if (polled[i].revents != 0) Hear(*waiting[i]);
  }
  for (Try& attempt : tries)
    if (attempt.state == v1::PORT_STATE_UNSPECIFIED) Settle(attempt, ETIMEDOUT);
}

std::string WordsOfTry(const Try& attempt) {
  if (attempt.told) return attempt.told->ToString();
  if (attempt.state == v1::PORT_STATE_OPEN) return "";
  if (attempt.state == v1::PORT_STATE_SILENT) return "nothing came back";
  if (attempt.error == EADDRNOTAVAIL) return "no ephemeral port is free";
  std::string words = std::strerror(attempt.error);
  if (!words.empty() && words[0] >= 'A' && words[0] <= 'Z') words[0] |= 0x20;
  return words;
}

void Describe(const Try& attempt, v1::PortFindings& findings) {
  findings.set_detail(WordsOfTry(attempt));
  if (!attempt.told) return;
  if (!attempt.told->is_local) findings.set_told_by(attempt.told->from.ToString());
  findings.set_icmp_type(attempt.told->type);
  findings.set_icmp_code(attempt.told->code);
}

void Count(const Try& attempt, v1::PortFindings& findings) {
  findings.set_tries(findings.tries() + 1);
  if (attempt.state == v1::PORT_STATE_REFUSED) findings.set_refused(findings.refused() + 1);
  if (attempt.state == v1::PORT_STATE_SILENT) findings.set_silent(findings.silent() + 1);
  if (attempt.retransmitted) findings.set_retransmitted(findings.retransmitted() + 1);
  if (attempt.state != v1::PORT_STATE_OPEN) return;
  findings.set_opened(findings.opened() + 1);
  const auto time_us = static_cast<uint32_t>(attempt.time.count());
  if (findings.connect_us() == 0 || time_us < findings.connect_us())
    findings.set_connect_us(time_us);
}

/// What this machine lacks explains all else. Who says something by ICMP says so now and again
/// only, so that it counts for more than silence. Otherwise most tries decide, the worse of equals.
void Summarize(const std::vector<const Try*>& tries, v1::PortFindings& findings) {
  std::array<int, v1::PortState_MAX + 1> counts{};
  for (const Try* attempt : tries) {
    Count(*attempt, findings);
    ++counts[static_cast<size_t>(attempt->state)];
  }
  const auto most = std::max_element(counts.rbegin(), counts.rend());
  auto state = static_cast<v1::PortState>(counts.rend() - most - 1);
  if (state == v1::PORT_STATE_SILENT && counts[v1::PORT_STATE_REJECTED] > 0)
    state = v1::PORT_STATE_REJECTED;
  if (state == v1::PORT_STATE_SILENT && counts[v1::PORT_STATE_UNREACHABLE] > 0)
    state = v1::PORT_STATE_UNREACHABLE;
  if (counts[v1::PORT_STATE_LOCAL] > 0) state = v1::PORT_STATE_LOCAL;
  findings.set_state(state);
  for (const Try* attempt : tries)
    if (attempt->state == state) return Describe(*attempt, findings);
}

}  // namespace

std::vector<v1::PortFindings> ExaminePorts(const std::vector<SocketAddress>& targets,
                                           const Allowance& allowance) {
  std::vector<Try> tries;
  for (int round = 0; round < kPortTries; ++round)
    for (size_t i = 0; i < targets.size(); ++i) tries.push_back(Start(i, targets[i]));
  AwaitAll(tries, allowance);
  std::vector<v1::PortFindings> all(targets.size());
  for (size_t i = 0; i < targets.size(); ++i) {
    std::vector<const Try*> own;
    for (const Try& attempt : tries)
      if (attempt.target == i) own.push_back(&attempt);
    Summarize(own, all[i]);
  }
  return all;
}

}  // namespace waypost::diagnose
