#include "dnsd/zone/record_head.h"

#include <fmt/format.h>
#include <strings.h>

#include <string>
#include <utility>

#include "dnsd/zone/bad_text.h"
#include "dnsd/zone/escape.h"
#include "dnsd/zone/plain_rdata.h"
#include "dnsd/zone/rdata_text.h"

namespace waypost::zone {
namespace {

/// Absent: not a class.
std::optional<bool> IsClassIn(std::string_view word) {
  if (EqualsIgnoringCase(word, "IN") || EqualsIgnoringCase(word, "CLASS1")) return true;
  const bool is_other = EqualsIgnoringCase(word, "CH") || EqualsIgnoringCase(word, "HS") ||
                        EqualsIgnoringCase(word, "CS") ||
                        (word.size() > 5 && EqualsIgnoringCase(word.substr(0, 5), "CLASS"));
  return is_other ? std::optional<bool>(false) : std::nullopt;
}

}  // namespace

bool EqualsIgnoringCase(std::string_view a, std::string_view b) {
  return a.size() == b.size() && strncasecmp(a.data(), b.data(), a.size()) == 0;
}

Result<uint32_t> ParseTtl(std::string_view word) {
  const auto ttl = ParsePeriod(word);
  if (!ttl) return BadText(fmt::format("\"{}\" is not a TTL", word));
  return *ttl;
}

Result<RecordHead> ParseRecordHead(Words words) {
  RecordHead head;
  bool has_class = false;
  for (; !words.empty(); words = words.subspan(1)) {
    const std::string_view word = words[0];
    if (IsDigit(word[0]) && !head.ttl) {
      const Result<uint32_t> ttl = ParseTtl(word);
      if (!ttl) return tl::unexpected(ttl.error());
      head.ttl = *ttl;
    } else if (const auto is_in = IsClassIn(word); is_in && !has_class) {
      if (!*is_in) return BadText(fmt::format("class {} is not served, only IN", word));
      has_class = true;
    } else {
      break;
    }
  }
  if (words.empty()) return BadText("the type is missing");
  const auto type = ParseType(words[0]);
  if (!type) return BadText(fmt::format("\"{}\" is not a type of record", words[0]));
  head.type = *type;
  head.rdata = words.subspan(1);
  return head;
}

}  // namespace waypost::zone
