#include "dnsd/geo/mmdb_file.h"

#include <maxminddb.h>

#include <array>
#include <cmath>
#include <vector>

#include "dnsd/geo/country_table.h"
#include "dnsd/geo/normalise.h"

namespace waypost::geo {
namespace {

using Path = std::array<const char*, 5>;  // keys from outside in, then nullptr

tl::unexpected<Error> Corrupt(const std::string& path, const std::string& fact) {
  return Fail(ErrorCode::kInvalid, path + ": corrupt geo database: " + fact);
}

/// Reads single values of one data record. A value that is absent or of another type leaves the
/// result empty; a record that cannot be read at all sets status().
class RecordReader {
 public:
  explicit RecordReader(MMDB_entry_s entry) : entry_(entry) {}

  int status() const { return status_; }

  std::string_view Text(const Path& path) {
    const MMDB_entry_data_s data = Get(path);
    if (!data.has_data || data.type != MMDB_DATA_TYPE_UTF8_STRING) return {};
    return {data.utf8_string, data.data_size};
  }

  bool Number(const Path& path, double& out) {
    const MMDB_entry_data_s data = Get(path);
    if (!data.has_data) return false;
    switch (data.type) {
      case MMDB_DATA_TYPE_DOUBLE:
        out = data.double_value;
        return true;
      case MMDB_DATA_TYPE_FLOAT:
        out = data.float_value;
        return true;
      case MMDB_DATA_TYPE_UINT16:
        out = data.uint16;
        return true;
      case MMDB_DATA_TYPE_UINT32:
        out = data.uint32;
        return true;
      case MMDB_DATA_TYPE_INT32:
        out = data.int32;
        return true;
      case MMDB_DATA_TYPE_UINT64:
        out = static_cast<double>(data.uint64);
        return true;
      default:
        return false;
    }
  }

 private:
  MMDB_entry_data_s Get(const Path& path) {
    MMDB_entry_data_s data{};
    const int status = MMDB_aget_value(&entry_, &data, path.data());
    if (status == MMDB_SUCCESS) return data;
    if (status != MMDB_LOOKUP_PATH_DOES_NOT_MATCH_DATA_ERROR) status_ = status;
    return {};
  }

  MMDB_entry_s entry_;
  int status_ = MMDB_SUCCESS;
};

void ReadCoordinates(RecordReader& record, const Path& latitude_path, const Path& longitude_path,
                     PlaceFacts& facts) {
  double latitude = 0;
  double longitude = 0;
  if (!record.Number(latitude_path, latitude) || !record.Number(longitude_path, longitude)) return;
  if (!(std::abs(latitude) <= 90) || !(std::abs(longitude) <= 180)) return;
  facts.has_coordinates = true;
  facts.latitude = static_cast<float>(latitude);
  facts.longitude = static_cast<float>(longitude);
}

/// ip-location-db: https://github.com/sapics/ip-location-db.
void ReadFlat(RecordReader& record, std::string_view country, StringPool& strings,
              PlaceFacts& facts) {
  facts.country = ParseCountry(country);
  facts.continent = ParseContinent(record.Text({"continent"}));
  facts.subdivision_name = strings.Intern(record.Text({"state1"}));
  facts.second_subdivision = strings.Intern(record.Text({"state2"}));
  facts.city = strings.Intern(record.Text({"city"}));
  ReadCoordinates(record, {"latitude"}, {"longitude"}, facts);
}

/// GeoIP2 and GeoLite2. The country is where the client is; networks without one may still have a
/// country of registration.
void ReadNested(RecordReader& record, StringPool& strings, PlaceFacts& facts) {
  facts.country = ParseCountry(record.Text({"country", "iso_code"}));
  if (facts.country == 0)
    facts.country = ParseCountry(record.Text({"registered_country", "iso_code"}));
  facts.continent = ParseContinent(record.Text({"continent", "code"}));
  facts.subdivision_code = strings.Intern(record.Text({"subdivisions", "0", "iso_code"}));
  facts.subdivision_name = strings.Intern(record.Text({"subdivisions", "0", "names", "en"}));
  facts.city = strings.Intern(record.Text({"city", "names", "en"}));
  ReadCoordinates(record, {"location", "latitude"}, {"location", "longitude"}, facts);
}

/// Completes coordinates and continent of records that give only the country.
void Complete(PlaceFacts& facts) {
  const Country* country = FindCountry(facts.country);
  if (country == nullptr) return;
  if (facts.continent == Continent::kUnknown) facts.continent = country->continent;
  if (facts.has_coordinates) return;
  facts.has_coordinates = true;
  facts.latitude = static_cast<float>(country->centroid.latitude);
  facts.longitude = static_cast<float>(country->centroid.longitude);
}

/// Returns libmaxminddb's status.
int ReadFacts(MMDB_entry_s entry, StringPool& strings, PlaceFacts& facts) {
  RecordReader record(entry);
  const std::string_view flat_country = record.Text({"country_code"});
  if (flat_country.empty()) {
    ReadNested(record, strings, facts);
  } else {
    ReadFlat(record, flat_country, strings, facts);
  }
  Complete(facts);
  double asn = 0;
  if (record.Number({"autonomous_system_number"}, asn) && asn > 0 && asn <= UINT32_MAX)
    facts.asn = static_cast<uint32_t>(asn);
  return record.status();
}

std::string AttributionOf(const std::string& path, const std::string& type) {
  const std::string name = path.substr(path.rfind('/') + 1);
  if (name.find("dbip") != std::string::npos || type.find("DBIP") != std::string::npos)
    return "IP Geolocation by DB-IP, https://db-ip.com, CC BY 4.0";
  if (type.find("GeoLite2") != std::string::npos) {
    return "This product includes GeoLite2 data created by MaxMind, available from "
           "https://www.maxmind.com";
  }
  return {};
}

}  // namespace

/// Walks the tree of one family and decodes the records that it meets.
class MmdbFile::Checker {
 public:
  Checker(MmdbFile& file, StringPool& strings) : file_(file), strings_(strings) {}

  Status Check(IpFamily family) {
    const uint8_t bits = family == IpFamily::kV4 ? 32 : 128;
    const bool holds_v4_tree = family == IpFamily::kV6;
    std::vector<Step> steps{{file_.Root(family), 0, IpAddress::FromV6(0, 0)}};
    while (!steps.empty()) {
      const Step step = steps.back();
      steps.pop_back();
      if (holds_v4_tree && IsForeign(step)) continue;
      Status status =
          file_.IsLeaf(step.cursor) ? CheckLeaf(step.cursor) : Descend(step, bits, steps);
      if (!status) return status;
    }
    return {};
  }

 private:
  struct Step {
    Cursor cursor;
    uint8_t depth;
    IpAddress path;  // as IPv6, for both families
  };

  // Zeros between tree and data, counted by the records that point to data (the format's "Data
  // Section Separator").
  static constexpr uint32_t kSeparatorBytes = 16;
  // A tree without shared parts has each node once; some writers share a few.
  static constexpr uint64_t kVisitsPerNode = 2;
  static constexpr uint64_t kSpareVisits = 1024;

  static bool IsForeign(const Step& step) {
    return IsEmbeddingPrefix(step.path, step.depth) || IsIpv4TreePrefix(step.path, step.depth);
  }

  Status Descend(const Step& step, uint8_t bits, std::vector<Step>& steps) {
    if (step.depth == bits) return Corrupt(file_.info_.path, "the search tree is too deep");
    if (++visits_ > kVisitsPerNode * file_.node_count_ + kSpareVisits)
      return Corrupt(file_.info_.path, "the search tree loops");
    MMDB_search_node_s node;
    const int status = MMDB_read_node(file_.mmdb_.get(), step.cursor, &node);
    if (status != MMDB_SUCCESS || node.left_record_type == MMDB_RECORD_TYPE_INVALID ||
        node.right_record_type == MMDB_RECORD_TYPE_INVALID) {
      return Corrupt(file_.info_.path,
                     "node " + std::to_string(step.cursor) + " points out of the file");
    }
    const auto depth = static_cast<uint8_t>(step.depth + 1);
    steps.push_back({static_cast<Cursor>(node.right_record), depth, WithBit(step)});
    steps.push_back({static_cast<Cursor>(node.left_record), depth, step.path});
    return {};
  }

  static IpAddress WithBit(const Step& step) {
    const uint64_t bit = uint64_t{1} << (63 - step.depth % 64);
    return step.depth < 64 ? IpAddress::FromV6(step.path.high() | bit, step.path.low())
                           : IpAddress::FromV6(step.path.high(), step.path.low() | bit);
  }

  Status CheckLeaf(Cursor leaf) {
    if (leaf == file_.node_count_) return {};
    if (leaf - file_.node_count_ < kSeparatorBytes)
      return Corrupt(file_.info_.path, "a node points between tree and data");
    bool is_new = false;
    file_.records_.Intern(leaf, is_new);
    if (!is_new) return {};
    PlaceFacts facts;
    const int status = ReadFacts(EntryOf(leaf), strings_, facts);
    if (status != MMDB_SUCCESS) {
      return Corrupt(file_.info_.path,
                     "data record " + std::to_string(leaf) + ": " + MMDB_strerror(status));
    }
    file_.facts_.push_back(facts);
    return {};
  }

  MMDB_entry_s EntryOf(Cursor leaf) const {
    return {file_.mmdb_.get(), leaf - file_.node_count_ - kSeparatorBytes};
  }

  MmdbFile& file_;
  StringPool& strings_;
  uint64_t visits_ = 0;
};

MmdbFile::MmdbFile() : mmdb_(std::make_unique<MMDB_s>()), facts_(1) {}

MmdbFile::~MmdbFile() {
  if (is_open_) MMDB_close(mmdb_.get());
}

Result<std::shared_ptr<const MmdbFile>> MmdbFile::Open(const std::string& path,
                                                       StringPool& strings) {
  const std::shared_ptr<MmdbFile> file(new MmdbFile);
  const int status = MMDB_open(path.c_str(), MMDB_MODE_MMAP, file->mmdb_.get());
  if (status != MMDB_SUCCESS)
    return Fail(ErrorCode::kInvalid, path + ": not a geo database: " + MMDB_strerror(status));
  file->is_open_ = true;
  file->ReadMetadata(path);
  if (const Status found = file->FindRoots(); !found) return tl::unexpected(found.error());
  for (const IpFamily family : {IpFamily::kV4, IpFamily::kV6}) {
    const Status checked = Checker(*file, strings).Check(family);
    if (!checked) return tl::unexpected(checked.error());
  }
  return file;
}

void MmdbFile::ReadMetadata(const std::string& path) {
  const MMDB_metadata_s& metadata = mmdb_->metadata;
  info_.path = path;
  if (metadata.database_type != nullptr) info_.type = metadata.database_type;
  info_.build_epoch_s = static_cast<int64_t>(metadata.build_epoch);
  info_.nodes = metadata.node_count;
  info_.attribution = AttributionOf(path, info_.type);
  node_count_ = metadata.node_count;
}

/// IPv4 addresses stand at ::/96 in an IPv6 tree.
Status MmdbFile::FindRoots() {
  constexpr int kZeroBits = 96;
  const bool is_v4_only = mmdb_->metadata.ip_version == 4;
  v6_root_ = is_v4_only ? Empty() : 0;
  v4_root_ = 0;
  for (int i = 0; !is_v4_only && i < kZeroBits && !IsLeaf(v4_root_); ++i) {
    MMDB_search_node_s node;
    if (MMDB_read_node(mmdb_.get(), v4_root_, &node) != MMDB_SUCCESS)
      return Corrupt(info_.path, "node " + std::to_string(v4_root_) + " cannot be read");
    v4_root_ = static_cast<Cursor>(node.left_record);
  }
  return {};
}

std::pair<MmdbFile::Cursor, MmdbFile::Cursor> MmdbFile::Children(Cursor node) const {
  MMDB_search_node_s found;
  if (MMDB_read_node(mmdb_.get(), node, &found) != MMDB_SUCCESS) return {Empty(), Empty()};
  return {static_cast<Cursor>(found.left_record), static_cast<Cursor>(found.right_record)};
}

uint32_t MmdbFile::Lookup(const IpAddress& address) const {
  Cursor cursor = Root(address.family());
  for (int bit = 0; bit < address.bits() && !IsLeaf(cursor); ++bit) {
    const uint64_t half = bit < 64 ? address.high() : address.low();
    const auto [left, right] = Children(cursor);
    cursor = (half >> (63 - bit % 64) & 1) != 0 ? right : left;
  }
  return FactsOf(cursor);
}

}  // namespace waypost::geo
