#include "dnsd/zone/rdata_text.h"

#include <fmt/format.h>
#include <ldns/ldns.h>
#include <strings.h>

#include <algorithm>
#include <cerrno>
#include <memory>

#include "dnsd/zone/bad_text.h"
#include "dnsd/zone/escape.h"
#include "dnsd/zone/name_text.h"
#include "dnsd/zone/plain_rdata.h"
#include "dnsd/zone/rare_rdata.h"
#include "dnsd/zone/record_head.h"
#include "dnsd/zone/records.h"
#include "dnsd/zone/scanner.h"
#include "dnsd/zone/service_params.h"
#include "dnsd/zone/zone.h"

namespace waypost::zone {
namespace {

struct FreeRr {
  void operator()(ldns_rr* rr) const { ldns_rr_free(rr); }
};
/// Of text; ldns can hold 65,535 octets.
constexpr size_t kMaxLdnsOctets = 65000;
constexpr size_t kMaxStringOctets = 255;

/// Debian's ldns does not know it.
constexpr std::string_view kAmtRelayName = "AMTRELAY";

using RrPointer = std::unique_ptr<ldns_rr, FreeRr>;

/// RFC 6895 section 3.1: 128 to 255 are for questions and meta-data only.
bool IsDataType(uint32_t type) {
  return type != 0 && type != kOpt && !(type >= 128 && type <= 255) && type <= 65535;
}

/// Null if ldns knows nothing of the type's fields; its table answers unknown types with other
/// types' entries.
const ldns_rr_descriptor* Describe(uint16_t type) {
  const ldns_rr_descriptor* const found = ldns_rr_descript(type);
  const bool is_known = found->_type == type && found->_name != nullptr;
  return is_known && type != LDNS_RR_TYPE_NULL ? found : nullptr;
}

ldns_rdf_type FieldType(const ldns_rr_descriptor& type, size_t index) {
  // ldns asserts what this checks.
  if (index >= type._maximum && type._variable == LDNS_RDF_TYPE_NONE) return LDNS_RDF_TYPE_NONE;
  return ldns_rr_descriptor_field_type(&type, index);
}

// ---- RFC 3597 section 5: \# LENGTH HEX... ----

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lowered = static_cast<char>(wire::Lower(static_cast<uint8_t>(c)));
  return lowered >= 'a' && lowered <= 'f' ? lowered - 'a' + 10 : -1;
}

Status AppendHex(std::span<const std::string_view> words, std::vector<uint8_t>& rdata) {
  int high = -1;
  for (const std::string_view word : words) {
    for (const char c : word) {
      const int digit = HexDigit(c);
      if (digit < 0) return BadText(fmt::format("\"{}\" is not hexadecimal", word));
      if (high >= 0) rdata.push_back(static_cast<uint8_t>(high << 4 | digit));
      high = high >= 0 ? -1 : digit;
    }
  }
  if (high >= 0) return BadText("there is half an octet of hexadecimal digits");
  return {};
}

void AppendRdata(const ldns_rr& rr, std::vector<uint8_t>& rdata) {
  for (size_t i = 0; i < ldns_rr_rd_count(&rr); ++i) {
    const ldns_rdf* const field = ldns_rr_rdf(&rr, i);
    const uint8_t* const data = ldns_rdf_data(field);
    if (data != nullptr) rdata.insert(rdata.end(), data, data + ldns_rdf_size(field));
  }
}

/// A record of the root with this RDATA; null if ldns cannot read it.
RrPointer FromWire(uint16_t type, std::span<const uint8_t> rdata) {
  const uint8_t header[] = {0,  // owner: the root
                            static_cast<uint8_t>(type >> 8),
                            static_cast<uint8_t>(type),
                            0,
                            LDNS_RR_CLASS_IN,
                            0,
                            0,
                            0,
                            0,
                            static_cast<uint8_t>(rdata.size() >> 8),
                            static_cast<uint8_t>(rdata.size())};
  std::vector<uint8_t> wire(std::begin(header), std::end(header));
  wire.insert(wire.end(), rdata.begin(), rdata.end());
  size_t at = 0;
  ldns_rr* raw = nullptr;
  if (ldns_wire2rr(&raw, wire.data(), wire.size(), &at, LDNS_SECTION_ANSWER) != LDNS_STATUS_OK) {
    return nullptr;
  }
  RrPointer rr(raw);
  return at == wire.size() ? std::move(rr) : nullptr;
}

/// What ldns does not look at. Precondition: it finds all fields.
Status CheckBeyondLdns(uint16_t type, std::span<const uint8_t> rdata) {
  switch (type) {
    case kSvcb:
    case kHttps:
      return CheckServiceParams(rdata);
    case LDNS_RR_TYPE_CAA:
      if (rdata[1] == 0) return BadText("the tag is empty");  // RFC 8659 section 4.1
      return {};
    default:
      return {};
  }
}

/// ldns reads them, finds all fields, and gives the same octets back (which also refuses compressed
/// names, as RFC 3597 section 4 does).
bool IsValidWire(uint16_t type, std::span<const uint8_t> rdata) {
  const RrPointer rr = FromWire(type, rdata);
  if (rr == nullptr) return false;
  if (ldns_rr_rd_count(rr.get()) < ldns_rr_descriptor_minimum(Describe(type))) return false;
  std::vector<uint8_t> again;
  AppendRdata(*rr, again);
  return std::equal(again.begin(), again.end(), rdata.begin(), rdata.end()) &&
         CheckBeyondLdns(type, rdata).has_value();
}

/// Empty if ldns has no words for it.
std::string LdnsText(uint16_t type, std::span<const uint8_t> rdata) {
  const RrPointer rr = FromWire(type, rdata);
  if (rr == nullptr) return "";
  char* line = ldns_rr2str(rr.get());  // owner, TTL, class, type and RDATA, with tabs between
  std::string text = line == nullptr ? "" : line;
  LDNS_FREE(line);
  for (int i = 0; i < 4; ++i) text.erase(0, std::min(text.find('\t'), text.size() - 1) + 1);
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  return text;
}

std::string GenericText(std::span<const uint8_t> rdata) {
  std::string text = fmt::format("\\# {}{}", rdata.size(), rdata.empty() ? "" : " ");
  for (const uint8_t octet : rdata) text += fmt::format("{:02x}", octet);
  return text;
}

bool Reads(uint16_t type, std::string_view text, std::span<const uint8_t> rdata) {
  Entry entry;
  constexpr uint8_t origin[] = {0};
  std::vector<uint8_t> read;
  return text.find_first_of("\n\r;") == text.npos && Scanner(text).Next(entry) &&
         entry.error == nullptr && ParseRdata(type, entry.words, origin, read).has_value() &&
         std::equal(read.begin(), read.end(), rdata.begin(), rdata.end());
}

Status ParseGeneric(uint16_t type, std::span<const std::string_view> words,
                    std::vector<uint8_t>& rdata) {
  const auto length =
      words.size() < 2 ? std::nullopt : ParseNumber(words[1], uint32_t{kMaxRdataOctets});
  if (!length) return BadText("\\# is not followed by a length from 0 to 65535");
  if (Status read = AppendHex(words.subspan(2), rdata); !read) return read;
  if (rdata.size() != *length) {
    return BadText(fmt::format("\\# says {} octets, there are {}", *length, rdata.size()));
  }
  if (Describe(type) != nullptr && !IsValidWire(type, rdata)) {
    return BadText(fmt::format("these octets are not what a {} record holds", TypeName(type)));
  }
  return {};
}

// ---- Through ldns. Its reader of text is lenient; what it would misread is refused or rewritten
// here before it sees it. ----

bool HasQuoteInside(std::string_view word) {
  for (size_t i = 0; i < word.size(); ++i) {
    if (word[i] == '\\') {
      ++i;
    } else if (word[i] == '"') {
      return true;
    }
  }
  return false;
}

/// A quoted word without its quotes holds no quote that is not escaped.
bool IsCharacterString(std::string_view word) {
  if (!word.empty() && word.front() == '"') {
    return word.size() >= 2 && word.back() == '"' &&
           !HasQuoteInside(word.substr(1, word.size() - 2));
  }
  return !HasQuoteInside(word);
}

/// TXT, which may be longer than ldns can hold.
Status ParseStrings(std::span<const std::string_view> words, std::vector<uint8_t>& rdata) {
  if (words.empty()) return BadText("there is no text, not even \"\"");
  for (std::string_view word : words) {
    if (!IsCharacterString(word)) return BadText(fmt::format("{} has a quote inside", word));
    if (word.front() == '"') word = word.substr(1, word.size() - 2);
    const size_t length_at = rdata.size();
    rdata.push_back(0);
    for (size_t at = 0; at < word.size();) {
      const int octet = ReadEscapable(word, at);
      if (octet < 0) return BadText(fmt::format("{} has a broken escape", word));
      rdata.push_back(static_cast<uint8_t>(octet));
    }
    const size_t length = rdata.size() - length_at - 1;
    if (length > kMaxStringOctets) return BadText("a string is longer than 255 octets");
    rdata[length_at] = static_cast<uint8_t>(length);
  }
  return {};
}

Status AppendString(std::string_view word, std::string& text) {
  if (!IsCharacterString(word)) return BadText(fmt::format("{} has a quote inside", word));
  // Quoted, so that ldns reads it as a string whatever it is (it also wants CAA and URI so).
  text += word.front() == '"' ? std::string(word) : fmt::format("\"{}\"", word);
  return {};
}

/// Made absolute here. ldns takes any name whose first label is "@" for the origin.
Status AppendName(std::string_view word, NameView origin, std::string& text) {
  NameBuffer name;
  if (Status read = ParseNameText(word, origin, name); !read) return read;
  if (name.octets[0] == 1 && name.octets[1] == '@') {
    return BadText(
        fmt::format("\"{}\" is read only as \\# LENGTH HEX: its first label is @", word));
  }
  text += AbsoluteText(name.view());
  return {};
}

/// ldns cuts off the high bits of a number that is too large.
Status AppendNumber(std::string_view word, uint32_t max, std::string& text) {
  if (!ParseNumber(word, max)) return BadText(fmt::format("\"{}\" is not from 0 to {}", word, max));
  text += word;
  return {};
}

Status AppendWord(ldns_rdf_type field, std::string_view word, NameView origin, std::string& text) {
  switch (field) {
    case LDNS_RDF_TYPE_STR:
    case LDNS_RDF_TYPE_LONG_STR:
      return AppendString(word, text);
    case LDNS_RDF_TYPE_DNAME:
      return AppendName(word, origin, text);
    case LDNS_RDF_TYPE_INT8:
      return AppendNumber(word, 0xFF, text);
    case LDNS_RDF_TYPE_INT16:
      return AppendNumber(word, 0xFFFF, text);
    case LDNS_RDF_TYPE_INT32:
      return AppendNumber(word, 0xFFFFFFFF, text);
    default:
      break;
  }
  if (word == "\\#") return BadText("\\# is not the first word");
  if (HasQuoteInside(word) && field != LDNS_RDF_TYPE_SVCPARAMS) {
    return BadText(fmt::format("{} has a quote", word));
  }
  text += word;
  return {};
}

/// The types whose first field takes several words: where the second field begins.
size_t WordsOfFirstField(uint16_t type) { return type == LDNS_RR_TYPE_HIP ? 3 : 1; }

/// An odd number of digits would be filled up with a zero.
Status CheckHexDigits(std::span<const std::string_view> words) {
  std::vector<uint8_t> ignored;
  return AppendHex(words, ignored);
}

/// "TYPE word word ...", fields rewritten as above.
Result<std::string> TextForLdns(uint16_t type, std::span<const std::string_view> words,
                                NameView origin) {
  const ldns_rr_descriptor& descriptor = *Describe(type);
  const size_t last = ldns_rr_descriptor_maximum(&descriptor) - 1;
  std::string text = fmt::format(". 1 IN {}", TypeName(type));
  for (size_t i = 0; i < words.size(); ++i) {
    const size_t skip = WordsOfFirstField(type) - 1;
    const size_t field = std::min(i < skip ? 0 : i - skip, last);
    const ldns_rdf_type kind = FieldType(descriptor, field);
    if (kind == LDNS_RDF_TYPE_HEX && field == last) {
      if (Status even = CheckHexDigits(words.subspan(i)); !even)
        return tl::unexpected(even.error());
    }
    text += ' ';
    if (Status appended = AppendWord(kind, words[i], origin, text); !appended) {
      return tl::unexpected(std::move(appended).error());
    }
  }
  return text;
}

Status ParseThroughLdns(uint16_t type, std::span<const std::string_view> words, NameView origin,
                        std::vector<uint8_t>& rdata) {
  const Result<std::string> text = TextForLdns(type, words, origin);
  if (!text) return tl::unexpected(text.error());
  if (text->size() > kMaxLdnsOctets) {
    return BadText(fmt::format("{} of over {} octets of text is read only as \\# LENGTH HEX",
                               TypeName(type), kMaxLdnsOctets));
  }
  errno = 0;  // ldns looks at it after strtol without clearing it first
  ldns_rr* raw = nullptr;
  const ldns_status status = ldns_rr_new_frm_str(&raw, text->c_str(), 1, nullptr, nullptr);
  if (status != LDNS_STATUS_OK) return BadText(ldns_get_errorstr_by_id(status));
  const RrPointer rr(raw);
  AppendRdata(*rr, rdata);
  return CheckBeyondLdns(type, rdata);
}

}  // namespace

std::optional<uint16_t> ParseType(std::string_view text) {
  if (const PlainType* const plain = FindPlainType(text)) return plain->type;
  constexpr std::string_view kGeneric = "TYPE";
  uint32_t type = 0;
  if (text.size() > kGeneric.size() && strncasecmp(text.data(), "TYPE", kGeneric.size()) == 0) {
    type = ParseNumber(text.substr(kGeneric.size()), 65535).value_or(0);
  } else if (EqualsIgnoringCase(text, kAmtRelayName)) {
    type = kAmtRelay;
  } else {
    type = ldns_get_rr_type_by_name(std::string(text).c_str());
  }
  if (!IsDataType(type)) return std::nullopt;
  return static_cast<uint16_t>(type);
}

std::string TypeName(uint16_t type) {
  if (type == kAmtRelay) return std::string(kAmtRelayName);
  const ldns_rr_descriptor* const known = Describe(type);
  return known != nullptr ? known->_name : fmt::format("TYPE{}", type);
}

bool IsRdata(uint16_t type, std::span<const uint8_t> rdata) {
  return Describe(type) == nullptr || IsValidWire(type, rdata);
}

std::string RdataText(uint16_t type, std::span<const uint8_t> rdata) {
  // ldns asks this system's databases for words.
  if (type == kWks) return GenericText(rdata);
  const std::string text = LdnsText(type, rdata);
  return Reads(type, text, rdata) ? text : GenericText(rdata);
}

Status ParseRdata(uint16_t type, std::span<const std::string_view> words, NameView origin,
                  std::vector<uint8_t>& rdata) {
  rdata.clear();
  if (!words.empty() && words[0] == "\\#") return ParseGeneric(type, words, rdata);
  if (const PlainType* const plain = FindPlainType(type)) {
    return ParsePlainRdata(*plain, words, origin, rdata);
  }
  if (type == kWks) return ParseWks(words, origin, rdata);
  if (type == kIpsecKey) return ParseIpsecKey(words, origin, rdata);
  if (type == kTxt) return ParseStrings(words, rdata);
  if (type == kAmtRelay) return ParseAmtRelay(words, origin, rdata);
  if (Describe(type) == nullptr) {
    return BadText(fmt::format("{} is read only as \\# LENGTH HEX (RFC 3597)", TypeName(type)));
  }
  return ParseThroughLdns(type, words, origin, rdata);
}

}  // namespace waypost::zone
