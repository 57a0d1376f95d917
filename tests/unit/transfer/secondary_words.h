// What tests of secondaries say often: records of the zone example.com, and messages of them.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <initializer_list>
#include <string>
#include <vector>

#include "dnsd/transfer/transfer_reader.h"
#include "dnsd/zone/rdata_text.h"
#include "tests/unit/transfer/transfer_words.h"

namespace waypost::transfer {

inline Rr Record(const std::string& owner, const std::string& type, const std::string& rdata,
                 uint32_t ttl = 60) {
  std::vector<uint8_t> octets;
  std::vector<std::string_view> words;
  for (size_t at = 0; at < rdata.size();) {
    const size_t end = std::min(rdata.find(' ', at), rdata.size());
    words.push_back(std::string_view(rdata).substr(at, end - at));
    at = end + 1;
  }
  const uint16_t number = zone::ParseType(type).value();
  const std::string root(1, '\0');
  EXPECT_TRUE(zone::ParseRdata(number, words, zone::AsView(root), octets)) << rdata;
  return {test::WireName(owner), number, 1, ttl, std::string(octets.begin(), octets.end())};
}

inline Rr Soa(uint32_t serial, const std::string& owner = "example.com") {
  return Record(owner, "SOA", "ns. admin. " + std::to_string(serial) + " 3600 900 604800 300");
}
inline Rr Address(const std::string& owner, const std::string& address, uint32_t ttl = 60) {
  return Record(owner, "A", address, ttl);
}

inline Message Answering(std::vector<Rr> records) {
  Message message;
  message.flags = wire::kFlagResponse | wire::kFlagAuthoritative;
  message.answer = std::move(records);
  return message;
}

/// "www.example.com A 192.0.2.1", sorted.
inline std::vector<std::string> Lines(const zone::Records& records) {
  std::vector<std::string> lines;
  for (const auto& entry : records.entries()) {
    lines.push_back(NameText(zone::AsText(zone::NameAt(entry.owner))) + " " +
                    std::to_string(entry.ttl) + " " + zone::TypeName(entry.type) + " " +
                    zone::RdataText(entry.type, entry.rdata_bytes()));
  }
  std::sort(lines.begin(), lines.end());
  return lines;
}

inline zone::Records RecordsOf(const std::vector<Rr>& list) {
  zone::Records records;
  for (const Rr& rr : list) {
    records.Add(zone::AsView(rr.owner), rr.type, rr.ttl, zone::AsView(rr.rdata));
  }
  return records;
}

}  // namespace waypost::transfer
