#include "healthd/probe/response_check.h"

#include <boost/beast/core/buffers_range.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/optional.hpp>

#include "healthd/probe/prefix_body.h"

namespace waypost::probe {
namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;

/// Twice what most servers accept from a client; a health check's header that is longer is wrong.
constexpr uint32_t kMaxHeader = 16 * 1024;

/// `text` as it can stand in one line of a log: control characters blanked, cut at 64 bytes.
std::string Quoted(std::string_view text) {
  size_t length = std::min<size_t>(text.size(), 64);
  while (length < text.size() && length > 0 && (text[length] & 0xC0) == 0x80) --length;
  std::string quoted = "\"" + std::string(text.substr(0, length));
  for (char& c : quoted)
    if (static_cast<unsigned char>(c) < ' ' || c == 0x7F) c = ' ';
  return quoted + (length < text.size() ? "..." : "") + "\"";
}

bool Contains(const std::vector<StatusRange>& ranges, unsigned status) {
  return std::any_of(ranges.begin(), ranges.end(), [status](const StatusRange& range) {
    return status >= range.first && status <= range.last;
  });
}

std::string Explain(const beast::error_code& error) {
  if (error == http::error::header_limit) return "header longer than 16 KiB";
  if (error == http::error::end_of_stream) return "connection closed before a response";
  if (error == http::error::partial_message) return "connection closed within the response";
  return "invalid response: " + error.message();
}

}  // namespace

struct ResponseCheck::Parser {
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

ResponseCheck::ResponseCheck(const Spec& spec)
    : spec_(spec), parser_(std::make_unique<Parser>(spec.head)) {}

ResponseCheck::~ResponseCheck() = default;

bool ResponseCheck::Feed(std::string_view bytes) {
  auto& unread = parser_->unread;
  unread.commit(boost::asio::buffer_copy(unread.prepare(bytes.size()),
                                         boost::asio::buffer(bytes.data(), bytes.size())));
  while (unread.size() > 0) {
    beast::error_code error;
    const size_t used = parser_->message->put(unread.data(), error);
    unread.consume(used);
    if (error && error != http::error::need_more) return Reject(v1::LAYER_RESPONSE, Explain(error));
    if (Parse()) return true;
    if (error || used == 0) break;
  }
  return false;
}

void ResponseCheck::End() {
  beast::error_code error;
  if (!parser_->message->got_some() && parser_->unread.size() == 0)
    error = http::error::end_of_stream;
  else
    parser_->message->put_eof(error);
  if (error) {
    Reject(v1::LAYER_RESPONSE, Explain(error));
    return;
  }
  if (!Parse()) Reject(v1::LAYER_RESPONSE, Explain(http::error::partial_message));
}

bool ResponseCheck::Parse() {
  if (!parser_->message->is_header_done()) return false;
  // Interim responses precede the one that counts (RFC 9110 section 15.2).
  const unsigned status = parser_->message->get().result_int();
  if (status >= 100 && status < 200 && status != 101) {
    parser_->Restart();
    return false;
  }
  if (!header_checked_ && CheckStatus()) return true;
  return CheckBody();
}

bool ResponseCheck::CheckStatus() {
  header_checked_ = true;
  const unsigned status = parser_->message->get().result_int();
  if (!Contains(spec_.status, status)) {
    return Reject(v1::LAYER_CONTENT,
                  "status " + std::to_string(status) + ", want " + ToString(spec_.status));
  }
  return spec_.body.empty() && Pass();
}

bool ResponseCheck::CheckBody() {
  const std::string& body = parser_->message->get().body();
  if (body.find(spec_.body, searched_) != std::string::npos) return Pass();
  searched_ = body.size() - std::min(body.size(), spec_.body.size() - 1);
  if (body.size() < kMaxBody && !parser_->message->is_done()) return false;
  return Reject(v1::LAYER_CONTENT, "body lacks " + Quoted(spec_.body));
}

bool ResponseCheck::Pass() {
  failed_layer_ = v1::LAYER_NONE;
  return true;
}

bool ResponseCheck::Reject(v1::Layer layer, std::string detail) {
  failed_layer_ = layer;
  detail_ = std::move(detail);
  return true;
}

}  // namespace waypost::probe
