#include "healthd/probe/json_number.h"

// The library itself, compiled here: Debian's headers suffice.
#include <boost/json/src.hpp>
#include <string>

#include "healthd/probe/number_text.h"

namespace waypost::probe {
namespace {

namespace json = boost::json;

std::optional<double> NumberIn(const json::value& value) {
  if (const json::string* text = value.if_string()) return ParseNumber(std::string_view(*text));
  if (!value.is_number()) return {};
  json::error_code error;
  const double number = value.to_number<double>(error);
  if (error || !std::isfinite(number)) return {};
  return number;
}

}  // namespace

bool IsJsonPointer(std::string_view text) {
  if (!text.empty() && text.front() != '/') return false;
  for (size_t at = text.find('~'); at != std::string_view::npos; at = text.find('~', at + 1)) {
    const std::string_view next = text.substr(at + 1, 1);
    if (next != "0" && next != "1") return false;
  }
  return true;
}

Result<double> FindNumber(std::string_view text, std::string_view pointer) {
  json::error_code error;
  const json::value document = json::parse(json::string_view(text.data(), text.size()), error);
  if (error) return Fail(ErrorCode::kInvalid, "the body is no JSON: " + error.message());
  const json::value* found =
      document.find_pointer(json::string_view(pointer.data(), pointer.size()), error);
  if (found == nullptr) {
    return Fail(ErrorCode::kNotFound, "there is no " + std::string(pointer) + " in the body");
  }
  const auto number = NumberIn(*found);
  if (!number) return Fail(ErrorCode::kInvalid, std::string(pointer) + " is no number");
  return *number;
}

}  // namespace waypost::probe
