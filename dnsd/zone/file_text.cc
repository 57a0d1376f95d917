#include "dnsd/zone/file_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace waypost::zone {
namespace {

namespace fs = std::filesystem;

tl::unexpected<Error> Unreadable(const std::string& path, const std::string& why) {
  return Fail(ErrorCode::kNotFound, fmt::format("cannot read {}: {}", path, why));
}

bool LeadsUp(const fs::path& path) {
  return std::find(path.begin(), path.end(), "..") != path.end();
}

bool IsBelow(const fs::path& path, const fs::path& dir) {
  return std::mismatch(dir.begin(), dir.end(), path.begin(), path.end()).first == dir.end();
}

}  // namespace

Result<std::string> LoadText(const std::string& path, size_t max_octets) {
  std::error_code error;
  if (!fs::is_regular_file(path, error)) {
    return Unreadable(path, error ? error.message() : "not a regular file");
  }
  std::ifstream file(path, std::ios::binary);
  std::string text;
  text.resize(std::min<size_t>(fs::file_size(path, error), max_octets + 1));
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (file.bad() || (file.fail() && !file.eof())) return Unreadable(path, "reading fails");
  text.resize(static_cast<size_t>(file.gcount()));
  if (text.size() > max_octets) {
    return Unreadable(path, fmt::format("longer than {} octets", max_octets));
  }
  return text;
}

Result<std::string> ResolveBelow(const std::string& dir, const std::string& name) {
  const fs::path relative(name);
  if (name.empty() || relative.is_absolute() || LeadsUp(relative)) {
    return Fail(ErrorCode::kInvalid, fmt::format("\"{}\" does not stay below {}", name, dir));
  }
  std::error_code error;
  const fs::path base = fs::canonical(dir, error);
  if (error) return Unreadable(dir, error.message());
  const fs::path path = fs::weakly_canonical(base / relative, error);
  if (error) return Unreadable(name, error.message());
  if (!IsBelow(path, base)) {
    return Fail(ErrorCode::kInvalid, fmt::format("\"{}\" leads out of {}", name, dir));
  }
  return path.string();
}

}  // namespace waypost::zone
