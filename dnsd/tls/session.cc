#include "dnsd/tls/session.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>

#include "dnsd/tls/context.h"

namespace waypost::tls {

struct Session::Engine {
  std::unique_ptr<SSL, decltype(&SSL_free)> ssl{nullptr, &SSL_free};
  BIO* in = nullptr;  // owned by ssl, as is out
  BIO* out = nullptr;
};

Session::Session(const Credentials& credentials) : engine_(std::make_unique<Engine>()) {
  engine_->ssl.reset(SSL_new(credentials.context().ssl.get()));
  engine_->in = BIO_new(BIO_s_mem());
  engine_->out = BIO_new(BIO_s_mem());
  if (engine_->ssl == nullptr || engine_->in == nullptr || engine_->out == nullptr) {
    BIO_free(engine_->in);
    BIO_free(engine_->out);
    engine_->ssl.reset();
    state_ = State::kFailed;
    return;
  }
  // An empty buffer means "later", not the end.
  BIO_set_mem_eof_return(engine_->in, -1);
  SSL_set_bio(engine_->ssl.get(), engine_->in, engine_->out);
  SSL_set_accept_state(engine_->ssl.get());
}

Session::~Session() = default;

void Session::Feed(std::span<const uint8_t> encrypted) noexcept {
  if (state_ != State::kOpen) return;
  const auto octets = static_cast<int>(encrypted.size());
  if (BIO_write(engine_->in, encrypted.data(), octets) != octets) state_ = State::kFailed;
}

void Session::Note(int result) noexcept {
  switch (SSL_get_error(engine_->ssl.get(), result)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE:
      break;
    case SSL_ERROR_ZERO_RETURN:
      state_ = State::kEnded;
      break;
    default:
      state_ = State::kFailed;
  }
  ERR_clear_error();
}

size_t Session::Read(std::span<uint8_t> out) noexcept {
  if (state_ != State::kOpen) return 0;
  const int octets = SSL_read(engine_->ssl.get(), out.data(), static_cast<int>(out.size()));
  if (octets > 0) return static_cast<size_t>(octets);
  Note(octets);
  return 0;
}

void Session::Write(std::span<const uint8_t> plain) noexcept {
  if (state_ == State::kFailed || plain.empty()) return;
  // A memory buffer takes everything.
  const int written = SSL_write(engine_->ssl.get(), plain.data(), static_cast<int>(plain.size()));
  if (written <= 0) Note(written);
}

void Session::End() noexcept {
  if (state_ != State::kFailed) SSL_shutdown(engine_->ssl.get());
  ERR_clear_error();
}

std::span<const uint8_t> Session::outgoing() const noexcept {
  if (engine_->ssl == nullptr) return {};
  char* data = nullptr;
  const long octets = BIO_get_mem_data(engine_->out, &data);
  return {reinterpret_cast<const uint8_t*>(data), octets > 0 ? static_cast<size_t>(octets) : 0};
}

void Session::Sent(size_t octets) noexcept {
  // Reading from the buffer is how OpenSSL lets go of its front.
  uint8_t passed[4096];
  while (octets > 0) {
    const int read =
        BIO_read(engine_->out, passed, static_cast<int>(std::min(octets, sizeof passed)));
    if (read <= 0) return;
    octets -= static_cast<size_t>(read);
  }
}

}  // namespace waypost::tls
