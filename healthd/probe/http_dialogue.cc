#include "healthd/probe/http_dialogue.h"

#include <boost/beast/core/buffers_range.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/optional.hpp>

#include "healthd/probe/prefix_body.h"
#include "healthd/probe/request.h"

namespace waypost::probe {
namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;

/// Twice what most servers accept from a client; a health check's header that is longer is wrong.
constexpr uint32_t kMaxHeader = 16 * 1024;

bool IsRedirect(unsigned status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

Failure Explain(const beast::error_code& error) {
  constexpr v1::Layer kLayer = v1::LAYER_RESPONSE;
  if (error == http::error::header_limit)
    return {kLayer, v1::FAULT_MALFORMED, "header longer than 16 KiB"};
  if (error == http::error::end_of_stream)
    return {kLayer, v1::FAULT_CLOSED, "connection closed before a response"};
  if (error == http::error::partial_message)
    return {kLayer, v1::FAULT_CLOSED, "connection closed within the response"};
  return {kLayer, v1::FAULT_MALFORMED, "invalid response: " + error.message()};
}

}  // namespace

struct HttpDialogue::Parser {
  explicit Parser(bool head) : skip_body(head) { Restart(); }

  void Restart() {
    message.emplace();
    message->header_limit(kMaxHeader);
    message->body_limit(boost::none);
    message->eager(true);
    message->skip(skip_body);
  }

  bool skip_body;
  boost::optional<http::response_parser<PrefixBody>> message;
  beast::flat_buffer unread;
};

HttpDialogue::HttpDialogue(ResponseJudge judge)
    : judge_(std::move(judge)),
      // A response to HEAD has no body whatever its header says (RFC 9110 section 9.3.2).
      parser_(std::make_unique<Parser>(judge_.spec().request.method == "HEAD")),
      request_(Serialize(judge_.spec().request)) {}

HttpDialogue::~HttpDialogue() = default;

std::string_view HttpDialogue::Output() {
  return std::exchange(sent_, true) ? std::string_view() : request_;
}

void HttpDialogue::Feed(std::string_view bytes) {
  auto& unread = parser_->unread;
  unread.commit(boost::asio::buffer_copy(unread.prepare(bytes.size()),
                                         boost::asio::buffer(bytes.data(), bytes.size())));
  while (unread.size() > 0) {
    beast::error_code error;
    const size_t used = parser_->message->put(unread.data(), error);
    unread.consume(used);
    if (error && error != http::error::need_more) return Decide(Explain(error));
    Parse();
    if (decided() || error || used == 0) return;
  }
}

void HttpDialogue::End() {
  beast::error_code error;
  if (!parser_->message->got_some() && parser_->unread.size() == 0)
    error = http::error::end_of_stream;
  else
    parser_->message->put_eof(error);
  if (error) return Decide(Explain(error));
  Parse();
  if (!decided()) Decide(Explain(http::error::partial_message));
}

void HttpDialogue::Parse() {
  if (!parser_->message->is_header_done()) return;
  // Interim responses precede the one that counts (RFC 9110 section 15.2).
  const unsigned status = parser_->message->get().result_int();
  if (status >= 100 && status < 200 && status != 101) return parser_->Restart();
  if (!std::exchange(header_judged_, true)) JudgeStatus();
  if (!decided()) JudgeBody();
}

void HttpDialogue::JudgeStatus() {
  const auto& message = parser_->message->get();
  const unsigned status = message.result_int();
  for (const auto& field : message) judge_.TakeField(field.name_string(), field.value());
  auto failure = judge_.JudgeStatus(status);
  const bool is_unwanted = failure && *failure;
  const std::string_view location = message[http::field::location];
  if (is_unwanted && IsRedirect(status)) {
    if (judge_.spec().redirects > 0) location_ = location;
    failure->detail += ", redirects to " + Quoted(location);
  }
  if (failure) Decide(*std::move(failure));
}

void HttpDialogue::JudgeBody() {
  const std::string& body = parser_->message->get().body();
  auto failure = judge_.JudgeBody(body, body.size() >= kMaxBody || parser_->message->is_done());
  if (!failure) return;
  Note(judge_.load(), judge_.warning());
  Decide(*std::move(failure));
}

}  // namespace waypost::probe
