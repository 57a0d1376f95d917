#include "dnsd/zone/master_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "dnsd/wire/octets.h"
#include "dnsd/zone/bad_text.h"
#include "dnsd/zone/escape.h"
#include "dnsd/zone/file_text.h"
#include "dnsd/zone/generate.h"
#include "dnsd/zone/include_text.h"
#include "dnsd/zone/name_text.h"
#include "dnsd/zone/rdata_text.h"
#include "dnsd/zone/record_head.h"
#include "dnsd/zone/scanner.h"
#include "dnsd/zone/zone.h"

namespace waypost::zone {
namespace {

/// That of UTF-8, as some editors write it.
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

/// What $INCLUDE saves and restores.
struct Place {
  std::string file;
  uint32_t line = 0;
  uint32_t lines_before = 0;  // in the text, that are not of this file
  int depth = 0;
  NameBuffer origin;
  NameBuffer owner;  // of the latest record
  bool has_owner = false;
  bool is_owner_unread = false;  // there was one, which was reported
};

NameBuffer Copy(NameView name) {
  NameBuffer copy;
  std::copy(name.begin(), name.end(), copy.octets);
  copy.size = name.size();
  return copy;
}

size_t OctetsOf(Words words) {
  size_t octets = words.size();
  for (const std::string_view word : words) octets += word.size();
  return octets;
}

/// The one quoted word of RDATA in a $GENERATE, as BIND wants RDATA of several words; empty: there
/// are others, or it is not quoted.
std::string_view QuotedRdata(Words record) {
  const Result<RecordHead> head = ParseRecordHead(record);
  if (!head || head->rdata.size() != 1) return {};
  const std::string_view word = head->rdata[0];
  const bool is_quoted = word.size() > 2 && word.front() == '"' && word.back() == '"';
  return is_quoted ? word : std::string_view();
}

/// What stands between the quotes, with the quotes that are escaped there.
std::string Inside(std::string_view quoted) {
  std::string text;
  for (size_t at = 1; at + 1 < quoted.size(); ++at) {
    if (quoted[at] == '\\' && quoted[++at] != '"') text += '\\';
    text += quoted[at];
  }
  return text;
}

class Reader {
 public:
  Reader(const MasterFileOptions& options, MasterFile& result)
      : options_(options), records_(result.records), problems_(result.problems) {}

  void Read(std::string_view text, NameView origin, const std::string& file) {
    place_.file = file;
    place_.origin = Copy(origin);
    ReadText(text);
  }

 private:
  void ReadText(std::string_view text) {
    records_.SetFile(place_.file);
    if (!Spend(text.size())) return;
    if (const size_t nul = text.find('\0'); nul != text.npos) {
      place_.line = 1 + static_cast<uint32_t>(std::count(text.begin(), text.begin() + nul, '\n'));
      return Report("", "a NUL octet: this is not a text file");
    }
    if (text.starts_with(kByteOrderMark)) {
      place_.line = 1;
      Report("", "it begins with a byte order mark: save it without");
      text.remove_prefix(kByteOrderMark.size());
    }
    Scanner scanner(text);
    Entry entry;
    while (!stopped_ && scanner.Next(entry)) {
      place_.line = entry.line - place_.lines_before;
      text_line_ = entry.line;
      ReadEntry(entry);
    }
  }

  void ReadEntry(const Entry& entry) {
    if (entry.error != nullptr) return Report("", entry.error);
    const std::string_view first = entry.words[0];
    if (first[0] == '$' && !entry.starts_blank) return ReadDirective(entry.words);
    ReadRecord(entry.words, entry.starts_blank);
  }

  void ReadDirective(Words words) {
    static constexpr std::pair<std::string_view, Status (Reader::*)(Words)> kDirectives[] = {
        {"$ORIGIN", &Reader::SetOrigin},       {"$TTL", &Reader::SetTtl},
        {"$INCLUDE", &Reader::Include},        {"$BEGIN_INCLUDE", &Reader::BeginInclude},
        {"$END_INCLUDE", &Reader::EndInclude}, {"$GENERATE", &Reader::Generate},
    };
    const std::string name(words[0]);
    for (const auto& [directive, act] : kDirectives) {
      if (!EqualsIgnoringCase(name, directive)) continue;
      if (const Status done = (this->*act)(words.subspan(1)); !done) {
        Report(name, done.error().message);
      }
      return;
    }
    Report(name, "an unknown directive");
  }

  Status SetOrigin(Words words) {
    if (words.size() != 1) return BadText("wants one name");
    NameBuffer origin;
    if (Status parsed = ParseNameText(words[0], place_.origin.view(), origin); !parsed) {
      return parsed;
    }
    place_.origin = origin;
    return {};
  }

  Status SetTtl(Words words) {
    if (words.size() != 1) return BadText("wants one TTL");
    const Result<uint32_t> ttl = ParseTtl(words[0]);
    if (!ttl) return tl::unexpected(ttl.error());
    default_ttl_ = Usable(*ttl, std::nullopt);
    return {};
  }

  Status Include(Words words) {
    if (options_.include_dir.empty()) return BadText("is not allowed here");
    NameBuffer origin;
    const Result<std::string> name = Included(words, origin);
    return name ? IncludeFile(*name, origin) : tl::unexpected(name.error());
  }

  /// What EmbedIncludes makes of it.
  Status BeginInclude(Words words) {
    NameBuffer origin;
    const Result<std::string> name = Included(words, origin);
    if (!name) return tl::unexpected(name.error());
    embedding_.push_back(Enter(*name, origin));
    place_.lines_before = text_line_;
    records_.SetFile(place_.file);
    return {};
  }

  Status EndInclude(Words /*words*/) {
    if (embedding_.empty()) return BadText("ends nothing");
    Leave(std::move(embedding_.back()));
    place_.lines_before = text_line_ - place_.line;
    embedding_.pop_back();
    return {};
  }

  Result<std::string> Included(Words words, NameBuffer& origin) {
    if (words.empty() || words.size() > 2) return BadText("wants a file and perhaps an origin");
    if (++included_ > kMaxIncludes)
      return BadText(fmt::format("is used over {} times", kMaxIncludes));
    if (place_.depth == kMaxIncludeDepth) {
      return BadText(fmt::format("nests deeper than {} files", kMaxIncludeDepth));
    }
    origin = place_.origin;
    if (words.size() == 2) {
      const Status parsed = ParseNameText(words[1], place_.origin.view(), origin);
      if (!parsed) return tl::unexpected(parsed.error());
    }
    return Unquote(words[0]);
  }

  /// What Leave brings back.
  Place Enter(const std::string& file, const NameBuffer& origin) {
    Place saved = std::exchange(place_, Place());
    place_.file = file;
    place_.depth = saved.depth + 1;
    place_.origin = origin;
    place_.owner = saved.owner;
    place_.has_owner = saved.has_owner;
    place_.is_owner_unread = saved.is_owner_unread;
    return saved;
  }

  void Leave(Place saved) {
    place_ = std::move(saved);
    records_.SetFile(place_.file);
  }

  Status IncludeFile(const std::string& name, const NameBuffer& origin) {
    const Result<std::string> path = ResolveBelow(options_.include_dir, name);
    if (!path) return tl::unexpected(path.error());
    const Result<std::string> text = LoadText(*path, kMaxTextOctets);
    if (!text) return tl::unexpected(text.error());
    Place saved = Enter(*path, origin);
    ReadText(*text);
    Leave(std::move(saved));
    return {};
  }

  /// Ends at the first problem: the others would be the same.
  Status Generate(Words words) {
    if (words.size() < 4) return BadText("wants a range, an owner, a type and RDATA");
    const Result<GenerateRange> range = ParseGenerateRange(words[0]);
    if (!range) return tl::unexpected(range.error());
    if (range->count() > kMaxGenerated - generated_) {
      return BadText(fmt::format("all of them together make more than {} records", kMaxGenerated));
    }
    generated_ += static_cast<uint32_t>(range->count());
    std::vector<std::string_view> patterns(words.begin() + 1, words.end());
    const std::string rdata = Inside(QuotedRdata(words.subspan(2)));
    // BIND reads what is between the quotes as a master file, where these would hide or join a part
    // of it: hardly what was meant.
    if (rdata.find_first_of(";()") != std::string::npos && rdata.find('"') == std::string::npos) {
      return BadText("has one of ; ( ) in its quotes, which want quotes of their own: \\\"...\\\"");
    }
    Scanner scanner(rdata);
    if (Entry inside; scanner.Next(inside)) {
      if (inside.error != nullptr) return BadText(inside.error);
      patterns.pop_back();
      patterns.insert(patterns.end(), inside.words.begin(), inside.words.end());
    }
    const size_t problems = problems_.size();
    for (uint64_t number = range->start; number <= range->stop; number += range->step) {
      const Status made = GenerateOne(patterns, static_cast<uint32_t>(number));
      if (!made || problems_.size() > problems || stopped_) return made;
    }
    return {};
  }

  Status GenerateOne(Words patterns, uint32_t number) {
    std::vector<std::string> texts;
    for (const std::string_view pattern : patterns) {
      Result<std::string> text = ExpandPattern(pattern, number);
      if (!text) return tl::unexpected(text.error());
      texts.push_back(*std::move(text));
    }
    const std::vector<std::string_view> words(texts.begin(), texts.end());
    const size_t octets = OctetsOf(words);
    if (octets > kMaxEntryOctets) return BadText("a generated record is too long");
    if (Spend(octets)) ReadRecord(words, false);
    return {};
  }

  void ReadRecord(Words words, bool starts_blank) {
    if (!starts_blank) {
      if (!ReadOwner(words[0])) return;
      words = words.subspan(1);
    } else if (place_.is_owner_unread) {
      return;
    } else if (!place_.has_owner) {
      return Report("", "there is no owner, neither here nor before");
    }
    const Result<RecordHead> head = ParseRecordHead(words);
    if (!head) return Report(OwnerText(), head.error().message);
    const Status read = ParseRdata(head->type, head->rdata, place_.origin.view(), rdata_);
    if (!read) return Report(RecordText(head->type), read.error().message);
    const auto ttl = TtlFor(*head);
    if (!ttl) return Report(RecordText(head->type), "there is no TTL: here, before, or by $TTL");
    AddRecord(head->type, *ttl);
  }

  bool ReadOwner(std::string_view word) {
    const Status parsed = ParseNameText(word, place_.origin.view(), place_.owner);
    // Later records without an owner belong to what could not be read, not to the one before.
    place_.has_owner = parsed.has_value();
    place_.is_owner_unread = !place_.has_owner;
    if (!parsed) Report("", parsed.error().message);
    return place_.has_owner;
  }

  void AddRecord(uint16_t type, uint32_t ttl) {
    if (rdata_.size() > kMaxRdataOctets) {
      return Report(RecordText(type), "the RDATA is longer than 65535 octets");
    }
    if (records_.footprint() > kMaxRecordOctets) {
      return Stop(fmt::format("the records take more than {} octets", kMaxRecordOctets));
    }
    records_.Add(place_.owner.view(), type, ttl, rdata_, place_.line);
  }

  /// RFC 2308 section 4; before $TTL, the last TTL given (RFC 1035 section 5.1), and a SOA's own
  /// MINIMUM, which had that meaning once.
  std::optional<uint32_t> TtlFor(const RecordHead& head) {
    if (head.ttl) return last_ttl_ = Usable(*head.ttl, head.type);
    if (default_ttl_) return default_ttl_;
    if (last_ttl_) return last_ttl_;
    if (head.type != kSoa) return std::nullopt;
    const uint8_t* const minimum = rdata_.data() + rdata_.size() - 4;
    Report(RecordText(kSoa), "there is no TTL: MINIMUM is used", true);
    return last_ttl_ = Usable(wire::ReadU32(minimum), kSoa);
  }

  /// `type`: of the record; absent: it is that of $TTL.
  uint32_t Usable(uint32_t ttl, std::optional<uint16_t> type) {
    if (ttl <= kMaxTtl) return ttl;
    Report(type ? RecordText(*type) : "$TTL",
           fmt::format("TTL {} is above {}: zero is used (RFC 2181 section 8)", ttl, kMaxTtl),
           true);
    return 0;
  }

  bool Spend(size_t octets) {
    if (octets > text_left_) {
      Stop(fmt::format("more than {} octets of text in all", kMaxTextOctets));
      return false;
    }
    text_left_ -= octets;
    return true;
  }

  std::string OwnerText() const {
    return wire::Name::FromWire(AsText(place_.owner.view()))->ToString();
  }
  std::string RecordText(uint16_t type) const { return OwnerText() + " " + TypeName(type); }

  void Report(const std::string& object, const std::string& fact, bool is_warning = false) {
    problems_.push_back({place_.file, place_.line, object, "", fact, is_warning});
    if (problems_.size() == kMaxProblems) Stop("too many problems, the rest is not read");
  }

  void Stop(const std::string& fact) {
    stopped_ = true;
    problems_.push_back({place_.file, place_.line, "", "", fact, false});
  }

  const MasterFileOptions& options_;
  Records& records_;
  Problems& problems_;
  Place place_;
  uint32_t text_line_ = 0;
  std::vector<Place> embedding_;         // where what is embedded was begun
  std::optional<uint32_t> default_ttl_;  // by $TTL
  std::optional<uint32_t> last_ttl_;
  std::vector<uint8_t> rdata_;
  size_t text_left_ = kMaxTextOctets;
  uint32_t generated_ = 0;
  int included_ = 0;
  bool stopped_ = false;
};

}  // namespace

MasterFile ParseMasterText(std::string_view text, const wire::Name& origin, const std::string& file,
                           const MasterFileOptions& options) {
  MasterFile result;
  Reader(options, result).Read(text, AsView(origin.wire()), file);
  return result;
}

}  // namespace waypost::zone
