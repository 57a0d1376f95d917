#include "healthd/probe/failure.h"

#include <fmt/format.h>

#include <boost/asio/error.hpp>
#include <boost/asio/ssl/error.hpp>
#include <cerrno>
#include <utility>

#include "dnsd/base/utf8.h"

namespace waypost::probe {
namespace {

namespace asio = boost::asio;
using Error = boost::system::error_code;

bool IsUnreachable(const Error& error) {
  return error == asio::error::host_unreachable || error == asio::error::network_unreachable ||
         error == asio::error::address_family_not_supported;
}

v1::Fault FaultOf(const Error& error) {
  if (IsEnd(error)) return v1::FAULT_CLOSED;
  if (IsUnreachable(error)) return v1::FAULT_UNREACHABLE;
  if (error == asio::error::connection_refused) return v1::FAULT_REFUSED;
  if (error == asio::error::connection_reset || error == asio::error::broken_pipe)
    return v1::FAULT_RESET;
  return error == asio::error::timed_out ? v1::FAULT_TIMEOUT : v1::FAULT_OTHER;
}

/// As it reads within a sentence.
std::string InWords(const Error& error) {
  if (error == asio::error::connection_reset) return "connection reset";
  std::string text = error.message();
  if (text.size() > 1 && text[1] >= 'a' && text[0] >= 'A' && text[0] <= 'Z') text[0] |= 0x20;
  return text;
}

}  // namespace

bool IsEnd(const Error& error) {
  return error == asio::error::eof || error == asio::ssl::error::stream_truncated;
}

bool IsLocal(const Error& error) {
  namespace errc = boost::system::errc;
  for (const auto code :
       {errc::too_many_files_open, errc::too_many_files_open_in_system, errc::no_buffer_space,
        errc::not_enough_memory, errc::address_not_available, errc::operation_not_permitted,
        errc::permission_denied})
    if (error == code) return true;
  return false;
}

Failure FailureOf(v1::Layer layer, const Error& error, std::string_view at_end) {
  if (IsEnd(error)) return {layer, v1::FAULT_CLOSED, std::string(at_end)};
  return {IsUnreachable(error) ? v1::LAYER_ROUTE : layer, FaultOf(error), InWords(error)};
}

Failure TimedOut(v1::Layer layer, std::chrono::microseconds limit) {
  return {layer, v1::FAULT_TIMEOUT, "timed out after " + InMilliseconds(limit)};
}

Failure Malformed(std::string detail) {
  return {v1::LAYER_RESPONSE, v1::FAULT_MALFORMED, std::move(detail)};
}

boost::system::error_code LastError() { return {errno, boost::system::system_category()}; }

std::string Quoted(std::string_view text) {
  constexpr size_t kMaxQuoted = 64;
  std::string quoted = "\"" + Legible(text, kMaxQuoted);
  for (char& c : quoted)
    if (static_cast<unsigned char>(c) < ' ' || c == 0x7F) c = ' ';
  return quoted + (text.size() > kMaxQuoted ? "..." : "") + "\"";
}

std::string InMilliseconds(std::chrono::microseconds time) {
  const double milliseconds = static_cast<double>(time.count()) / 1000;
  const bool is_whole = time.count() % 1000 == 0;
  return is_whole || milliseconds >= 10 ? fmt::format("{:.0f} ms", milliseconds)
                                        : fmt::format("{:.1f} ms", milliseconds);
}

}  // namespace waypost::probe
