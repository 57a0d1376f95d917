#include "healthd/probe/datagram_attempt.h"

#include <array>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "healthd/probe/endpoint.h"
#include "healthd/probe/make_dialogue.h"

namespace waypost::probe {
namespace {

namespace asio = boost::asio;
using asio::ip::udp;

/// More than one reply is mostly somebody's mistake or attack.
constexpr int kMaxDatagrams = 64;

}  // namespace

DatagramAttempt::DatagramAttempt(asio::io_context& io, Workshop& workshop,
                                 std::shared_ptr<const Spec> spec, Prober::Done done)
    : Attempt(io, std::move(spec), std::move(done)), workshop_(workshop), socket_(io) {}

void DatagramAttempt::Close() {
  Error ignored;
  socket_.close(ignored);
}

Attempt::Awaitable<void> DatagramAttempt::Run() {
  auto made = MakeDialogue(spec(), workshop_);
  if (!made) {
    Reject(v1::LAYER_CONTENT, std::move(made).error());
    co_return;
  }
  dialogue_ = *std::move(made);
  if (!Open() || !Send()) co_return;
  for (int i = 0; i < kMaxDatagrams && !dialogue_->decided(); ++i) {
    const bool heard = co_await Hear();
    if (!heard) co_return;
  }
  if (!dialogue_->decided()) dialogue_->End();
  if (dialogue_->failure()) Reject(v1::LAYER_CONTENT, dialogue_->failure());
}

bool DatagramAttempt::Open() {
  Error error;
  const auto endpoint = ToEndpoint<udp>(spec().address);
  socket_.open(endpoint.protocol(), error);
  if (!error) socket_.connect(endpoint, error);
  return !error || Reject(v1::LAYER_CONNECT, error);
}

bool DatagramAttempt::Send() {
  BeginPhase(spec().limits.exchange);
  Error error;
  socket_.send(asio::buffer(dialogue_->Output()), 0, error);
  TakeLap();
  return !error || Reject(v1::LAYER_REQUEST, error);
}

Attempt::Awaitable<bool> DatagramAttempt::Hear() {
  std::array<char, 4096> bytes;
  const auto buffer = asio::buffer(bytes);
  Error error;
  auto token = asio::redirect_error(asio::use_awaitable, error);
  const size_t count = co_await socket_.async_receive(buffer, token);
  // Told by ICMP that nothing listens there.
  if (error == asio::error::connection_refused) co_return Reject(v1::LAYER_CONNECT, error);
  if (error) co_return Reject(v1::LAYER_RESPONSE, error);
  if (outcome().phases.first_byte_us == 0) outcome().phases.first_byte_us = TakeLap();
  dialogue_->Feed({bytes.data(), count});
  co_return true;
}

}  // namespace waypost::probe
