// Answers what the workers hand over (serve/handler.h): zone transfers, dynamic updates, and
// whatever is signed.
//
// Thread safety: all calls from any thread; the work is done on two threads of its own. One of them
// keeps the journal and answers incremental transfers, so that these see every step of what is
// served, and the making of a large step holds up nothing else. Ownership: the publisher, the
// store, the events and the clock must outlive it; stop it before the server that hands over is
// gone. Limits: what comes in while SerialExecutor::kMaxQueued messages wait is dropped and
// counted, as on any full link.
#pragma once

#include <functional>
#include <memory>
#include <mutex>

#include "dnsd/base/clock.h"
#include "dnsd/control/journal.h"
#include "dnsd/control/log_gate.h"
#include "dnsd/control/notifier.h"
#include "dnsd/control/publisher.h"
#include "dnsd/control/serial_executor.h"
#include "dnsd/control/updates.h"
#include "dnsd/serve/handler.h"
#include "dnsd/serve/identity.h"
#include "dnsd/serve/responder.h"
#include "dnsd/serve/server.h"
#include "dnsd/transfer/message.h"
#include "dnsd/transfer/replies.h"
#include "dnsd/transfer/tsig.h"

namespace waypost::control {

class TransferDesk final : public serve::Handler {
 public:
  TransferDesk(const Publisher& publisher, store::Store& store, EventBus& events,
               const serve::ServerOptions& options, const JournalLimits& limits,
               const Clock& clock);
  ~TransferDesk() override;

  void Handle(serve::HandedMessage message, std::unique_ptr<serve::ReplyTo> reply) override;
  void SetKeys(transfer::KeyRing keys);
  /// Obeyed by the queries that are answered here, from the next one on. Not null.
  void Protect(std::shared_ptr<const serve::Protection> protection);
  /// Who carries updates out and says with which rcode; waited for on the desk's thread. Call
  /// before anything is handled.
  using Updater = std::function<uint16_t(const UpdateOrder&)>;
  void SetUpdater(Updater updater) { updater_ = std::move(updater); }
  /// Who is told that a zone with primaries has changed there. Call before anything is handled.
  using Notified = std::function<void(const std::string& origin)>;
  void SetNotified(Notified notified) { notified_ = std::move(notified); }
  /// What was just published: it is put into the journal, and then the secondaries of zones whose
  /// serial is not that of before are notified. `before` may be null.
  void Announce(std::shared_ptr<const config::Built> before,
                std::shared_ptr<const config::Built> now, uint64_t revision);
  const Journal& journal() const { return journal_; }
  /// Answers what waits, then ends the thread. Idempotent.
  void Stop();

  std::shared_ptr<const transfer::KeyRing> keys() const;
  uint64_t dropped() const { return executor_.refused() + journal_executor_.refused(); }

 private:
  using Source = std::unique_ptr<serve::ReplySource>;
  using Image = std::shared_ptr<const transfer::ZoneImage>;
  /// One request on its way through the desk.
  struct Request {
    const serve::HandedMessage& raw;
    const transfer::Message& message;
    std::string key;  // name for people, in one spelling; empty: not signed
    std::optional<transfer::TsigSigner> signer;
  };

  // On an executor.
  Source Answer(const serve::HandedMessage& raw, const transfer::Message& message);
  Source AnswerGood(Request request);
  Source AnswerTransfer(Request request);
  /// On the journal's. `zone`: as in Built::zones.
  Source AnswerIncremental(Request request, const std::string& zone, Image image);
  Source TellSoa(Request request, Image image);
  Source TellWhole(Request request, Image image);
  Source TellMalformed(const serve::HandedMessage& raw);
  Source AnswerQuery(Request request);
  Source AnswerUpdate(Request request);
  Source AnswerNotify(Request request);
  /// The zone of this origin as the sender sees it; null: there is none.
  static const config::BuiltZone* FindSeen(const config::Built& built, const std::string& origin,
                                           const Request& request);
  /// With a cookie for who sent one (RFC 7873 section 5.2).
  transfer::ReplyHead HeadFor(const Request& request, uint16_t rcode, bool authoritative = false);
  /// An rcode and nothing else.
  Source Tell(Request request, uint16_t rcode);
  std::shared_ptr<const serve::Protection> protection() const;
  /// In the log, unless there was one a moment ago. `what`: event and its fields.
  void Complain(const std::string& what);
  void NotifyOf(const config::Built* before, const config::Built& now);
  void NotifyOf(const config::BuiltZone& zone, const config::Built& now);

  const Publisher& publisher_;
  const Clock& clock_;
  const serve::Identity identity_;
  Updater updater_;
  Notified notified_;
  const std::unique_ptr<serve::Tally> tally_;
  serve::Responder responder_;
  mutable std::mutex mutex_;  // guards these three
  LogGate complaints_;
  std::shared_ptr<const serve::Protection> protection_;
  std::shared_ptr<const transfer::KeyRing> keys_;
  Notifier notifier_;
  Journal journal_;
  SerialExecutor journal_executor_;
  SerialExecutor executor_;  // last, so that it ends first
};

}  // namespace waypost::control
