#include "dnsd/config/files.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
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

}  // namespace

Result<FileText> ReadFile(const std::string& path) {
  const FileDescriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat about {};
  if (!file.is_open() || fstat(file.get(), &about) != 0) return CannotBe("opened");
  if (S_ISDIR(about.st_mode)) return Fail(ErrorCode::kInvalid, "is a folder, not a file");
  const auto stamp = StampOf(about);
  auto text = ReadAll(file.get(), static_cast<size_t>(about.st_size));
  if (!text) return tl::unexpected(std::move(text.error()));
  return FileText{*std::move(text), stamp};
}

Result<std::vector<std::string>> NamesIn(const std::string& folder) {
  const std::unique_ptr<DIR, int (*)(DIR*)> listing(opendir(folder.c_str()), closedir);
  std::vector<std::string> names;
  errno = 0;
  while (listing) {
    const dirent* const entry = readdir(listing.get());
    if (entry == nullptr) break;
    if (entry->d_name[0] != '.') names.emplace_back(entry->d_name);
  }
  if (errno != 0) return CannotBe("read");
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace waypost::config
