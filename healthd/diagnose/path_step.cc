#include "healthd/diagnose/path_step.h"

#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <list>
#include <map>
#include <set>
#include <thread>

#include "healthd/diagnose/hop_probe.h"

namespace waypost::diagnose {
namespace {

v1::PathEnd EndOf(IcmpMeaning meaning) {
  if (meaning == IcmpMeaning::kNetUnreachable) return v1::PATH_END_NET_UNREACHABLE;
  if (meaning == IcmpMeaning::kHostUnreachable) return v1::PATH_END_HOST_UNREACHABLE;
  return v1::PATH_END_PROHIBITED;
}

class Trace {
 public:
  Trace(v1::PathProtocol protocol, const SocketAddress& target, const Allowance& allowance)
      : protocol_(protocol), target_(target), allowance_(allowance) {}

  v1::PathFindings Run() {
    for (int first = 1; first <= kMaxHops && !IsEnded(); first += kHopsAtOnce) {
      Send(first);
      Await(kHopPatience);
      if (IsEnded() || Answered(first) > 0) continue;
      Await(kLastPatience);
      if (Answered(first) == 0) break;
    }
    return Tell();
  }

 private:
  using State = HopProbe::State;

  void Send(int first) {
    for (int round = 0; round < kTriesPerHop; ++round)
      for (int ttl = first; ttl < first + kHopsAtOnce && ttl <= kMaxHops; ++ttl)
        probes_.emplace_back(protocol_, target_, ttl, static_cast<uint16_t>(probes_.size()));
    group_sent_ = Now();
  }

  /// Until the hops up to the target have answered, or that long after they were sent.
  void Await(std::chrono::milliseconds patience) {
    const Steady until = group_sent_ + patience;
    while (!allowance_.over() && Now() < until) {
      std::vector<pollfd> polled;
      std::vector<HopProbe*> waiting;
      for (HopProbe& probe : probes_) {
        if (probe.state() != State::kWaiting || probe.ttl() > end_) continue;
        polled.push_back({probe.descriptor(), probe.events(), 0});
        waiting.push_back(&probe);
      }
      if (waiting.empty()) return;
      poll(polled.data(), polled.size(), allowance_.PauseUntil(until));
      for (size_t i = 0; i < waiting.size(); ++i)
        if (polled[i].revents != 0) Hear(*waiting[i]);
    }
  }

  void Hear(HopProbe& probe) {
    probe.Hear();
    const bool ends = probe.state() == State::kTarget || probe.state() == State::kRefusal;
    if (ends) end_ = std::min(end_, probe.ttl());
  }

  /// Packets from this hop on. A late answer of a nearer one says nothing about these.
  size_t Answered(int first) const {
    return static_cast<size_t>(
        std::count_if(probes_.begin(), probes_.end(), [first](const auto& p) {
          return p.ttl() >= first && p.state() != State::kWaiting && p.state() != State::kLocal;
        }));
  }

  const HopProbe* Find(State state) const {
    const HopProbe* found = nullptr;
    for (const HopProbe& probe : probes_)
      if (probe.state() == state && (found == nullptr || probe.ttl() < found->ttl()))
        found = &probe;
    return found;
  }

  bool IsEnded() const {
    if (probes_.empty()) return false;
    const bool all_local = std::all_of(probes_.begin(), probes_.end(),
                                       [](const auto& p) { return p.state() == State::kLocal; });
    return all_local || Find(State::kTarget) != nullptr || Find(State::kRefusal) != nullptr ||
           !LoopingHop().empty() || allowance_.over();
  }

  /// A router that comes again after another one, or three times; empty: none does.
  std::string LoopingHop() const {
    std::map<std::string, std::set<int>> seen;
    for (const HopProbe& probe : probes_)
      if (probe.state() == State::kRouter) seen[probe.from().ToString()].insert(probe.ttl());
    for (const auto& [address, hops] : seen)
      if (hops.size() >= 3 || (hops.size() == 2 && *hops.rbegin() - *hops.begin() > 1))
        return address;
    return "";
  }

  v1::PathFindings Tell() const {
    v1::PathFindings findings;
    findings.set_protocol(protocol_);
    TellEnd(findings);
    const int last = LastHop();
    for (int ttl = 1; ttl <= last; ++ttl) TellHop(ttl, *findings.add_hops());
    if (findings.end() == v1::PATH_END_SILENT)
      findings.set_detail(last == 0 ? "not even a first router answers"
                                    : fmt::format("nobody answers beyond hop {}", last));
    return findings;
  }

  void TellEnd(v1::PathFindings& findings) const {
    const HopProbe* const refusal = Find(State::kRefusal);
    const std::string looping = LoopingHop();
    if (Find(State::kTarget) != nullptr) {
      findings.set_end(v1::PATH_END_REACHED);
    } else if (refusal != nullptr) {
      findings.set_end(EndOf(refusal->told()->meaning()));
      if (!refusal->told()->is_local) findings.set_told_by(refusal->from().ToString());
      findings.set_detail(refusal->told()->ToString());
    } else if (!looping.empty()) {
      findings.set_end(v1::PATH_END_LOOP);
      findings.set_told_by(looping);
      findings.set_detail("packets come by " + looping + " again and again");
    } else if (Answered(1) == 0 && Find(State::kLocal) != nullptr) {
      findings.set_end(v1::PATH_END_LOCAL);
      findings.set_detail("this machine cannot send such packets there");
    } else {
      findings.set_end(v1::PATH_END_SILENT);
    }
  }

  /// Up to where it ends, or else to where somebody answered.
  int LastHop() const {
    if (end_ <= kMaxHops) return end_;
    int last = 0;
    for (const HopProbe& probe : probes_)
      if (probe.state() == State::kRouter) last = std::max(last, probe.ttl());
    return last;
  }

  void TellHop(int ttl, v1::Hop& hop) const {
    std::set<std::string> addresses;
    hop.set_ttl(static_cast<uint32_t>(ttl));
    for (const HopProbe& probe : probes_) {
      if (probe.ttl() != ttl) continue;
      hop.set_sent(hop.sent() + 1);
      if (probe.state() == State::kWaiting || probe.state() == State::kLocal) continue;
      hop.set_answered(hop.answered() + 1);
      const bool is_named = !probe.told() || !probe.told()->is_local;
      if (is_named) addresses.insert(probe.from().ToString());
      const auto rtt_us = static_cast<uint32_t>(probe.rtt().count());
      hop.set_rtt_us(hop.rtt_us() == 0 ? rtt_us : std::min(hop.rtt_us(), rtt_us));
    }
    for (const std::string& address : addresses) hop.add_addresses(address);
  }

  const v1::PathProtocol protocol_;
  const SocketAddress target_;
  const Allowance& allowance_;
  std::list<HopProbe> probes_;
  Steady group_sent_;
  int end_ = kMaxHops + 1;  // the hop at which something ended it
};

void AwaitOne(HopProbe& probe, const Allowance& allowance) {
  const Steady until = Now() + kLastPatience;
  while (probe.state() == HopProbe::State::kWaiting && !allowance.over() && Now() < until) {
    pollfd polled{probe.descriptor(), probe.events(), 0};
    if (poll(&polled, 1, allowance.PauseUntil(until)) > 0) probe.Hear();
  }
}

/// A single packet after a rest.
void AskOnceMore(const SocketAddress& target, const Allowance& allowance,
                 v1::PathFindings& findings) {
  const Steady rested = Now() + kRest;
  while (!allowance.over() && Now() < rested) poll(nullptr, 0, allowance.PauseUntil(rested));
  HopProbe probe(v1::PATH_PROTOCOL_UDP, target, kMaxHops, 0);
  AwaitOne(probe, allowance);
  if (!probe.told()) return;
  findings.set_end(EndOf(probe.told()->meaning()));
  findings.set_detail(probe.told()->ToString());
  if (!probe.told()->is_local) findings.set_told_by(probe.from().ToString());
}

}  // namespace

v1::PathFindings TracePath(v1::PathProtocol protocol, const SocketAddress& target,
                           const Allowance& allowance) {
  return Trace(protocol, target, allowance).Run();
}

std::vector<v1::PathFindings> TracePaths(const SocketAddress& target, const Allowance& allowance) {
  std::vector<v1::PathFindings> all(3);
  std::vector<std::thread> threads;
  for (size_t i = 0; i < all.size(); ++i) {
    const auto protocol =
        static_cast<v1::PathProtocol>(v1::PATH_PROTOCOL_UDP + static_cast<int>(i));
    threads.emplace_back([&all, i, protocol, &target, &allowance] {
      all[i] = TracePath(protocol, target, allowance);
    });
  }
  for (std::thread& thread : threads) thread.join();
  const bool is_silent = std::all_of(all.begin(), all.end(), [](const v1::PathFindings& path) {
    return path.end() == v1::PATH_END_SILENT || path.end() == v1::PATH_END_LOCAL;
  });
  if (is_silent && all[0].end() == v1::PATH_END_SILENT) AskOnceMore(target, allowance, all[0]);
  return all;
}

}  // namespace waypost::diagnose
