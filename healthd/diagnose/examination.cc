#include "healthd/diagnose/examination.h"

#include <fmt/format.h>
#include <google/protobuf/util/time_util.h>

#include <algorithm>

#include "healthd/diagnose/dns_step.h"
#include "healthd/diagnose/local_step.h"
#include "healthd/diagnose/name_servers.h"
#include "healthd/diagnose/path_step.h"
#include "healthd/diagnose/port_step.h"
#include "healthd/diagnose/probing.h"
#include "healthd/diagnose/reach_step.h"
#include "healthd/diagnose/service_step.h"
#include "healthd/diagnose/socket.h"
#include "healthd/diagnose/words.h"

namespace waypost::diagnose {
namespace {

using Addresses = std::vector<IpAddress>;

class Procedure {
 public:
  Procedure(const v1::Examination& order, const Surroundings& surroundings,
            const Allowance& allowance, const Tell& tell)
      : order_(order),
        surroundings_(surroundings),
        allowance_(allowance),
        tell_(tell),
        probing_(allowance, surroundings.permissions) {
    findings_.set_id(order.id());
    findings_.set_place(surroundings.place);
    findings_.set_region(surroundings.region);
  }

  v1::Findings Run() {
    *findings_.mutable_local() = ReadLocalLimits();
    Say(v1::EXAMINATION_STEP_LOCAL, WordsOf(findings_.local()));
    Choose(Resolve());
    if (examined_.empty()) return std::move(findings_);
    Reach();
    TryPorts();
    TracePathsToSome();
    AskService();
    Remember();
    if (allowance_.over()) findings_.set_trouble("was not finished in time");
    return std::move(findings_);
  }

 private:
  void Say(v1::ExaminationStep step, const std::string& words) {
    v1::Progress progress;
    progress.set_id(order_.id());
    progress.set_place(surroundings_.place);
    progress.set_step(step);
    progress.set_words(words);
    tell_(progress);
  }

  Addresses Resolve() {
    if (const auto address = IpAddress::Parse(order_.host())) return {*address};
    // RFC 6761 section 6.3: no server is asked for it.
    if (order_.host() == "localhost")
      return {IpAddress::FromV4(0x7F000001), IpAddress::FromV6(0, 1)};
    Addresses found;
    for (v1::ServerAnswer& answer : AskNameServers(order_.host(), NameServers(), allowance_)) {
      Say(v1::EXAMINATION_STEP_DNS, WordsOf(answer));
      for (const std::string& text : answer.addresses()) {
        const auto address = IpAddress::Parse(text);
        if (address && std::find(found.begin(), found.end(), *address) == found.end())
          found.push_back(*address);
      }
      *findings_.add_dns() = std::move(answer);
    }
    return found;
  }

  /// Those that are named are hosts like all others: some may not be asked, which is said.
  std::vector<SocketAddress> NameServers() {
    if (order_.name_servers().empty()) return OwnNameServers();
    std::vector<SocketAddress> servers;
    for (const std::string& text : order_.name_servers()) {
      const auto server = ParseNameServer(text);
      const std::string objection = server ? surroundings_.objection(server->address) : "";
      if (server && objection.empty()) servers.push_back(*server);
      if (!objection.empty()) findings_.set_trouble("name server " + text + ": " + objection);
    }
    return servers;
  }

  /// What cannot or may not be examined is said, and left out.
  void Choose(const Addresses& all) {
    size_t objections = 0;
    for (const IpAddress& address : all) {
      v1::AddressFindings& about = *findings_.add_addresses();
      about.set_address(address.ToString());
      about.set_skipped(surroundings_.objection(address));
      objections += about.skipped().empty() ? 0 : 1;
      if (about.skipped().empty() && !HasRoute(address)) about.set_skipped(kNoRoute);
      if (about.skipped().empty() && examined_.size() >= kMaxExamined)
        about.set_skipped(fmt::format("only {} addresses are examined", kMaxExamined));
      if (!about.skipped().empty()) continue;
      about.set_usual_rtt_us(UsualRtt(address));
      examined_.push_back(address);
      places_.push_back(findings_.addresses_size() - 1);
    }
    if (objections > 0 && objections == all.size())
      findings_.set_trouble(findings_.addresses(0).skipped());
  }

  uint32_t UsualRtt(const IpAddress& address) const {
    using google::protobuf::util::TimeUtil;
    if (order_.has_usual_rtt())
      return static_cast<uint32_t>(TimeUtil::DurationToMicroseconds(order_.usual_rtt()));
    return surroundings_.memory->UsualTo(address);
  }

  v1::AddressFindings& About(size_t i) { return *findings_.mutable_addresses(places_[i]); }

  void Reach() {
    auto all = SendEchoes(examined_, order_.packets(), probing_);
    for (size_t i = 0; i < all.size(); ++i) {
      Say(v1::EXAMINATION_STEP_REACH, About(i).address() + ": " + WordsOf(all[i]));
      *About(i).mutable_echo() = std::move(all[i]);
    }
  }

  /// The probe's own, where it has one.
  uint16_t Port() const {
    if (order_.monitor().probe_case() == v1::Monitor::PROBE_NOT_SET)
      return static_cast<uint16_t>(order_.port());
    const auto spec = BuildServiceSpec(order_, examined_[0]);
    return spec ? StreamPortOf(*spec) : static_cast<uint16_t>(order_.port());
  }

  void TryPorts() {
    port_ = Port();
    if (port_ == 0 || allowance_.over()) return;
    std::vector<SocketAddress> targets;
    for (const IpAddress& address : examined_) targets.push_back({address, port_});
    auto all = ExaminePorts(targets, allowance_);
    for (size_t i = 0; i < all.size(); ++i) {
      Say(v1::EXAMINATION_STEP_PORT, targets[i].ToString() + ": " + WordsOf(all[i]));
      *About(i).mutable_port() = std::move(all[i]);
    }
  }

  bool IsTroubled(size_t i) {
    const bool is_open = About(i).port().state() == v1::PORT_STATE_OPEN;
    return About(i).echo().loss_percent() > 0 || (port_ != 0 && !is_open);
  }

  /// The first, and those that do not work before all others.
  void TracePathsToSome() {
    std::vector<size_t> chosen;
    for (const bool troubled : {true, false})
      for (size_t i = 0; i < examined_.size(); ++i)
        if (IsTroubled(i) == troubled && (troubled || chosen.empty())) chosen.push_back(i);
    chosen.resize(std::min(chosen.size(), kMaxTraced));
    for (const size_t i : chosen) {
      if (allowance_.over()) return;
      for (v1::PathFindings& path : TracePaths({examined_[i], port_}, allowance_)) {
        Say(v1::EXAMINATION_STEP_PATH, About(i).address() + ": " + WordsOf(path));
        *About(i).add_paths() = std::move(path);
      }
    }
  }

  void AskService() {
    if (order_.monitor().probe_case() == v1::Monitor::PROBE_NOT_SET) return;
    std::vector<probe::Spec> specs;
    std::vector<size_t> asked;
    for (size_t i = 0; i < examined_.size(); ++i) {
      if (port_ != 0 && About(i).port().opened() == 0) continue;
      auto spec = BuildServiceSpec(order_, examined_[i]);
      if (!spec) return findings_.set_trouble(spec.error().message);
      specs.push_back(*std::move(spec));
      asked.push_back(i);
    }
    auto all = AskServices(specs, probing_);
    for (size_t at = 0; at < all.size(); ++at) {
      Say(v1::EXAMINATION_STEP_SERVICE, About(asked[at]).address() + ": " + WordsOf(all[at]));
      *About(asked[at]).mutable_service() = std::move(all[at]);
    }
  }

  void Remember() {
    for (size_t i = 0; i < examined_.size(); ++i) {
      const v1::AddressFindings& about = About(i);
      const uint32_t rtt_us =
          about.echo().rtt_us() > 0 ? about.echo().rtt_us() : about.port().connect_us();
      surroundings_.memory->Note(examined_[i], rtt_us);
    }
  }

  const v1::Examination& order_;
  const Surroundings& surroundings_;
  const Allowance& allowance_;
  const Tell& tell_;
  Probing probing_;
  v1::Findings findings_;
  Addresses examined_;
  std::vector<int> places_;  // of the examined addresses among the findings
  uint16_t port_ = 0;
};

}  // namespace

v1::Findings Examine(const v1::Examination& order, const Surroundings& surroundings,
                     const Allowance& allowance, const Tell& tell) {
  return Procedure(order, surroundings, allowance, tell).Run();
}

}  // namespace waypost::diagnose
