#include "dnsd/geo/client_key.h"

#include <algorithm>
#include <charconv>

#include "dnsd/geo/atlas.h"

namespace waypost::geo {
namespace {

Result<ClientKey> ParsePrefix(std::string_view text) {
  const auto prefix = IpPrefix::Parse(text);
  if (!prefix) {
    return Fail(ErrorCode::kInvalid, "\"" + std::string(text) +
                                         "\" is not a prefix such as 192.0.2.0/24, with zero bits "
                                         "after its length");
  }
  ClientKey key;
  key.kind = ClientKey::Kind::kPrefix;
  key.prefix = *prefix;
  return key;
}

Result<ClientKey> ParseAsn(std::string_view text) {
  ClientKey key;
  key.kind = ClientKey::Kind::kAsn;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), key.asn);
  if (error != std::errc() || end != text.data() + text.size() || key.asn == 0) {
    return Fail(ErrorCode::kInvalid, "\"" + std::string(text) +
                                         "\" is not an autonomous system number, 1 to 4294967295");
  }
  return key;
}

Result<ClientKey> ParseCountryKey(std::string_view text) {
  ClientKey key;
  key.kind = ClientKey::Kind::kCountry;
  key.country = ParseCountry(text);
  if (key.country == 0) {
    return Fail(ErrorCode::kInvalid,
                "\"" + std::string(text) + "\" is not a country's two-letter code (ISO 3166-1)");
  }
  return key;
}

Result<ClientKey> ParseCity(std::string_view text) {
  const size_t slash = text.find('/');
  if (slash == std::string_view::npos || slash + 1 == text.size()) {
    return Fail(ErrorCode::kInvalid,
                "\"" + std::string(text) + "\" is not a city such as IE/Dublin");
  }
  Result<ClientKey> key = ParseCountryKey(text.substr(0, slash));
  if (!key) return key;
  key->kind = ClientKey::Kind::kCity;
  key->city = text.substr(slash + 1);
  return key;
}

using Parser = Result<ClientKey> (*)(std::string_view);
struct Scheme {
  std::string_view word;
  Parser parse;
};
constexpr Scheme kSchemes[] = {{"prefix:", ParsePrefix},
                               {"asn:", ParseAsn},
                               {"country:", ParseCountryKey},
                               {"city:", ParseCity}};

const Scheme* SchemeOf(std::string_view text) {
  for (const auto& scheme : kSchemes)
    if (text.substr(0, scheme.word.size()) == scheme.word) return &scheme;
  return nullptr;
}

}  // namespace

Result<ClientKey> ClientKey::Parse(std::string_view text) {
  const Scheme* scheme = SchemeOf(text);
  if (scheme != nullptr) return scheme->parse(text.substr(scheme->word.size()));
  return Fail(ErrorCode::kInvalid, "client \"" + std::string(text) +
                                       "\" is none of prefix:P, asn:N, country:CC, city:CC/NAME");
}

Result<ClientKey> ClientKey::ParseShort(std::string_view text) {
  if (SchemeOf(text) != nullptr) return Parse(text);
  if (text.size() == 2) return ParseCountryKey(text);
  const std::string start = Lowered(text.substr(0, 2));
  if (start == "as") return ParseAsn(text.substr(2));
  if (text.find_first_of(".:") != std::string_view::npos) return ParsePrefix(text);
  return Fail(ErrorCode::kInvalid,
              "client \"" + std::string(text) +
                  "\" is none of a prefix, AS64500, a country's two letters, city:CC/NAME");
}

std::string ClientKey::ToString() const {
  switch (kind) {
    case Kind::kPrefix:
      return "prefix:" + prefix.ToString();
    case Kind::kAsn:
      return "asn:" + std::to_string(asn);
    case Kind::kCountry:
      return "country:" + CountryName(country);
    case Kind::kCity:
      return "city:" + CountryName(country) + "/" + city;
  }
  return {};
}

std::string Lowered(std::string_view text) {
  std::string lowered(text);
  std::transform(lowered.begin(), lowered.end(), lowered.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return lowered;
}

}  // namespace waypost::geo
