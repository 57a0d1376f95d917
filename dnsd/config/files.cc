#include "dnsd/config/files.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <limits>
#include <memory>

#include "dnsd/base/file_descriptor.h"
#include "dnsd/config/parse.h"

namespace waypost::config {
namespace {

constexpr size_t kPart = size_t{64} << 10U;

tl::unexpected<Error> CannotBe(const char* what) {
  return Fail(ErrorCode::kUnavailable, fmt::format("cannot be {}: {}", what, strerror(errno)));
}

/// `size`: in octets; 0: it has none that is known, as a pipe.
Result<std::string> ReadAll(int file, size_t size) {
  std::string text;
  // One octet more than there should be shows that there is more.
  text.resize(size > 0 ? std::min(size, kMaxDocumentBytes) + 1 : kPart);
  for (size_t done = 0;;) {
    if (done == text.size()) text.resize(2 * done);
    const ssize_t count = read(file, text.data() + done, text.size() - done);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return CannotBe("read");
    done += static_cast<size_t>(count);
    if (done > kMaxDocumentBytes) return Fail(ErrorCode::kInvalid, "is larger than 64 MiB");
    const bool is_whole = size > 0 && done == size;
    if (count > 0 && !is_whole) continue;
    text.resize(done);
    return text;
  }
}

/// nullopt: it has more than `most` octets, or it is not known how many.
std::optional<Result<FileText>> Read(const std::string& path, size_t most) {
  const FileDescriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat about {};
  if (!file.is_open() || fstat(file.get(), &about) != 0) return CannotBe("opened");
  if (S_ISDIR(about.st_mode)) return Fail(ErrorCode::kInvalid, "is a folder, not a file");
  const auto octets = static_cast<size_t>(about.st_size);
  const bool is_bounded = most < std::numeric_limits<size_t>::max();
  if (is_bounded && (octets == 0 || octets > most)) return std::nullopt;
  const auto stamp = StampOf(about);
  auto text = ReadAll(file.get(), octets);
  if (!text) return tl::unexpected(std::move(text.error()));
  return FileText{*std::move(text), stamp};
}

}  // namespace

Result<FileText> ReadFile(const std::string& path) {
  return *Read(path, std::numeric_limits<size_t>::max());
}

std::optional<Result<FileText>> ReadSmallFile(const std::string& path) {
  return Read(path, kSmallFileOctets);
}

Result<std::vector<FolderEntry>> EntriesOf(const std::string& folder) {
  const std::unique_ptr<DIR, int (*)(DIR*)> listing(opendir(folder.c_str()), closedir);
  std::vector<FolderEntry> entries;
  errno = 0;
  while (listing) {
    const dirent* const entry = readdir(listing.get());
    if (entry == nullptr) break;
    if (entry->d_name[0] != '.') entries.push_back({entry->d_name, entry->d_type == DT_REG});
  }
  if (errno != 0) return CannotBe("read");
  std::sort(entries.begin(), entries.end(),
            [](const FolderEntry& a, const FolderEntry& b) { return a.name < b.name; });
  return entries;
}

}  // namespace waypost::config
