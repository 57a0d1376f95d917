#include "tests/bench/load/questions.h"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <optional>
#include <sstream>
#include <utility>

#include "dnsd/wire/name.h"

namespace waypost::bench {
namespace {

constexpr uint8_t kHeader[] = {0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0};
constexpr uint8_t kAdditionalCount = 11;                              // its place in the header
constexpr uint8_t kOpt[] = {0, 0, 41, 0x04, 0xD0, 0, 0, 0, 0, 0, 0};  // 1232 octets
constexpr uint8_t kSubnet[] = {0, 8, 0, 7, 0, 1, 24, 0, 0, 0, 0};     // RFC 7871 section 6
constexpr uint8_t kFirstUnicast = 1, kUnicasts = 223;

constexpr std::array<std::pair<std::string_view, uint16_t>, 9> kTypes{{{"A", 1},
                                                                       {"NS", 2},
                                                                       {"CNAME", 5},
                                                                       {"SOA", 6},
                                                                       {"MX", 15},
                                                                       {"TXT", 16},
                                                                       {"AAAA", 28},
                                                                       {"SRV", 33},
                                                                       {"HTTPS", 65}}};

std::optional<uint16_t> TypeOf(std::string_view text) {
  for (const auto& [name, number] : kTypes) {
    if (name == text) return number;
  }
  return std::nullopt;
}

[[noreturn]] void Stop(const std::string& why) {
  std::fprintf(stderr, "load: %s\n", why.c_str());
  std::exit(2);
}

void Append(std::vector<uint8_t>& octets, std::span<const uint8_t> more) {
  octets.insert(octets.end(), more.begin(), more.end());
}

std::vector<uint8_t> Encode(const std::string& line, const Shape& shape) {
  std::istringstream words(line);
  std::string name_text, type_text;
  words >> name_text >> type_text;
  const auto name = wire::Name::Parse(name_text);
  const auto type = TypeOf(type_text);
  if (!name || !type) Stop("\"" + line + "\" is no NAME TYPE");
  std::vector<uint8_t> query(std::begin(kHeader), std::end(kHeader));
  const std::string_view wire = name->wire();
  query.insert(query.end(), wire.begin(), wire.end());
  const uint8_t tail[] = {static_cast<uint8_t>(*type >> 8), static_cast<uint8_t>(*type), 0, 1};
  Append(query, tail);
  if (!shape.edns) return query;
  query[kAdditionalCount] = 1;
  Append(query, kOpt);
  if (!shape.random_subnet) return query;
  query.back() = sizeof kSubnet;
  Append(query, kSubnet);
  return query;
}

}  // namespace

Questions::Questions(const std::string& path, const Shape& shape) : shape_(shape) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) queries_.push_back(Encode(line, shape));
  if (queries_.empty()) Stop(path + " has no questions");
}

std::span<const uint8_t> Questions::Next(uint16_t id) {
  std::vector<uint8_t>& query = queries_[next_];
  next_ = next_ + 1 == queries_.size() ? 0 : next_ + 1;
  query[0] = static_cast<uint8_t>(id >> 8);
  query[1] = static_cast<uint8_t>(id);
  if (shape_.random_subnet) {
    const uint64_t draw = random_.Next();
    uint8_t* address = query.data() + query.size() - 3;
    address[0] = static_cast<uint8_t>(kFirstUnicast + (draw & 0xFFFF) % kUnicasts);
    address[1] = static_cast<uint8_t>(draw >> 16);
    address[2] = static_cast<uint8_t>(draw >> 24);
  }
  return query;
}

}  // namespace waypost::bench
