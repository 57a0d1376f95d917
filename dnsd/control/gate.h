// Lets so many coroutines through at a time; the others wait in the order in which they came.
//
// Thread safety: one thread. Ownership: passes keep the gate; close it before the io_context that
// its waiters wait in is destroyed.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <deque>
#include <memory>
#include <utility>

namespace waypost::control {

class Gate : public std::enable_shared_from_this<Gate> {
 public:
  Gate(boost::asio::io_context& io, int places) : io_(io), free_(places) {}

  /// A place behind the gate, given back when the pass goes.
  class Pass {
   public:
    explicit Pass(std::shared_ptr<Gate> gate) : gate_(std::move(gate)) {}
    Pass(Pass&&) = default;
    Pass& operator=(Pass&&) = delete;
    ~Pass() {
      if (gate_ != nullptr) gate_->Leave();
    }

   private:
    std::shared_ptr<Gate> gate_;
  };

  boost::asio::awaitable<Pass> Enter() {
    if (free_ > 0) {
      --free_;
      co_return Pass(shared_from_this());
    }
    const auto bell = std::make_shared<boost::asio::steady_timer>(
        io_, boost::asio::steady_timer::time_point::max());
    waiting_.push_back(bell);
    boost::system::error_code rung;
    auto token = boost::asio::redirect_error(boost::asio::use_awaitable, rung);
    co_await bell->async_wait(token);
    co_return Pass(shared_from_this());
  }

  /// From now on nobody is let in any more.
  void Close() {
    is_closed_ = true;
    waiting_.clear();
  }

 private:
  /// The place goes to who waits longest.
  void Leave() {
    if (is_closed_) return;
    if (waiting_.empty()) {
      ++free_;
      return;
    }
    waiting_.front()->cancel();
    waiting_.pop_front();
  }

  boost::asio::io_context& io_;
  int free_;
  std::deque<std::shared_ptr<boost::asio::steady_timer>> waiting_;
  bool is_closed_ = false;
};

}  // namespace waypost::control
