#include "dnsd/zone/check.h"

#include <filesystem>
#include <utility>

#include "dnsd/zone/builder.h"
#include "dnsd/zone/file_text.h"
#include "dnsd/zone/master_file.h"

namespace waypost::zone {
namespace {

std::optional<wire::Name> OriginFromPath(const std::filesystem::path& path) {
  if (path.extension() != ".zone") return std::nullopt;
  const auto name = wire::Name::Parse(path.stem().string());
  return name ? std::optional(*name) : std::nullopt;
}

std::optional<wire::Name> OriginFromSoa(std::string_view text, const std::string& path,
                                        const MasterFileOptions& options) {
  const MasterFile file = ParseMasterText(text, wire::Name(), path, options);
  for (const Records::Entry& entry : file.records.entries()) {
    if (entry.type == kSoa) return *wire::Name::FromWire(AsText(NameAt(entry.owner)));
  }
  return std::nullopt;
}

}  // namespace

ZoneCheck CheckZoneFile(const std::string& path, const std::optional<wire::Name>& origin) {
  const Result<std::string> text = LoadText(path, kMaxTextOctets);
  if (!text) return {{{path, 0, "", "", text.error().message}}, std::nullopt};
  const std::string folder = std::filesystem::path(path).parent_path().string();
  const MasterFileOptions options{folder.empty() ? "." : folder};
  std::optional<wire::Name> used = origin ? origin : OriginFromPath(path);
  if (!used) used = OriginFromSoa(*text, path, options);
  if (!used) {
    return {{{path, 0, "", "", "no origin: neither given, nor the file's name, nor a SOA record"}},
            std::nullopt};
  }
  BuiltZone built = LoadZoneText(*text, *used, path, {}, options);
  if (built.zone == nullptr) return {std::move(built.problems), std::nullopt};
  const Zone& zone = *built.zone;
  return {std::move(built.problems),
          ZoneSummary{*used, zone.name_count(), zone.record_count(), zone.serial()}};
}

}  // namespace waypost::zone
