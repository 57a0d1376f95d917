// What a reply may tell of a load. The first octet says how it is read, the first line where the
// number stands, all else is the reply's body.
#include <cmath>
#include <cstdlib>
#include <string>

#include "healthd/probe/json_number.h"
#include "healthd/probe/load_reader.h"

namespace waypost::probe {
namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

void ReadFrom(const Reading& used, const std::string& body) {
  LoadSpec spec;
  spec.used = used;
  LoadReader reader(spec);
  reader.TakeField("x-load", body);
  const auto load = reader.Read(body);
  if (!load) return Require(load.error().message.size() < 2048);
  Require(std::isfinite(load->used) && load->used >= 0 && load->capacity == 100);
}

void Try(char kind, const std::string& place, const std::string& body) {
  Reading used;
  if (kind % 3 == 0) {
    used.from = Reading::From::kHeader;
    used.name = "X-Load";
  } else if (kind % 3 == 1) {
    if (!IsJsonPointer(place) || place.size() > 1024) return;
    used.from = Reading::From::kJson;
    used.name = place;
  } else {
    auto selector = ParseMetricSelector(place);
    if (!selector || place.size() > 1024) return;
    used.from = Reading::From::kPrometheus;
    used.selector = *std::move(selector);
  }
  ReadFrom(used, body);
}

}  // namespace
}  // namespace waypost::probe

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const size_t end = std::min(text.find('\n'), text.size());
  waypost::probe::Try(static_cast<char>(data[0] & 0x7F), text.substr(0, end),
                      text.substr(std::min(end + 1, text.size())));
  return 0;
}
