#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>

#include "dnsd/config/scalar.h"
#include "dnsd/config/validate_probe.h"

namespace waypost::config {
namespace {

using steer::Reporter;

constexpr double kMaxNumber = 1e15;
/// As much as a header's name or a long path may have.
constexpr size_t kMaxPlace = 1024;

/// RFC 9110 section 5.6.2; RFC 6901 section 3; the names and label values of Prometheus's text
/// format.
constexpr const char* kHeader = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
constexpr const char* kPointer = "(?s)(/([^~]|~[01])*)?";
constexpr const char* kMetric = "[a-zA-Z_:][a-zA-Z0-9_:]*";
constexpr const char* kLabel =
    R"([ \t]*[a-zA-Z_:][a-zA-Z0-9_:]*[ \t]*=[ \t]*"([^"\\]|\\["\\n])*"[ \t]*)";

bool IsOf(const std::string& text, const std::string& pattern) {
  return text.size() <= kMaxPlace && RE2::FullMatch(text, pattern);
}

std::string SelectorPattern() {
  return fmt::format(R"({}(\{{({}(,{})*,?)?[ \t]*\}})?)", kMetric, kLabel, kLabel);
}

void CheckReading(const v1::Reading& reading, const Reporter& report) {
  if (reading.has_header() && !IsOf(reading.header(), kHeader)) {
    report.Fail("header", Quoted(reading.header()) + " is not a header's name (RFC 9110)");
  }
  if (reading.has_json() && !IsOf(reading.json(), kPointer)) {
    report.Fail("json", Quoted(reading.json()) + " is no JSON Pointer (RFC 6901) such as /a/b");
  }
  if (reading.has_prometheus() && !IsOf(reading.prometheus(), SelectorPattern())) {
    report.Fail("prometheus",
                Quoted(reading.prometheus()) + " is not of the form NAME{LABEL=\"VALUE\",...}");
  }
}

bool IsInBody(const v1::Reading& reading) { return reading.has_json() || reading.has_prometheus(); }

}  // namespace

void CheckLoadFeedback(const v1::LoadFeedback& load, bool has_body, const Reporter& report) {
  const bool is_read = load.used().from_case() != v1::Reading::FROM_NOT_SET &&
                       load.used().from_case() != v1::Reading::kNumber;
  if (!is_read) report.Fail("used", "must name a header, json or prometheus");
  CheckReading(load.used(), report.In("used"));
  CheckReading(load.capacity(), report.In("capacity"));
  const double number = load.capacity().number();
  if (load.capacity().has_number() && !(number > 0 && number <= kMaxNumber)) {
    report.Fail("capacity.number", fmt::format("{:g} is not above 0 and at most 1e15", number));
  }
  if (!has_body && (IsInBody(load.used()) || IsInBody(load.capacity()))) {
    report.Fail("", "reads a body, which never comes with method HEAD");
  }
}

}  // namespace waypost::config
