#include "ctl/commands/session.h"

namespace waypost::ctl {
namespace {

/// Cleans each line for itself.
std::string CleanLines(const std::string& text) {
  std::string clean;
  for (size_t start = 0; start < text.size();) {
    const size_t end = std::min(text.find('\n', start), text.size());
    clean += render::Clean(text.substr(start, end - start)) + "\n";
    start = end + 1;
  }
  return clean;
}

const char* SummaryOf(ExitCode code) {
  switch (code) {
    case ExitCode::kConflict:
      return "conflict: someone else changed the configuration meanwhile: ";
    case ExitCode::kRefused:
      return "refused: ";
    default:
      return "";
  }
}

}  // namespace

ExitCode Session::Fail(const Trouble& trouble) {
  out.flush();
  err << CleanLines(trouble.details) << "waypostctl: " << SummaryOf(trouble.code)
      << CleanLines(trouble.message + "\n");
  return trouble.code;
}

bool Session::Confirm(const std::string& question, bool yes) {
  if (yes || !interactive) return true;
  out << question << " [y/N] " << std::flush;
  std::string answer;
  std::getline(in, answer);
  return answer == "y" || answer == "Y" || answer == "yes";
}

}  // namespace waypost::ctl
