#include "dnsd/control/transfer_desk.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>

#include "dnsd/config/catalog.h"
#include "dnsd/config/peers.h"
#include "dnsd/control/zone_images.h"
#include "dnsd/steer/decide.h"
#include "dnsd/wire/header.h"
#include "dnsd/wire/octets.h"

namespace waypost::control {
namespace {

using serve::Transport;
using transfer::ReplyHead;
using wire::Opcode;

constexpr uint16_t kNoError = 0;
constexpr uint16_t kFormErr = 1;
constexpr uint16_t kServFail = 2;
constexpr uint16_t kNotImp = 4;
constexpr uint16_t kRefused = 5;
constexpr uint16_t kNotAuth = 9;
/// Steps of so many records are told even of a zone with fewer: two versions with one change each.
constexpr uint64_t kSmallStep = 8;

/// Than the zone has. A zone that is large is not counted for a small step.
bool SaysMore(const Journal::Steps& steps) {
  return steps.records > kSmallStep &&
         steps.records > steps.current->zone->record_count() + kSmallStep;
}

/// RFC 1982 section 3.2.
bool IsNewer(uint32_t serial, uint32_t than) { return static_cast<int32_t>(serial - than) > 0; }

std::optional<uint32_t> SerialOf(const transfer::Rr& soa) {
  if (soa.type != zone::kSoa || soa.rdata.size() < 20) return std::nullopt;
  return wire::ReadU32(reinterpret_cast<const uint8_t*>(soa.rdata.data()) + soa.rdata.size() - 20);
}

/// RFC 1995 section 3: the SOA of the version that the peer has.
std::optional<uint32_t> KnownTo(const transfer::Message& ixfr) {
  const bool is_of_zone =
      ixfr.authority.size() == 1 && transfer::LoweredName(ixfr.authority[0].owner) ==
                                        transfer::LoweredName(ixfr.questions[0].name);
  return is_of_zone ? SerialOf(ixfr.authority[0]) : std::nullopt;
}

bool Asks(const transfer::Message& message, uint16_t type) {
  return message.opcode() == static_cast<unsigned>(Opcode::kQuery) &&
         message.questions.size() == 1 && message.questions[0].type == type;
}

/// What fits into a reply over UDP.
size_t UdpLimit(const transfer::Message& request) {
  return std::min<size_t>(request.udp_octets, wire::kMaxUdpPayload);
}

/// The message without its TSIG, as if it had never been signed.
std::vector<uint8_t> Bare(const serve::HandedMessage& raw, const transfer::Message& message) {
  std::vector<uint8_t> octets = raw.octets;
  if (!message.tsig) return octets;
  octets.resize(message.tsig->at);
  uint8_t* const count = octets.data() + wire::kAdditionalCountAt;
  wire::WriteU16(count, static_cast<uint16_t>(wire::ReadU16(count) - 1));
  return octets;
}

/// One SOA as a whole answer.
class SoaCursor final : public transfer::RrCursor {
 public:
  explicit SoaCursor(std::shared_ptr<const transfer::ZoneImage> image) : image_(std::move(image)) {}
  bool Next(transfer::RrView& record) override {
    if (is_told_) return false;
    record = image_->Soa();
    return is_told_ = true;
  }

 private:
  const std::shared_ptr<const transfer::ZoneImage> image_;
  bool is_told_ = false;
};

bool IsSameSerial(const config::BuiltZone* former, const zone::Zone& zone) {
  return former != nullptr && former->zone != nullptr && former->zone->serial() == zone.serial();
}

ViewClient ClientOf(const serve::HandedMessage& raw, const std::string& key) {
  return {raw.from, raw.asked, key};
}

/// Whether a peer that asks for the zone would get it as it is here; it may see another view's.
bool Sees(const v1::Peer& peer, const config::BuiltZone& zone, const config::Built& built) {
  const bool is_own = !zone.extras->view.empty() && zone.extras->variant == nullptr;
  if (is_own || built.views == nullptr) return true;
  const std::string key = peer.key().empty() ? "" : config::CanonicalDomain(peer.key());
  const IpAddress address = config::ParsePeerAddress(peer.address())->address;
  const config::BuiltView* view = built.views->Find({address, {}, key});
  return config::FindZone(built, zone.Origin().ToString(), view) == &zone;
}

}  // namespace

TransferDesk::TransferDesk(const Publisher& publisher, store::Store& store, EventBus& events,
                           const serve::ServerOptions& options, const JournalLimits& limits,
                           const Clock& clock)
    : publisher_(publisher),
      clock_(clock),
      identity_(options.nsid, options.version),
      tally_(std::make_unique<serve::Tally>()),
      responder_(identity_, &steer::Decide, options.seed, *tally_),
      protection_(options.protection),
      keys_(std::make_shared<transfer::KeyRing>()),
      notifier_(clock, options.seed),
      journal_(store, events, limits),
      journal_executor_("journal", SerialExecutor::Pace::kPatient),
      executor_("transfer", SerialExecutor::Pace::kPatient) {}

TransferDesk::~TransferDesk() { Stop(); }

void TransferDesk::Stop() {
  executor_.Stop();
  journal_executor_.Stop();
  notifier_.Stop();
}

void TransferDesk::Announce(std::shared_ptr<const config::Built> before,
                            std::shared_ptr<const config::Built> now, uint64_t revision) {
  // The builder makes no more of these than it builds, which takes longer.
  journal_executor_.PostAlways([this, before = std::move(before), now = std::move(now), revision] {
    journal_.Follow(now, revision);
    NotifyOf(before.get(), *now);
  });
}

void TransferDesk::NotifyOf(const config::Built* before, const config::Built& now) {
  static const SharedMap<config::BuiltZone> kNone;
  SharedMap<config::BuiltZone>::Compare(
      before == nullptr ? kNone : before->zones, now.zones,
      [&](const std::string&, const config::BuiltZone* former, const config::BuiltZone* zone) {
        if (zone == nullptr || zone->zone == nullptr) return;
        if (!IsSameSerial(former, *zone->zone)) NotifyOf(*zone, now);
      });
}

void TransferDesk::NotifyOf(const config::BuiltZone& zone, const config::Built& now) {
  if (zone.resource->zone().notify().empty()) return;
  const auto ring = keys();
  for (const v1::Peer& peer : zone.resource->zone().notify()) {
    const auto name = wire::Name::Parse(peer.key());
    const auto key = name ? ring->find(name->Lowered().wire()) : ring->end();
    if (!peer.key().empty() && key == ring->end()) continue;  // said when the keys were read
    if (!Sees(peer, zone, now)) continue;
    notifier_.Notify({zone.Origin(), zone.zone->serial(), *config::ParsePeerAddress(peer.address()),
                      peer.key().empty() ? nullptr : key->second});
  }
}

void TransferDesk::SetKeys(transfer::KeyRing keys) {
  auto next = std::make_shared<const transfer::KeyRing>(std::move(keys));
  const std::lock_guard lock(mutex_);
  keys_ = std::move(next);
}

std::shared_ptr<const transfer::KeyRing> TransferDesk::keys() const {
  const std::lock_guard lock(mutex_);
  return keys_;
}

void TransferDesk::Protect(std::shared_ptr<const serve::Protection> protection) {
  const std::lock_guard lock(mutex_);
  protection_ = std::move(protection);
}

std::shared_ptr<const serve::Protection> TransferDesk::protection() const {
  const std::lock_guard lock(mutex_);
  return protection_;
}

void TransferDesk::Complain(const std::string& what) {
  std::unique_lock lock(mutex_);
  const auto left_out = complaints_.Open(clock_.Now());
  lock.unlock();
  if (left_out) spdlog::warn("component=transfer event={} left_out={}", what, *left_out);
}

void TransferDesk::Handle(serve::HandedMessage raw, std::unique_ptr<serve::ReplyTo> reply) {
  // Closures are copied on their way through the executors.
  auto shared = std::make_shared<std::unique_ptr<serve::ReplyTo>>(std::move(reply));
  executor_.Post([this, raw = std::move(raw), shared] {
    auto message = transfer::ReadMessage(raw.octets);
    if (!message) return (*shared)->Reply(TellMalformed(raw));
    const bool is_incremental = Asks(*message, zone::kIxfr);
    auto answer = [this, raw, message = *std::move(message), shared] {
      if (Source source = Answer(raw, message)) (*shared)->Reply(std::move(source));
    };
    if (is_incremental) {
      journal_executor_.Post(std::move(answer));
    } else {
      answer();
    }
  });
}

TransferDesk::Source TransferDesk::TellMalformed(const serve::HandedMessage& raw) {
  transfer::Message head;
  head.id = wire::ReadU16(raw.octets.data() + wire::kIdAt);
  head.flags = wire::ReadU16(raw.octets.data() + wire::kFlagsAt);
  return transfer::OneReply(ReplyHead::For(head, kFormErr), std::nullopt, clock_);
}

TransferDesk::Source TransferDesk::Answer(const serve::HandedMessage& raw,
                                          const transfer::Message& message) {
  const auto ring = keys();
  const auto verdict = transfer::CheckRequest(raw.octets, message, *ring, clock_.WallNow());
  if (!verdict.is_good()) {
    Complain(fmt::format("bad-signature peer={} key=\"{}\" error={}", raw.from.ToString(),
                         transfer::NameText(message.tsig->key),
                         static_cast<unsigned>(verdict.error)));
    return transfer::BadSignatureReply(message, verdict, clock_);
  }
  Request request{raw, message, "", std::nullopt};
  if (verdict.key != nullptr) {
    request.key = verdict.key->NameForPeople();
    request.signer.emplace(verdict.key, *message.tsig);
  }
  return AnswerGood(std::move(request));
}

TransferDesk::Source TransferDesk::AnswerGood(Request request) {
  if (request.message.opcode() == static_cast<unsigned>(Opcode::kUpdate)) {
    return AnswerUpdate(std::move(request));
  }
  if (request.message.opcode() == static_cast<unsigned>(Opcode::kNotify)) {
    return AnswerNotify(std::move(request));
  }
  if (request.message.opcode() != static_cast<unsigned>(Opcode::kQuery)) {
    return Tell(std::move(request), kNotImp);
  }
  const bool is_transfer = Asks(request.message, zone::kAxfr) || Asks(request.message, zone::kIxfr);
  return is_transfer ? AnswerTransfer(std::move(request)) : AnswerQuery(std::move(request));
}

ReplyHead TransferDesk::HeadFor(const Request& request, uint16_t rcode, bool authoritative) {
  ReplyHead head = ReplyHead::For(request.message, rcode, authoritative);
  const std::string& sent = request.message.cookie;
  const auto protection = this->protection();
  if (sent.empty() || !protection->cookies) return head;
  serve::WholeCookie cookie;
  protection->cookies->Check(zone::AsView(sent), request.raw.from, serve::Moment::Now().wall_s,
                             cookie);
  head.cookie.assign(cookie.begin(), cookie.end());
  return head;
}

TransferDesk::Source TransferDesk::Tell(Request request, uint16_t rcode) {
  return transfer::OneReply(HeadFor(request, rcode), std::move(request.signer), clock_);
}

TransferDesk::Source TransferDesk::AnswerUpdate(Request request) {
  const transfer::Message& message = request.message;
  // RFC 2136 section 3.1.1: one zone, named as a question for its SOA.
  if (message.questions.size() != 1 || message.questions[0].type != zone::kSoa) {
    return Tell(std::move(request), kFormErr);
  }
  const transfer::Question& zone = message.questions[0];
  if (zone.record_class != wire::kClassIn) return Tell(std::move(request), kNotAuth);
  const std::string origin = transfer::NameText(transfer::LoweredName(zone.name));
  const uint16_t rcode =
      updater_({origin, message, request.raw.from, request.key, request.raw.asked});
  if (rcode != kNoError) {
    Complain(fmt::format("update-refused zone={} peer={} key=\"{}\" rcode={}", origin,
                         request.raw.from.ToString(), request.key, rcode));
  }
  return Tell(std::move(request), rcode);
}

const config::BuiltZone* TransferDesk::FindSeen(const config::Built& built,
                                                const std::string& origin, const Request& request) {
  const config::BuiltView* const view =
      built.views == nullptr ? nullptr : built.views->Find(ClientOf(request.raw, request.key));
  return config::FindZone(built, origin, view);
}

TransferDesk::Source TransferDesk::AnswerNotify(Request request) {
  // RFC 1996 section 3.7: of all types only the SOA is defined.
  const transfer::Message& message = request.message;
  if (message.questions.size() != 1) return Tell(std::move(request), kFormErr);
  const transfer::Question& question = message.questions[0];
  if (question.type != zone::kSoa) return Tell(std::move(request), kNotImp);
  const auto serving = publisher_.serving();
  if (serving == nullptr) return Tell(std::move(request), kServFail);
  const std::string origin = transfer::NameText(transfer::LoweredName(question.name));
  const config::BuiltZone* const found = FindSeen(*serving->built, origin, request);
  const bool is_ours = question.record_class == wire::kClassIn && found != nullptr &&
                       config::IsSecondary(found->resource->zone());
  if (!is_ours) return Tell(std::move(request), kNotAuth);
  if (!config::MayNotify(found->resource->zone(), request.raw.from, request.key)) {
    spdlog::warn("component=transfer event=notify-refused zone={} peer={} key=\"{}\"", origin,
                 request.raw.from.ToString(), request.key);
    return Tell(std::move(request), kRefused);
  }
  notified_(config::NameOf(*found->resource));
  ReplyHead head = HeadFor(request, kNoError, true);
  return transfer::OneReply(std::move(head), std::move(request.signer), clock_);
}

TransferDesk::Source TransferDesk::AnswerTransfer(Request request) {
  const transfer::Question& question = request.message.questions[0];
  const bool is_udp = request.raw.transport == Transport::kUdp;
  // RFC 5936 section 4.2: AXFR is not defined over UDP.
  if (is_udp && question.type == zone::kAxfr) return Tell(std::move(request), kNotImp);
  if (question.record_class != wire::kClassIn) return Tell(std::move(request), kNotAuth);
  const auto serving = publisher_.serving();
  if (serving == nullptr) return Tell(std::move(request), kServFail);
  const std::string origin = transfer::NameText(transfer::LoweredName(question.name));
  const config::BuiltZone* const found = FindSeen(*serving->built, origin, request);
  if (found == nullptr) return Tell(std::move(request), kNotAuth);
  const auto& rules = found->resource->zone().allow_transfer();
  if (std::none_of(rules.begin(), rules.end(), [&](const v1::PeerRule& rule) {
        return config::Allows(rule, request.raw.from, request.key);
      })) {
    Complain(fmt::format("refused zone={} peer={} key=\"{}\"", origin, request.raw.from.ToString(),
                         request.key));
    return Tell(std::move(request), kRefused);
  }
  if (found->zone == nullptr) return Tell(std::move(request), kServFail);
  auto image = ImageOf(*found, *serving->built->steering);
  if (question.type != zone::kIxfr) return TellWhole(std::move(request), std::move(image));
  return AnswerIncremental(std::move(request), config::SeenName(*found), std::move(image));
}

TransferDesk::Source TransferDesk::AnswerIncremental(Request request, const std::string& zone,
                                                     Image image) {
  const auto known = KnownTo(request.message);
  if (!known) return Tell(std::move(request), kFormErr);
  if (!IsNewer(image->serial(), *known)) return TellSoa(std::move(request), std::move(image));
  auto steps = journal_.Since(zone, *known);
  const bool is_udp = request.raw.transport == Transport::kUdp;
  // Where the steps say more than the zone has, the zone is told.
  if (!steps || SaysMore(*steps)) {
    return is_udp ? TellSoa(std::move(request), std::move(image))
                  : TellWhole(std::move(request), std::move(image));
  }
  spdlog::info("component=transfer event=ixfr-out zone={} peer={} key=\"{}\" from={} serial={}",
               zone, request.raw.from.ToString(), request.key, *known, steps->current->serial());
  ReplyHead head = HeadFor(request, kNoError, true);
  auto records = transfer::Incremental(steps->current, std::move(steps->differences));
  if (!is_udp) {
    return transfer::TransferReply(std::move(head), std::move(request.signer), clock_,
                                   std::move(records));
  }
  Source whole = transfer::WholeReply(std::move(head), request.signer, clock_, std::move(records),
                                      UdpLimit(request.message));
  return whole != nullptr ? std::move(whole) : TellSoa(std::move(request), steps->current);
}

// RFC 1995 section 2: one SOA says "you are up to date", and over UDP "come over TCP".
TransferDesk::Source TransferDesk::TellSoa(Request request, Image image) {
  return transfer::OneReply(HeadFor(request, kNoError, true), std::move(request.signer), clock_,
                            std::make_unique<SoaCursor>(std::move(image)));
}

TransferDesk::Source TransferDesk::TellWhole(Request request, Image image) {
  spdlog::info("component=transfer event=axfr-out zone={} peer={} key=\"{}\" serial={}",
               image->zone->origin().ToString(), request.raw.from.ToString(), request.key,
               image->serial());
  return transfer::TransferReply(HeadFor(request, kNoError, true), std::move(request.signer),
                                 clock_, transfer::WholeZone(std::move(image)));
}

TransferDesk::Source TransferDesk::AnswerQuery(Request request) {
  const auto snapshot = publisher_.cell().Load();
  const auto protection = this->protection();
  responder_.Obey(*protection, serve::Moment::Now());
  serve::Horizon horizon = snapshot.get();
  if (snapshot != nullptr && snapshot->views != nullptr) {
    horizon.view = snapshot->views->Find(ClientOf(request.raw, request.key));
  }
  std::string reply(wire::kMaxMessageOctets, '\0');
  const size_t octets = responder_.Respond(
      Bare(request.raw, request.message), request.raw.from, request.raw.transport, horizon,
      {reinterpret_cast<uint8_t*>(reply.data()), reply.size()});
  if (octets == 0) return nullptr;
  const size_t limit = request.raw.transport == Transport::kUdp ? UdpLimit(request.message)
                                                                : wire::kMaxMessageOctets;
  const size_t signature = request.signer ? request.signer->octets() : 0;
  if (octets + signature > limit) {
    // RFC 8945 section 5.3: with no room for the signature the reply says TC, and little else.
    ReplyHead head = HeadFor(request, kNoError);
    head.flags |= wire::kFlagTruncated;
    return transfer::OneReply(std::move(head), std::move(request.signer), clock_);
  }
  reply.resize(octets);
  return transfer::ReadyReply(std::move(reply), std::move(request.signer), clock_);
}

}  // namespace waypost::control
