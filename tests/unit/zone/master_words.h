// Reads master text of the zone "example" and shows what came of it.
#pragma once

#include <gmock/gmock.h>

#include <span>
#include <string>
#include <vector>

#include "dnsd/zone/master_file.h"
#include "dnsd/zone/rdata_text.h"
#include "tests/unit/zone/zone_words.h"

namespace waypost::zone {

inline MasterFile Parse(const std::string& text, const MasterFileOptions& options = {}) {
  return ParseMasterText(text, N("example"), "z", options);
}

inline std::string Hex(std::span<const uint8_t> octets) {
  std::string text;
  for (const uint8_t octet : octets) {
    text += "0123456789abcdef"[octet >> 4];
    text += "0123456789abcdef"[octet & 15];
  }
  return text;
}

/// "owner ttl type rdata".
inline std::vector<std::string> Shown(const MasterFile& file) {
  std::vector<std::string> texts;
  for (const Records::Entry& entry : file.records.entries()) {
    const std::string owner = wire::Name::FromWire(AsText(NameAt(entry.owner)))->ToString();
    texts.push_back(owner + " " + std::to_string(entry.ttl) + " " + TypeName(entry.type) + " " +
                    Hex(entry.rdata_bytes()));
  }
  return texts;
}

inline std::vector<std::string> Read(const std::string& text) {
  const MasterFile file = Parse(text);
  EXPECT_THAT(Texts(file.problems), testing::IsEmpty());
  return Shown(file);
}

/// The only problem of the text.
inline std::string ProblemOf(const std::string& text) {
  const MasterFile file = Parse(text);
  EXPECT_EQ(file.problems.size(), 1U) << testing::PrintToString(Texts(file.problems));
  return file.problems.empty() ? "" : file.problems[0].ToString();
}

}  // namespace waypost::zone
