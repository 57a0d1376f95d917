#include "dnsd/config/catalog_zone.h"

#include <fmt/format.h>

#include <map>
#include <optional>
#include <set>

#include "dnsd/base/siphash.h"
#include "dnsd/config/scalar.h"
#include "dnsd/zone/wire_names.h"
#include "dnsd/zone/zone.h"

namespace waypost::config {
namespace {

using namespace std::string_literals;

constexpr std::string_view kVersion = "2";  // RFC 9432 section 4.2
/// RFC 9432 section 4.1: nobody asks for these by name, so there is nothing to cache.
constexpr uint32_t kTtl = 0;

std::string Label(std::string_view text) {
  return static_cast<char>(text.size()) + std::string(text);
}

/// Not secret: two keys make 128 bits, which no two zones share by chance.
std::string UniqueLabel(const wire::Name& zone) {
  const auto octets = zone::AsView(zone.wire());
  SipKey first{}, second{};
  second[0] = 1;
  return Label(fmt::format("{:016x}{:016x}", SipHash24(first, octets), SipHash24(second, octets)));
}

std::string SoaRdata() {
  const std::string invalid = Label("invalid") + '\0';
  // Serial 1, refresh an hour, retry 10 minutes, expire as late as can be, minimum 0.
  return invalid + invalid + "\0\0\0\1\0\0\x0E\x10\0\0\2\x58\x7F\xFF\xFF\xFE\0\0\0\0"s;
}

/// The labels of `name` in front of `origin`, lowered, the first one first; nullopt: it is not
/// below.
std::optional<std::vector<std::string>> LabelsBelow(std::string_view name,
                                                    std::string_view origin) {
  if (name.size() < origin.size() || name.substr(name.size() - origin.size()) != origin) {
    return std::nullopt;
  }
  std::vector<std::string> labels;
  size_t at = 0;
  while (at < name.size() - origin.size()) {
    const auto octets = static_cast<uint8_t>(name[at]);
    labels.emplace_back(name.substr(at + 1, octets));
    at += 1 + octets;
  }
  if (at != name.size() - origin.size()) return std::nullopt;  // the octets match, the labels not
  return labels;
}

/// What a TXT record with one string says.
std::optional<std::string> OneString(std::span<const uint8_t> rdata) {
  if (rdata.empty() || rdata.size() != 1U + rdata[0]) return std::nullopt;
  return std::string(zone::AsText(rdata.subspan(1)));
}

class CatalogReader {
 public:
  explicit CatalogReader(const wire::Name& origin) : origin_(origin.Lowered()) {}

  Status Read(const zone::Records& content) {
    for (const auto& entry : content.entries()) {
      const zone::LoweredName owner(zone::NameAt(entry.owner));
      const auto labels = LabelsBelow(zone::AsText(owner.view()), origin_.wire());
      if (!labels) continue;
      if (Status taken = Take(*labels, entry); !taken) return taken;
    }
    if (versions_ != 1) return Fail(ErrorCode::kInvalid, "it has not exactly one version");
    return {};
  }

  Result<std::vector<CatalogMember>> Members() {
    std::set<std::string, std::less<>> seen;
    for (CatalogMember& member : members_) {
      if (!seen.emplace(member.zone.wire()).second) {
        return Fail(ErrorCode::kInvalid, Quoted(member.zone.ToString()) + " is a member twice");
      }
      member.groups = std::move(groups_[member.label]);
      member.moves_to = std::move(moves_to_[member.label]);
    }
    return std::move(members_);
  }

 private:
  using Labels = std::vector<std::string>;

  Status Take(const Labels& labels, const zone::Records::Entry& entry) {
    if (labels == Labels{"version"} && entry.type == zone::kTxt) return TakeVersion(entry);
    const bool is_member = labels.size() == 2 && labels[1] == "zones";
    if (is_member && entry.type == zone::kPtr) return TakeMember(labels[0], entry);
    if (labels.size() == 3 && labels[2] == "zones") return TakeProperty(labels, entry);
    return {};
  }

  /// Of a member (RFC 9432 section 4.3).
  Status TakeProperty(const Labels& labels, const zone::Records::Entry& entry) {
    if (labels[0] == "group" && entry.type == zone::kTxt) {
      if (auto group = OneString(entry.rdata_bytes())) groups_[labels[1]].push_back(*group);
    }
    if (labels[0] != "coo" || entry.type != zone::kPtr) return {};
    auto catalog = wire::Name::FromWire(zone::AsText(entry.rdata_bytes()));
    if (!catalog) return tl::unexpected(std::move(catalog).error());
    if (!moves_to_.emplace(labels[1], catalog->Lowered().ToString()).second) {
      return Fail(ErrorCode::kInvalid, Quoted(labels[1]) + " moves to more than one catalog");
    }
    return {};
  }

  Status TakeVersion(const zone::Records::Entry& entry) {
    ++versions_;
    const auto version = OneString(entry.rdata_bytes());
    if (version == kVersion) return {};
    return Fail(ErrorCode::kInvalid, "its version is not " + std::string(kVersion));
  }

  Status TakeMember(const std::string& label, const zone::Records::Entry& entry) {
    auto zone = wire::Name::FromWire(zone::AsText(entry.rdata_bytes()));
    if (!zone) return tl::unexpected(std::move(zone).error());
    if (!labels_.insert(label).second) {
      return Fail(ErrorCode::kInvalid, Quoted(label) + " names more than one member");
    }
    members_.push_back({zone->Lowered(), {}, "", label});
    return {};
  }

  const wire::Name origin_;
  size_t versions_ = 0;
  std::set<std::string> labels_;
  std::map<std::string, std::vector<std::string>> groups_;  // by label
  std::map<std::string, std::string> moves_to_;
  std::vector<CatalogMember> members_;
};

}  // namespace

zone::Records MakeCatalogZone(const wire::Name& origin, const std::vector<CatalogMember>& members) {
  zone::Records records;
  const auto add = [&](const std::string& labels, uint16_t type, const std::string& rdata) {
    const std::string owner = labels + std::string(origin.wire());
    if (owner.size() > wire::kMaxNameOctets) return;
    records.Add(zone::AsView(owner), type, kTtl, zone::AsView(rdata));
  };
  add("", zone::kSoa, SoaRdata());
  add("", zone::kNs, Label("invalid") + '\0');
  add(Label("version"), zone::kTxt, Label(kVersion));
  for (const CatalogMember& member : members) {
    const std::string node = UniqueLabel(member.zone) + Label("zones");
    add(node, zone::kPtr, std::string(member.zone.wire()));
    for (const std::string& group : member.groups) {
      add(Label("group") + node, zone::kTxt, Label(group));
    }
    if (const auto next = wire::Name::Parse(member.moves_to); next && !member.moves_to.empty()) {
      add(Label("coo") + node, zone::kPtr, std::string(next->wire()));
    }
  }
  return records;
}

Result<std::vector<CatalogMember>> ReadCatalogZone(const wire::Name& origin,
                                                   const zone::Records& content) {
  CatalogReader reader(origin);
  if (Status read = reader.Read(content); !read) return tl::unexpected(std::move(read).error());
  return reader.Members();
}

}  // namespace waypost::config
