// Any text as a resource file: it is read, checked and built, and what was read is rendered and
// read again. Nothing may crash, hang or grow without bound.
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string_view>

#include "dnsd/config/build.h"
#include "dnsd/config/parse.h"
#include "dnsd/config/render.h"

namespace {

using waypost::config::Collect;
using waypost::config::Collected;
using waypost::config::ParseDocuments;

/// What was read without a problem must read the same from its own rendering.
void CheckRoundTrip(const waypost::v1::Resource& resource) {
  for (const std::string& text :
       {waypost::config::ToYaml(resource), waypost::config::ToJson(resource)}) {
    const auto again = ParseDocuments(text, "again");
    if (again.problems.empty() && again.resources.size() == 1 &&
        waypost::config::ToYaml(again.resources[0].resource) == waypost::config::ToYaml(resource)) {
      continue;
    }
    std::cerr << "does not read back:\n" << text;
    std::abort();
  }
}

}  // namespace

// ldns leaks a few octets of some records that it refuses.
extern "C" const char* __lsan_default_suppressions() { return "leak:libldns\n"; }

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  Collected collected = Collect(ParseDocuments(text, "input"));
  for (const auto& [id, resource] : collected.resources) CheckRoundTrip(*resource);
  const auto result = waypost::config::Build(collected.resources, nullptr);
  Locate(collected.problems, collected.sources);
  if (result.built == nullptr) return 0;
  const auto now = std::chrono::system_clock::time_point();
  const auto layout = LayoutFor(*result.built, now);
  for (uint32_t i = 0; i < layout.endpoints.size(); ++i) {
    MonitorFor(*result.built, i);
    ProbeAddressFor(*result.built, i);
  }
  PinsFor(*result.built, now);
  Build(collected.resources, result.built.get());
  return 0;
}
