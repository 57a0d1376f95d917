#include "dnsd/geo/atlas.h"

#include "dnsd/geo/country_table.h"
#include "dnsd/geo/map_compiler.h"
#include "dnsd/geo/normalise.h"

namespace waypost::geo {
namespace {

class FileAtlas final : public Atlas {
 public:
  Status Add(const std::string& path) {
    auto file = MmdbFile::Open(path, strings_);
    if (!file) return tl::unexpected(std::move(file).error());
    databases_.push_back((*file)->info());
    files_.push_back(std::move(*file));
    return {};
  }

  const std::vector<DatabaseInfo>& databases() const override { return databases_; }

  std::shared_ptr<const ClientMap> Compile(const Vocabulary& vocabulary,
                                           const LatencyTable& latency) const override {
    const NetworkTable networks = NetworkTable::Build(vocabulary);
    const MeasuredTimes times = MeasuredTimes::Build(latency, vocabulary);
    return MapCompiler(files_, strings_, vocabulary, networks, times).Compile();
  }

  Description Describe(const IpAddress& client, const Vocabulary& vocabulary) const override;

 private:
  Place PlaceOf(const PlaceFacts& facts) const;
  void DescribeByFiles(Description& description) const;

  StringPool strings_;
  MapCompiler::Files files_;
  std::vector<DatabaseInfo> databases_;
};

Place FileAtlas::PlaceOf(const PlaceFacts& facts) const {
  Place place;
  place.country = facts.country;
  place.continent = facts.continent;
  place.subdivision =
      strings_.Text(facts.subdivision_code != 0 ? facts.subdivision_code : facts.subdivision_name);
  place.city = strings_.Text(facts.city);
  place.has_coordinates = facts.has_coordinates;
  if (facts.has_coordinates) place.coordinates = {facts.latitude, facts.longitude};
  return place;
}

void FileAtlas::DescribeByFiles(Description& description) const {
  uint32_t asn = 0;
  bool has_place = false;
  for (const auto& file : files_) {
    const PlaceFacts& facts = file->facts()[file->Lookup(description.located)];
    if (asn == 0) asn = facts.asn;
    if (has_place || !facts.HasPlace()) continue;
    has_place = true;
    description.place = PlaceOf(facts);
    description.source = file->info().path;
  }
  description.place.asn = asn;
}

Description FileAtlas::Describe(const IpAddress& client, const Vocabulary& vocabulary) const {
  Description description;
  description.located = Normalise(client).address;
  description.source = "default";
  DescribeByFiles(description);
  const NetworkTable networks = NetworkTable::Build(vocabulary);
  const IpPrefix whole{description.located, description.located.bits()};
  const NetworkTable::Entry& network = networks.At(networks.trie().Find(whole));
  description.labels = network.labels;
  if (network.place == nullptr) return description;
  const uint32_t asn = description.place.asn;
  description.place = network.place->place;
  if (description.place.asn == 0) description.place.asn = asn;
  CompleteFromCountry(description.place);
  description.source = "network \"" + vocabulary.labels[network.place->label].network + "\"";
  return description;
}

}  // namespace

Result<std::shared_ptr<const Atlas>> Atlas::Open(const std::vector<std::string>& paths) {
  if (paths.size() > MapCompiler::kMaxFiles) {
    return Fail(ErrorCode::kInvalid, std::to_string(paths.size()) + " geo databases; at most " +
                                         std::to_string(MapCompiler::kMaxFiles) + " can be read");
  }
  auto atlas = std::make_shared<FileAtlas>();
  for (const auto& path : paths)
    if (const Status added = atlas->Add(path); !added) return tl::unexpected(added.error());
  return atlas;
}

}  // namespace waypost::geo
