// A probe by a program of the vantage's own: exit status 0 is a success, the first line that it
// prints says why not.
//
// No shell: the arguments are those of the settings, with the target in the environment
// (WAYPOST_ADDRESS, WAYPOST_PORT). It runs below a warden (command_warden.h) with limits on
// processor time, memory, descriptors, processes and their privileges; whatever it started and is
// left at the end, or at the deadline, is killed.
//
// Thread safety, ownership: as Attempt; the Workshop must outlive it.
#pragma once

#include <boost/asio/posix/stream_descriptor.hpp>
#include <optional>

#include "healthd/probe/attempt.h"
#include "healthd/probe/workshop.h"

namespace waypost::probe {

class CommandAttempt final : public Attempt {
 public:
  CommandAttempt(boost::asio::io_context& io, const Commands& commands,
                 std::shared_ptr<const Spec> spec, Prober::Done done);
  ~CommandAttempt() override;

 private:
  Awaitable<void> Run() override;
  void Close() override;

  bool Spawn(const Command& command);
  Awaitable<void> ReadOutput();
  void Note(std::string_view bytes);
  void DrainOutput();
  Awaitable<void> AwaitExit();
  std::optional<Error> Trouble();
  void Judge(int status);
  /// Has all of it killed and takes leave of the process, unless that was done.
  void Reap();

  const Commands& commands_;
  boost::asio::posix::stream_descriptor output_;
  boost::asio::posix::stream_descriptor trouble_;  // of the warden: it could not run the command
  boost::asio::posix::stream_descriptor process_;  // a pidfd: readable when it has ended
  int pid_ = -1;                                   // of the warden
  std::string printed_;
};

}  // namespace waypost::probe
