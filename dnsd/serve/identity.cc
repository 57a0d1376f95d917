#include "dnsd/serve/identity.h"

#include "dnsd/zone/wire_names.h"
#include "dnsd/zone/zone.h"

namespace waypost::serve {
namespace {

using namespace std::string_view_literals;

constexpr auto kVersionBind = "\7version\4bind\0"sv;
constexpr auto kVersionServer = "\7version\6server\0"sv;
constexpr auto kHostnameBind = "\10hostname\4bind\0"sv;
constexpr auto kIdServer = "\2id\6server\0"sv;

}  // namespace

Identity::Identity(std::string_view nsid, std::string_view version)
    : nsid_(nsid), nsid_text_(Pack(nsid)), version_text_(Pack(version)) {}

std::span<const uint8_t> Identity::nsid() const noexcept { return zone::AsView(nsid_); }

Identity::PackedText Identity::Pack(std::string_view text) {
  if (text.empty()) return {};
  const size_t rdata = 1 + text.size();  // one character-string
  PackedText packed = {static_cast<uint8_t>(rdata >> 8), static_cast<uint8_t>(rdata),
                       static_cast<uint8_t>(text.size())};
  packed.insert(packed.end(), text.begin(), text.end());
  return packed;
}

const Identity::PackedText* Identity::TextFor(std::string_view qname) const noexcept {
  if (qname == kVersionBind || qname == kVersionServer) return &version_text_;
  if (qname == kHostnameBind || qname == kIdServer) return &nsid_text_;
  return nullptr;
}

wire::Rcode Identity::AnswerChaos(const wire::Query& query,
                                  wire::ReplyWriter& writer) const noexcept {
  const PackedText* text = TextFor(zone::AsText(query.qname()));
  const bool asks_text = query.qtype == zone::kTxt || query.qtype == zone::kAny;
  if (text == nullptr || text->empty() || !asks_text) return wire::Rcode::kRefused;
  writer.SetAuthoritative();
  const bool fits = writer.Add(wire::Section::kAnswer, query.qname(),
                               {.type = zone::kTxt,
                                .count = 1,
                                .ttl_s = 0,
                                .rdata = *text,
                                .record_class = wire::kClassChaos});
  if (!fits) writer.SetTruncated();
  return wire::Rcode::kNoError;
}

}  // namespace waypost::serve
