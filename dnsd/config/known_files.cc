#include "dnsd/config/known_files.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <span>

#include "dnsd/base/siphash.h"

namespace waypost::config {
namespace {

/// Clocks of file systems tick every few milliseconds; those of others may be off by more.
constexpr int64_t kJustNowNs = 100'000'000;

int64_t Nanoseconds(const timespec& time) { return time.tv_sec * 1'000'000'000 + time.tv_nsec; }

/// Two that differ have the same digest once in 2^64.
uint64_t DigestOf(std::span<const uint8_t> octets) { return SipHash24(SipKey{}, octets); }

}  // namespace

std::optional<FileStamp> StampOf(const std::string& path) {
  struct stat about {};
  return ::stat(path.c_str(), &about) == 0 ? StampOf(about) : std::nullopt;
}

std::optional<FileStamp> StampOf(const struct stat& about) {
  const int64_t changed_ns = Nanoseconds(about.st_ctim);
  const int64_t now_ns = std::chrono::duration_cast<std::chrono::nanoseconds>(
                             std::chrono::system_clock::now().time_since_epoch())
                             .count();
  const bool is_new = std::abs(now_ns - changed_ns) < kJustNowNs;
  if (is_new) return std::nullopt;
  const std::array<uint64_t, 5> facts = {
      about.st_dev, about.st_ino, static_cast<uint64_t>(about.st_size),
      static_cast<uint64_t>(Nanoseconds(about.st_mtim)), static_cast<uint64_t>(changed_ns)};
  return DigestOf({reinterpret_cast<const uint8_t*>(facts.data()), sizeof facts});
}

uint64_t KnownFiles::KeyOf(const std::string& path) {
  return DigestOf({reinterpret_cast<const uint8_t*>(path.data()), path.size()});
}

KnownFile* KnownFiles::Find(const std::string& path) {
  if (sorted_ != files_.size()) Sort();
  const uint64_t key = KeyOf(path);
  const auto at = std::partition_point(files_.begin(), files_.end(),
                                       [key](const Entry& entry) { return entry.first < key; });
  return at != files_.end() && at->first == key ? &at->second : nullptr;
}

void KnownFiles::Sort() {
  // Of equal ones the last that was put in is to be the first, and to stay.
  std::reverse(files_.begin(), files_.end());
  std::stable_sort(files_.begin(), files_.end(),
                   [](const Entry& a, const Entry& b) { return a.first < b.first; });
  const auto is_same = [](const Entry& a, const Entry& b) { return a.first == b.first; };
  files_.erase(std::unique(files_.begin(), files_.end(), is_same), files_.end());
  sorted_ = files_.size();
}

}  // namespace waypost::config
