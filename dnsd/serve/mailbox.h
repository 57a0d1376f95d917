// Replies on their way back from a handler to the thread that owns the connections.
//
// Thread safety: Deliver from any thread; Take on the owner's. Ownership: shared by the owner and
// every reply that is still to come, so that a late one finds a mailbox that nobody empties.
// Errors: without a descriptor for it (is_open) nothing may be handed over.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "dnsd/base/file_descriptor.h"
#include "dnsd/serve/handler.h"

namespace waypost::serve {

class Mailbox {
 public:
  struct Letter {
    uint64_t connection = 0;
    std::unique_ptr<ReplySource> source;  // null: there will be no reply
  };

  Mailbox();

  bool is_open() const noexcept { return bell_.is_open(); }
  /// Becomes readable when there is a letter.
  int bell() const noexcept { return bell_.get(); }
  void Deliver(uint64_t connection, std::unique_ptr<ReplySource> source);
  std::vector<Letter> Take();

 private:
  const FileDescriptor bell_;
  std::mutex mutex_;  // guards letters_
  std::vector<Letter> letters_;
};

/// Leads to one connection of the mailbox's owner, who hears of it also when nothing is replied.
class MailReply final : public ReplyTo {
 public:
  MailReply(std::shared_ptr<Mailbox> mailbox, uint64_t connection)
      : mailbox_(std::move(mailbox)), connection_(connection) {}
  ~MailReply() override;
  void Reply(std::unique_ptr<ReplySource> source) override;

 private:
  std::shared_ptr<Mailbox> mailbox_;  // null: it has replied
  const uint64_t connection_;
};

}  // namespace waypost::serve
