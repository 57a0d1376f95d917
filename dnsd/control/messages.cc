#include "dnsd/control/messages.h"

#include <fmt/format.h>

#include "dnsd/base/utf8.h"

namespace waypost::control {

v1::Problem ToProto(const Problem& problem) {
  v1::Problem message;
  message.set_file(Legible(problem.file));
  message.set_line(problem.line);
  message.set_object(Legible(problem.object));
  message.set_field(Legible(problem.field));
  message.set_fact(Legible(problem.fact));
  message.set_warning(problem.is_warning);
  return message;
}

Problem FromProto(const v1::Problem& message) {
  return {message.file(),  message.line(), message.object(),
          message.field(), message.fact(), message.warning()};
}

std::string Summary(const Problems& problems) {
  constexpr size_t kShown = 3;
  std::string text;
  size_t errors = 0;
  for (const Problem& problem : problems) {
    if (problem.is_warning || ++errors > kShown) continue;
    text += (text.empty() ? "" : "; ") + problem.ToString();
  }
  if (errors > kShown) text += fmt::format("; and {} more", errors - kShown);
  return text;
}

}  // namespace waypost::control
