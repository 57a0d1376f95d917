#include "dnsd/control/geo_keeper.h"

#include <sys/stat.h>

#include <utility>

namespace waypost::control {

GeoKeeper::GeoKeeper(std::vector<std::string> paths)
    : paths_(std::move(paths)), nothing_(geo::Atlas::Open({}).value()) {}

Status GeoKeeper::Open() {
  auto stamps = Stamps();
  auto atlas = geo::Atlas::Open(paths_);
  if (!atlas) return tl::unexpected(std::move(atlas.error()));
  const std::lock_guard lock(mutex_);
  atlas_ = *std::move(atlas);
  stamps_ = std::move(stamps);
  ++inputs_;
  return {};
}

std::shared_ptr<const geo::ClientMap> GeoKeeper::Clients(const geo::Vocabulary& vocabulary) {
  const std::lock_guard compiling(compiling_);
  std::unique_lock lock(mutex_);
  if (cached_ && cached_inputs_ == inputs_ && cached_vocabulary_ == vocabulary) return cached_;
  // Where there is no region there is no pool, so nobody's place is asked for: a server that starts
  // need not read millions of networks before it has read its configuration.
  const auto atlas = vocabulary.regions.empty() ? nothing_ : atlas_;
  const geo::LatencyTable latency = latency_;
  const uint64_t inputs = inputs_;
  lock.unlock();
  cached_ = atlas->Compile(vocabulary, latency);
  cached_vocabulary_ = vocabulary;
  cached_inputs_ = inputs;
  return cached_;
}

Result<bool> GeoKeeper::Refresh() {
  auto stamps = Stamps();
  {
    const std::lock_guard lock(mutex_);
    if (stamps == stamps_) return false;
    stamps_ = stamps;  // also when it cannot be opened: say so once, not at every look
  }
  const Status opened = Open();
  if (!opened) return tl::unexpected(opened.error());
  return true;
}

std::shared_ptr<const geo::Atlas> GeoKeeper::atlas() const {
  const std::lock_guard lock(mutex_);
  return atlas_;
}

geo::LatencyTable GeoKeeper::latency() const {
  const std::lock_guard lock(mutex_);
  return latency_;
}

void GeoKeeper::SetLatency(geo::LatencyTable table) {
  const std::lock_guard lock(mutex_);
  latency_ = std::move(table);
  ++inputs_;
}

GeoKeeper::FileStamp GeoKeeper::StampOf(const std::string& path) {
  struct stat facts {};
  if (stat(path.c_str(), &facts) != 0) return {};
  return {facts.st_size, facts.st_mtim.tv_sec * 1'000'000'000 + facts.st_mtim.tv_nsec,
          facts.st_ino};
}

std::vector<GeoKeeper::FileStamp> GeoKeeper::Stamps() const {
  std::vector<FileStamp> stamps;
  for (const std::string& path : paths_) stamps.push_back(StampOf(path));
  return stamps;
}

}  // namespace waypost::control
