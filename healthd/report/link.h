// One stream to one director, from connecting until it breaks. With Attendance the only place that
// knows gRPC.
//
// Thread safety: one thread, the one that runs the io_context; gRPC's own threads hand everything
// over to it. Ownership: the io_context must outlive it; a stream that was given up still ends in
// the background and keeps the io_context's run() from returning until it has. Errors: Open reads
// the credentials and names the file; everything later ends in `closed` with a reason.
#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <string>

#include "dnsd/base/result.h"
#include "healthd/report/security.h"
#include "waypost/v1/evidence.pb.h"

namespace waypost::report {

class Link {
 public:
  struct Events {
    std::function<void(const v1::Assignment&)> assigned;
    /// Another report may be written.
    std::function<void()> written;
    /// The stream is over; the last event. Never called from within a call of this class.
    std::function<void(const std::string& reason)> closed;
  };

  /// Connects and says hello. `address`: HOST:PORT or unix:PATH, which needs no security.
  static Result<std::unique_ptr<Link>> Open(boost::asio::io_context& io, const std::string& address,
                                            const Security& security, const v1::Hello& hello,
                                            Events events);
  /// Breaks the stream off; no event follows.
  ~Link();
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;

  /// A message is on its way: no Write before `written`.
  bool writing() const;
  void Write(v1::Report report);

 private:
  class Stream;
  explicit Link(std::shared_ptr<Stream> stream);

  std::shared_ptr<Stream> stream_;
};

}  // namespace waypost::report
