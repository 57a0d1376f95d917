#include "dnsd/serve/mailbox.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <utility>

namespace waypost::serve {

Mailbox::Mailbox() : bell_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {}

void Mailbox::Deliver(uint64_t connection, std::unique_ptr<ReplySource> source) {
  {
    const std::lock_guard lock(mutex_);
    letters_.push_back({connection, std::move(source)});
  }
  // It can only fail when the counter is full, and then the bell is ringing already.
  [[maybe_unused]] const int failed = eventfd_write(bell_.get(), 1);
}

std::vector<Mailbox::Letter> Mailbox::Take() {
  eventfd_t rung = 0;
  [[maybe_unused]] const int failed = eventfd_read(bell_.get(), &rung);
  const std::lock_guard lock(mutex_);
  return std::exchange(letters_, {});
}

MailReply::~MailReply() {
  if (mailbox_ != nullptr) mailbox_->Deliver(connection_, nullptr);
}

void MailReply::Reply(std::unique_ptr<ReplySource> source) {
  std::exchange(mailbox_, nullptr)->Deliver(connection_, std::move(source));
}

}  // namespace waypost::serve
