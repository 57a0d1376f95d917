#include "healthd/probe/redirect.h"

#include <algorithm>
#include <charconv>

#include "healthd/probe/request.h"

namespace waypost::probe {
namespace {

constexpr size_t kMaxLocation = 8192;

struct Place {
  bool is_tls = false;
  std::string host;
  uint16_t port = 0;
  std::string target;
};

tl::unexpected<Failure> Refuse(std::string_view location, const char* fact) {
  return tl::unexpected(
      Failure{v1::LAYER_CONTENT, v1::FAULT_STATUS, "redirect to " + Quoted(location) + " " + fact});
}

/// "host:port" or "[address]:port", the port optional; false: it is neither.
bool ReadAuthority(std::string_view text, Place& place) {
  const size_t bracket = text.rfind(']');
  const size_t colon = text.find(':', bracket == std::string_view::npos ? 0 : bracket);
  place.host = Lower(text.substr(0, colon));
  if (place.host.starts_with('[') && place.host.ends_with(']'))
    place.host = place.host.substr(1, place.host.size() - 2);
  place.port = place.is_tls ? 443 : 80;
  if (colon == std::string_view::npos) return !place.host.empty();
  const char* const last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data() + colon + 1, last, place.port);
  return error == std::errc() && end == last && place.port > 0 && !place.host.empty();
}

bool ReadPlace(std::string_view location, Place& place) {
  const std::string lower = Lower(location.substr(0, 8));
  place.is_tls = lower.starts_with("https://");
  if (!place.is_tls && !lower.starts_with("http://")) return false;
  location.remove_prefix(place.is_tls ? 8 : 7);
  const size_t path = std::min(location.find_first_of("/?"), location.size());
  place.target = location.substr(path);
  if (!place.target.starts_with('/')) place.target = "/" + place.target;
  return ReadAuthority(location.substr(0, path), place);
}

bool IsSendable(std::string_view text) {
  return text.size() <= kMaxLocation && std::all_of(text.begin(), text.end(), [](unsigned char c) {
           return c > ' ' && c != 0x7F;
         });
}

std::string HostOf(const Spec& spec) {
  Place place;
  ReadAuthority(std::get<HttpSpec>(spec.what).request.authority, place);
  return place.host;
}

}  // namespace

tl::expected<Spec, Failure> Follow(const Spec& spec, std::string_view location) {
  const std::string_view whole = location.substr(0, location.find('#'));
  if (!IsSendable(whole)) return Refuse(location, "is no address");
  Spec next = spec;
  HttpSpec& http = std::get<HttpSpec>(next.what);
  --http.redirects;
  if (whole.starts_with('/') && !whole.starts_with("//")) {
    http.request.target = whole;
    return next;
  }
  Place place;
  if (!ReadPlace(whole, place)) return Refuse(location, "is not followed");
  if (place.host != HostOf(spec) && place.host != spec.address.address.ToString())
    return Refuse(location, "leaves the endpoint");
  next.address.port = place.port;
  http.request.target = place.target;
  http.request.authority = AuthorityOf(place.host, place.is_tls, next.address);
  if (!place.is_tls) next.tls.reset();
  if (place.is_tls && !next.tls) next.tls = TlsSpec{.name = place.host, .alpn = "http/1.1"};
  return next;
}

}  // namespace waypost::probe
