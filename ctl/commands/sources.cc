#include "ctl/commands/sources.h"

#include <fmt/format.h>

#include "ctl/render/units.h"
#include "dnsd/config/parse.h"

namespace waypost::ctl {
namespace {

void AddSourced(config::ParsedResource parsed, v1::ApplyRequest& request) {
  v1::SourcedResource& sourced = *request.add_resources();
  *sourced.mutable_resource() = std::move(parsed.resource);
  sourced.set_file(parsed.source.file);
  sourced.set_line(parsed.source.line);
  for (const auto& [field, line] : parsed.source.field_lines) {
    (*sourced.mutable_field_lines())[field] = line;
  }
}

size_t AppendErrors(const Problems& problems, std::string& text) {
  size_t errors = 0;
  for (const Problem& problem : problems) {
    if (problem.is_warning) continue;
    text += problem.ToString() + "\n";
    ++errors;
  }
  return errors;
}

}  // namespace

Answer<void> LoadSources(const std::vector<std::string>& paths, v1::ApplyRequest& request) {
  std::string text;
  size_t errors = 0;
  for (const std::string& path : paths) {
    config::Parsed parsed = config::LoadPath(path);
    errors += AppendErrors(parsed.problems, text) + AppendErrors(parsed.zone_problems, text);
    for (config::ParsedResource& resource : parsed.resources) {
      AddSourced(std::move(resource), request);
    }
  }
  if (errors > 0) {
    return tl::unexpected(Trouble{
        ExitCode::kRefused, render::FormatCount(errors, "problem") + ", nothing was sent", text});
  }
  if (request.resources().empty()) {
    return tl::unexpected(Trouble{ExitCode::kRefused, "the files declare nothing", {}});
  }
  return {};
}

}  // namespace waypost::ctl
