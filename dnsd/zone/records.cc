#include "dnsd/zone/records.h"

#include <algorithm>

#include "dnsd/zone/rdata_text.h"
#include "dnsd/zone/wire_names.h"

namespace waypost::zone {

void Records::SetFile(const std::string& file) {
  const auto known = std::find(files_.begin(), files_.end(), file);
  file_ = static_cast<uint16_t>(known - files_.begin());
  if (known == files_.end()) files_.push_back(file);
}

void Records::Add(NameView owner, uint16_t type, uint32_t ttl, std::span<const uint8_t> rdata,
                  uint32_t line) {
  if (owner.size() != last_owner_.size() ||
      !std::equal(owner.begin(), owner.end(), last_owner_.begin())) {
    last_owner_ = arena_.Store(owner);
  }
  uint8_t* const stored = arena_.Allocate(rdata.size() + 2);
  stored[0] = static_cast<uint8_t>(rdata.size() >> 8);
  stored[1] = static_cast<uint8_t>(rdata.size());
  std::copy(rdata.begin(), rdata.end(), stored + 2);
  entries_.push_back({last_owner_.data(), stored, ttl, line, type, file_});
}

void Records::Add(const wire::Name& owner, uint16_t type, uint32_t ttl, std::string_view rdata) {
  Add(AsView(owner.wire()), type, ttl, AsView(rdata));
}

bool IsSame(const Records& a, const Records& b) {
  const auto same = [](std::span<const uint8_t> x, std::span<const uint8_t> y) {
    return std::equal(x.begin(), x.end(), y.begin(), y.end());
  };
  return std::equal(a.entries().begin(), a.entries().end(), b.entries().begin(), b.entries().end(),
                    [&](const Records::Entry& x, const Records::Entry& y) {
                      return x.type == y.type && x.ttl == y.ttl &&
                             same(NameAt(x.owner), NameAt(y.owner)) &&
                             same(x.rdata_bytes(), y.rdata_bytes());
                    });
}

std::string ObjectName(const uint8_t* owner, uint16_t type) {
  const auto name = wire::Name::FromWire(AsText(NameAt(owner)));
  return (name ? name->ToString() : std::string("?")) + " " + TypeName(type);
}

}  // namespace waypost::zone
