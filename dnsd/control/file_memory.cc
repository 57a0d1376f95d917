#include "dnsd/control/file_memory.h"

#include <fmt/format.h>

#include <unordered_set>

#include "dnsd/base/siphash.h"

namespace waypost::control {
namespace {

constexpr size_t kDigestOctets = 16;
const std::string kPrefix = "statement/";
/// Of former versions: all in one value.
constexpr const char* kFormerKey = "loaded-files";

tl::unexpected<Error> Damaged(std::string_view key) {
  return Fail(ErrorCode::kInvalid, fmt::format("state \"{}\" is damaged", key));
}

}  // namespace

std::string DigestOf(std::string_view serialized) {
  // Two hashes of 64 bits each, with keys that are no secret.
  const std::span octets(reinterpret_cast<const uint8_t*>(serialized.data()), serialized.size());
  std::string digest;
  for (const uint8_t key : {uint8_t{0}, uint8_t{1}}) {
    const uint64_t hash = SipHash24(SipKey{key}, octets);
    for (int shift = 56; shift >= 0; shift -= 8) digest += static_cast<char>(hash >> shift);
  }
  return digest;
}

Result<config::KnownFiles> FileMemory::Open() {
  if (Status status = TakeOver(); !status) return tl::unexpected(status.error());
  config::KnownFiles known;
  const auto visit = [&](std::string_view key, std::string_view value) -> Status {
    v1::Statement statement;
    if (!statement.ParseFromArray(value.data(), static_cast<int>(value.size())))
      return Damaged(key);
    ++size_;
    if (statement.stamp() != 0) known.Put(statement.path(), {statement.stamp(), nullptr});
    return {};
  };
  if (Status status = store_.ScanState(kPrefix, visit); !status) {
    return tl::unexpected(status.error());
  }
  return known;
}

Status FileMemory::TakeOver() {
  const auto bytes = store_.GetState(kFormerKey);
  if (!bytes) return tl::unexpected(bytes.error());
  if (!bytes->has_value()) return {};
  v1::LoadedFiles files;
  if (!files.ParseFromString(**bytes)) return Damaged(kFormerKey);
  std::vector<store::StateEdit> edits = {{kFormerKey, std::nullopt}};
  for (const auto& [id, value] : files.resources()) {
    v1::Statement statement;
    statement.set_digest(value.size() == kDigestOctets ? value : DigestOf(value));
    edits.push_back({kPrefix + id, statement.SerializeAsString()});
  }
  return store_.WriteState(edits, true);
}

Result<std::optional<v1::Statement>> FileMemory::Find(const std::string& id) const {
  const auto bytes = store_.GetState(kPrefix + id);
  if (!bytes) return tl::unexpected(bytes.error());
  if (!bytes->has_value()) return std::nullopt;
  v1::Statement statement;
  if (!statement.ParseFromString(**bytes)) return Damaged(kPrefix + id);
  return statement;
}

Result<Former> FileMemory::Recall(const config::Parsed& parsed, bool is_all) const {
  Former former;
  if (size_ == 0) return former;
  std::unordered_set<std::string> named;
  for (const config::ParsedResource& one : parsed.resources) {
    std::string id = config::IdOf(one.resource);
    auto statement = Find(id);
    if (!statement) return tl::unexpected(statement.error());
    if (*statement) former.statements.emplace(id, **std::move(statement));
    named.insert(std::move(id));
  }
  // What was kept was there before, so that numbers tell whether anything is gone.
  if (!is_all || parsed.kept.size() + former.statements.size() == size_) return former;
  named.insert(parsed.kept.begin(), parsed.kept.end());
  const auto visit = [&](std::string_view key, std::string_view /*value*/) -> Status {
    std::string id(key.substr(kPrefix.size()));
    if (!named.contains(id)) former.gone.push_back(std::move(id));
    return {};
  };
  if (Status status = store_.ScanState(kPrefix, visit); !status) {
    return tl::unexpected(status.error());
  }
  return former;
}

Status FileMemory::Write(const Statements& news, const Former& former) {
  std::vector<store::StateEdit> edits;
  edits.reserve(news.size() + former.gone.size());
  size_t size = size_ - former.gone.size();
  for (const std::string& id : former.gone) edits.push_back({kPrefix + id, std::nullopt});
  for (const auto& [id, statement] : news) {
    size += former.statements.contains(id) ? 0 : 1;
    edits.push_back({kPrefix + id, statement.SerializeAsString()});
  }
  if (edits.empty()) return {};
  const Status written = store_.WriteState(edits, true);
  if (written) size_ = size;
  return written;
}

}  // namespace waypost::control
