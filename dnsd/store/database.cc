#include "dnsd/store/database.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/table.h>
#include <rocksdb/write_batch.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <shared_mutex>
#include <system_error>

#ifdef __SANITIZE_THREAD__  // GCC's word
#define WAYPOST_TSAN
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define WAYPOST_TSAN
#endif
#endif

#ifdef WAYPOST_TSAN
/// Debian's RocksDB is not built for ThreadSanitizer, which therefore does not see its locks.
extern "C" const char* __tsan_default_suppressions() { return "race:librocksdb.so\n"; }
#endif

namespace waypost::store {
namespace {

// The store holds megabytes, is written a few times a minute and read at start: little memory, few
// files.
constexpr size_t kBlockCacheBytes = size_t{2} << 20;
constexpr int kOpenFiles = 64;
// Beyond this much in the log and the memtable, they become a table file before the next write.
constexpr uint64_t kFlushBytes = uint64_t{4} << 20;
// RocksDB's own bound for the same, far above: see MakeRoom.
constexpr size_t kWriteBufferBytes = size_t{64} << 20;
// Memory is taken from the system in pieces of this size.
constexpr size_t kArenaBytes = size_t{256} << 10;
// One key in a hundred that is not there is looked for all the same.
constexpr double kFilterBitsPerKey = 10;

/// RocksDB's notes to itself. Not kept: what went wrong is in the statuses, and RocksDB 7.8 aborts
/// the process when it writes to its own log file after the disk was full once.
class NoLog final : public rocksdb::Logger {
 public:
  using rocksdb::Logger::Logv;
  void Logv(const char*, va_list) override {}
};

rocksdb::Options DatabaseOptions() {
  rocksdb::Options options;
  options.create_if_missing = true;
  options.paranoid_checks = true;
  options.write_buffer_size = kWriteBufferBytes;
  options.arena_block_size = kArenaBytes;
  options.max_open_files = kOpenFiles;
  options.max_background_jobs = 2;
  options.info_log = std::make_shared<NoLog>();
  options.stats_dump_period_sec = 0;
  options.stats_persist_period_sec = 0;
  // A torn tail after power loss is cut off; everything synced lies before it.
  options.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = rocksdb::NewLRUCache(kBlockCacheBytes);
  // A commit asks for what its keys had. The value of a large zone is not to be read and unpacked
  // for it: not for a key that is new, nor for one that would share a block with that value.
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(kFilterBitsPerKey));
  table.block_size_deviation = 99;  // percent of a block that may stay empty
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return options;
}

bool IsHeldByAnother(const rocksdb::Status& status) {
  const std::string text = status.ToString();
  return status.IsIOError() && (text.find("lock file") != std::string::npos ||
                                text.find("lock hold by current process") != std::string::npos);
}

tl::unexpected<Error> Translate(const std::string& directory, const rocksdb::Status& status) {
  if (IsHeldByAnother(status)) {
    return Fail(ErrorCode::kUnavailable,
                fmt::format("state {} is in use by another process", directory));
  }
  const bool damaged =
      status.IsCorruption() || status.IsNotSupported() || status.IsInvalidArgument();
  return Fail(damaged ? ErrorCode::kInvalid : ErrorCode::kUnavailable,
              fmt::format("state {}: {}", directory, status.ToString()));
}

tl::unexpected<Error> SystemError(const std::string& directory, const char* what, int error) {
  return Fail(ErrorCode::kUnavailable,
              fmt::format("state {}: {}: {}", directory, what, std::strerror(error)));
}

/// Parents get the usual mode, the directory itself holds secrets of the operator: 0700.
Status MakeDirectory(const std::string& directory) {
  std::error_code error;
  const std::filesystem::path parent = std::filesystem::path(directory).parent_path();
  if (!parent.empty()) std::filesystem::create_directories(parent, error);
  if (error) return SystemError(directory, "cannot make its parent", error.value());
  if (::mkdir(directory.c_str(), 0700) == 0 || errno == EEXIST) return {};
  return SystemError(directory, "cannot make the directory", errno);
}

/// Whether the disk takes a write now.
Status ProbeDisk(const std::string& directory) {
  const std::string path = directory + "/write_probe";
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) return SystemError(directory, "cannot write", errno);
  const std::string block(4096, 'x');
  const bool written =
      ::write(file, block.data(), block.size()) == static_cast<ssize_t>(block.size()) &&
      ::fsync(file) == 0;
  const int error = errno;
  ::close(file);
  ::unlink(path.c_str());
  if (!written) return SystemError(directory, "cannot write", error);
  return {};
}

Result<std::unique_ptr<rocksdb::DB>> OpenRocks(const std::string& directory) {
  rocksdb::DB* opened = nullptr;
  rocksdb::Status status = rocksdb::DB::Open(DatabaseOptions(), directory, &opened);
  std::unique_ptr<rocksdb::DB> rocks(opened);
  if (status.ok()) status = rocks->SyncWAL();
  if (!status.ok()) return Translate(directory, status);
  return rocks;
}

/// Starts a new log when the present one is long. RocksDB would do so in the midst of a write. But
/// 7.8 aborts the process when it closes a log on which a write failed, unless SyncWAL was called
/// on that log before (facebook/rocksdb pull requests 10489 and 10555); so every log is made here
/// or in OpenRocks, and gets that call before its first write.
rocksdb::Status MakeRoom(rocksdb::DB& rocks) {
  uint64_t bytes = 0;
  rocks.GetIntProperty(rocksdb::DB::Properties::kCurSizeActiveMemTable, &bytes);
  if (bytes < kFlushBytes) return {};
  const rocksdb::Status flushed = rocks.Flush(rocksdb::FlushOptions());
  return flushed.ok() ? rocks.SyncWAL() : flushed;
}

/// Of a batch: one that doubles until all fits is copied, and takes memory, more than once.
size_t OctetsOf(const std::vector<Edit>& edits) {
  constexpr size_t kHead = 12, kMostOfEntry = 11;  // its kind, and two lengths as varints
  size_t octets = kHead;
  for (const Edit& edit : edits) {
    octets += kMostOfEntry + edit.key.size() + edit.value.value_or(std::string_view()).size();
  }
  return octets;
}

}  // namespace

struct Database::Handle {
  std::string directory;
  // Shared by views and writes, exclusive for Reopen; guards `rocks`, which is null after a Reopen
  // that failed.
  std::shared_mutex mutex;
  std::unique_ptr<rocksdb::DB> rocks;

  tl::unexpected<Error> Closed() const {
    return Fail(ErrorCode::kUnavailable,
                fmt::format("state {}: closed after a failed write", directory));
  }
};

struct Database::View::Held {
  explicit Held(Handle& of) : handle(of), lock(of.mutex) {
    if (handle.rocks != nullptr) options.snapshot = handle.rocks->GetSnapshot();
  }
  ~Held() {
    if (handle.rocks != nullptr) handle.rocks->ReleaseSnapshot(options.snapshot);
  }
  Held(const Held&) = delete;
  Held& operator=(const Held&) = delete;

  Status Finish(const rocksdb::Iterator& it) const {
    if (!it.status().ok()) return Translate(handle.directory, it.status());
    return {};
  }

  Handle& handle;
  std::shared_lock<std::shared_mutex> lock;
  rocksdb::ReadOptions options;
};

Database::View::View(const Database& database) : held_(std::make_unique<Held>(*database.handle_)) {}

Database::View::~View() = default;

Result<std::optional<std::string>> Database::View::Get(const std::string& key) const {
  if (held_->handle.rocks == nullptr) return held_->handle.Closed();
  std::string value;
  const rocksdb::Status status = held_->handle.rocks->Get(held_->options, key, &value);
  if (status.IsNotFound()) return std::nullopt;
  if (!status.ok()) return Translate(held_->handle.directory, status);
  return value;
}

Status Database::View::Scan(const std::string& prefix, const Visitor& visit) const {
  if (held_->handle.rocks == nullptr) return held_->handle.Closed();
  const std::unique_ptr<rocksdb::Iterator> it(held_->handle.rocks->NewIterator(held_->options));
  for (it->Seek(prefix); it->Valid() && it->key().starts_with(prefix); it->Next()) {
    auto more = visit(it->key().ToStringView(), it->value().ToStringView());
    if (!more) return tl::unexpected<Error>(std::move(more).error());
    if (!*more) return {};
  }
  return held_->Finish(*it);
}

Status Database::View::ScanBack(const std::string& prefix, const std::string& end,
                                const Visitor& visit) const {
  if (held_->handle.rocks == nullptr) return held_->handle.Closed();
  const std::unique_ptr<rocksdb::Iterator> it(held_->handle.rocks->NewIterator(held_->options));
  it->SeekForPrev(end);
  if (it->Valid() && it->key() == rocksdb::Slice(end)) it->Prev();
  for (; it->Valid() && it->key().starts_with(prefix); it->Prev()) {
    auto more = visit(it->key().ToStringView(), it->value().ToStringView());
    if (!more) return tl::unexpected<Error>(std::move(more).error());
    if (!*more) return {};
  }
  return held_->Finish(*it);
}

Database::Database(std::unique_ptr<Handle> handle) : handle_(std::move(handle)) {}

Database::~Database() = default;

Result<std::unique_ptr<Database>> Database::Open(const std::string& directory) {
  if (auto made = MakeDirectory(directory); !made) {
    return tl::unexpected<Error>(std::move(made).error());
  }
  auto rocks = OpenRocks(directory);
  if (!rocks) return tl::unexpected<Error>(std::move(rocks).error());
  auto handle = std::make_unique<Handle>();
  handle->directory = directory;
  handle->rocks = *std::move(rocks);
  return std::unique_ptr<Database>(new Database(std::move(handle)));
}

Status Database::Write(const std::vector<Edit>& edits, bool sync) {
  const std::shared_lock lock(handle_->mutex);
  if (handle_->rocks == nullptr) return handle_->Closed();
  rocksdb::WriteBatch batch(OctetsOf(edits));
  for (const Edit& edit : edits) {
    const rocksdb::Status added =
        edit.value ? batch.Put(edit.key, rocksdb::Slice(*edit.value)) : batch.Delete(edit.key);
    if (!added.ok()) return Translate(handle_->directory, added);
  }
  rocksdb::WriteOptions options;
  options.sync = sync;
  rocksdb::Status status = MakeRoom(*handle_->rocks);
  if (status.ok()) status = handle_->rocks->Write(options, &batch);
  if (!status.ok()) return Translate(handle_->directory, status);
  return {};
}

Status Database::Reopen() {
  const std::unique_lock lock(handle_->mutex);
  if (auto probed = ProbeDisk(handle_->directory); !probed) return probed;
  handle_->rocks.reset();
  auto rocks = OpenRocks(handle_->directory);
  if (!rocks) return tl::unexpected<Error>(std::move(rocks).error());
  handle_->rocks = *std::move(rocks);
  return {};
}

}  // namespace waypost::store
