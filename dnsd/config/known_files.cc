#include "dnsd/config/known_files.h"

#include <sys/stat.h>

#include <chrono>
#include <cstdlib>

namespace waypost::config {
namespace {

/// Clocks of file systems tick every few milliseconds; those of others may be off by more.
constexpr int64_t kJustNowNs = 100'000'000;

int64_t Nanoseconds(const timespec& time) { return time.tv_sec * 1'000'000'000 + time.tv_nsec; }

}  // namespace

std::optional<FileStamp> StampOf(const std::string& path) {
  struct stat about {};
  if (::stat(path.c_str(), &about) != 0) return std::nullopt;
  const FileStamp stamp{about.st_dev, about.st_ino, static_cast<uint64_t>(about.st_size),
                        Nanoseconds(about.st_mtim), Nanoseconds(about.st_ctim)};
  const int64_t now_ns = std::chrono::duration_cast<std::chrono::nanoseconds>(
                             std::chrono::system_clock::now().time_since_epoch())
                             .count();
  const bool is_new = std::abs(now_ns - stamp.changed_ns) < kJustNowNs;
  return is_new ? std::nullopt : std::optional(stamp);
}

}  // namespace waypost::config
