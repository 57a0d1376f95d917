#include "healthd/probe/load_reader.h"

#include <boost/beast/core/string.hpp>

#include "healthd/probe/json_number.h"
#include "healthd/probe/number_text.h"

namespace waypost::probe {
namespace {

/// As the schema states it.
constexpr double kMaxNumber = 1e15;

Result<double> FieldNumber(const std::string& name, const std::optional<std::string>& value) {
  if (!value) return Fail(ErrorCode::kNotFound, "there is no header " + name);
  const auto number = ParseNumber(*value);
  if (!number) return Fail(ErrorCode::kInvalid, "header " + name + " is no number");
  return *number;
}

}  // namespace

void LoadReader::TakeField(std::string_view name, std::string_view value) {
  for (Source* source : {&used_, &capacity_}) {
    const Reading& reading = source->reading;
    if (reading.from == Reading::From::kHeader && boost::beast::iequals(reading.name, name)) {
      source->field = value;
    }
  }
}

Result<double> LoadReader::ReadOne(const Source& source, const std::string& body) {
  const Reading& reading = source.reading;
  switch (reading.from) {
    case Reading::From::kHeader:
      return FieldNumber(reading.name, source.field);
    case Reading::From::kJson:
      return FindNumber(body, reading.name);
    case Reading::From::kPrometheus:
      return SumSamples(body, reading.selector, body.size() >= kMaxBody);
    case Reading::From::kNumber:
      break;
  }
  return reading.number;
}

Result<Load> LoadReader::Read(const std::string& body) const {
  const auto used = ReadOne(used_, body);
  if (!used) return Fail(used.error().code, "load: " + used.error().message);
  if (*used < 0 || *used > kMaxNumber) {
    return Fail(ErrorCode::kInvalid, "load: the number is not within 0 and 1e15");
  }
  const auto capacity = ReadOne(capacity_, body);
  if (!capacity) return Fail(capacity.error().code, "capacity: " + capacity.error().message);
  if (*capacity <= 0 || *capacity > kMaxNumber) {
    return Fail(ErrorCode::kInvalid, "capacity: the number is not within 0 and 1e15");
  }
  return Load{*used, *capacity};
}

}  // namespace waypost::probe
