// One side of an exchange over a stream, as bytes: what to say, and a judgement of what comes back.
// It knows no socket, so that plain and encrypted connections, and tests, drive it alike.
//
// Thread safety: one thread. Ownership: the Spec that it was made of must outlive it. Errors:
// whatever the server sends becomes a failure, never an exception.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "healthd/probe/failure.h"
#include "healthd/probe/outcome.h"

namespace waypost::probe {

class Dialogue {
 public:
  virtual ~Dialogue() = default;

  /// What is to be sent now and was not given before; valid until the next call of a member.
  virtual std::string_view Output() = 0;
  /// The next bytes that came.
  virtual void Feed(std::string_view bytes) = 0;
  /// The server closed the connection: decides.
  virtual void End() = 0;

  /// No more bytes are wanted.
  bool decided() const { return decided_; }
  /// Nothing more will come over this connection.
  virtual bool is_over() const { return decided_; }
  /// Once decided.
  const Failure& failure() const { return failure_; }
  /// The same: what was read besides, and what is not wrong yet.
  const Load& load() const { return load_; }
  const std::string& warning() const { return warning_; }

 protected:
  void Decide(Failure failure = {}) {
    decided_ = true;
    failure_ = std::move(failure);
  }
  void Note(const Load& load, const std::string& warning) {
    load_ = load;
    warning_ = warning;
  }

 private:
  bool decided_ = false;
  Failure failure_;
  Load load_;
  std::string warning_;
};

}  // namespace waypost::probe
