// What our own tables read, ldns must read the same: random RDATA of the common types.
#include <gtest/gtest.h>
#include <ldns/ldns.h>

#include <memory>
#include <sstream>

#include "dnsd/base/random.h"
#include "dnsd/zone/name_text.h"
#include "dnsd/zone/rdata_text.h"
#include "tests/unit/zone/zone_words.h"

namespace waypost::zone {
namespace {

std::string RandomNameText(Random& random) {
  if (random.Below(16) == 0) return ".";
  if (random.Below(16) == 0) return "@";
  std::string text;
  for (uint64_t labels = 1 + random.Below(4); labels > 0; --labels) {
    if (!text.empty()) text += '.';
    for (uint64_t octets = 1 + random.Below(9); octets > 0; --octets) {
      constexpr const char* kParts[] = {"a",   "B",    "-",     "_",     "7",
                                        "\\.", "\\\\", "\\032", "\\255", "\\;"};
      text += kParts[random.Below(std::size(kParts))];
    }
  }
  return text + (random.Below(2) == 0 ? "." : "");
}

std::string Number(Random& random, uint64_t below) { return std::to_string(random.Below(below)); }

std::string RandomV6(Random& random) {
  std::ostringstream text;
  text << std::hex;
  for (int i = 0; i < 7; ++i) text << random.Below(65536) << ':';
  text << random.Below(65536);
  return random.Below(8) == 0 ? "::1" : text.str();
}

/// Type, then words.
std::vector<std::string> RandomRecord(Random& random) {
  const auto number16 = [&random] { return Number(random, 65536); };
  const auto octet = [&random] { return Number(random, 256); };
  const auto name = [&random] { return RandomNameText(random); };
  switch (random.Below(9)) {
    case 0:
      return {"A", octet() + "." + octet() + "." + octet() + "." + octet()};
    case 1:
      return {"AAAA", RandomV6(random)};
    case 2:
      return {"NS", name()};
    case 3:
      return {"CNAME", name()};
    case 4:
      return {"PTR", name()};
    case 5:
      return {"MX", number16(), name()};
    case 6:
      return {"SRV", number16(), number16(), number16(), name()};
    case 7:
      return {"DNAME", name()};
    default:
      return {"SOA", name(), name(), Number(random, uint64_t{1} << 32), "1h", "30m", "1w2d", "60"};
  }
}

std::string ReadByLdns(const std::vector<std::string>& record, const std::string& origin) {
  std::string line = "owner. 1 IN";
  for (const std::string& word : record) line += " " + word;
  const std::unique_ptr<ldns_rdf, void (*)(ldns_rdf*)> base(ldns_dname_new_frm_str(origin.c_str()),
                                                            ldns_rdf_deep_free);
  ldns_rr* raw = nullptr;
  const ldns_status status = ldns_rr_new_frm_str(&raw, line.c_str(), 1, base.get(), nullptr);
  if (status != LDNS_STATUS_OK) return std::string("ldns: ") + ldns_get_errorstr_by_id(status);
  const std::unique_ptr<ldns_rr, void (*)(ldns_rr*)> rr(raw, ldns_rr_free);
  std::string rdata;
  for (size_t i = 0; i < ldns_rr_rd_count(raw); ++i) {
    const ldns_rdf* const field = ldns_rr_rdf(raw, i);
    rdata.append(reinterpret_cast<const char*>(ldns_rdf_data(field)), ldns_rdf_size(field));
  }
  return rdata;
}

TEST(LdnsAgreement, CommonTypesAreReadAsLdnsReadsThem) {
  Random random(20240229);
  const wire::Name origin = N("Sub.example");
  std::vector<uint8_t> rdata;
  for (int i = 0; i < 20000; ++i) {
    const std::vector<std::string> record = RandomRecord(random);
    const std::vector<std::string_view> words(record.begin() + 1, record.end());
    const Status read = ParseRdata(*ParseType(record[0]), words, AsView(origin.wire()), rdata);
    ASSERT_TRUE(read) << read.error().message;
    ASSERT_EQ(AsText(rdata), ReadByLdns(record, "Sub.example.")) << testing::PrintToString(record);
  }
}

TEST(LdnsAgreement, AnyTypeThatLdnsNamesHasTheSameNumber) {
  for (uint32_t type = 0; type <= 65535; ++type) {
    const auto number = static_cast<uint16_t>(type);
    const std::string name = TypeName(number);
    const bool is_question = type == 0 || type == 41 || (type >= 128 && type <= 255);
    EXPECT_EQ(ParseType(name), is_question ? std::nullopt : std::optional(number)) << name;
  }
}

}  // namespace
}  // namespace waypost::zone
