#include "ctl/render/impact.h"

#include <fmt/format.h>

#include <algorithm>

#include "ctl/render/table.h"
#include "ctl/render/units.h"
#include "ctl/render/words.h"

namespace waypost::render {
namespace {

constexpr int kMaxCountries = 10;

std::string OrNothing(const std::string& pool) { return pool.empty() ? "nothing" : pool; }

std::string Goal(const v1::CountryImpact& country) {
  return country.to() == country.from() ? "other addresses of it" : OrNothing(country.to());
}

std::string RenderCountries(const v1::Impact& impact, const Style& style) {
  Table table(
      {{"COUNTRY"}, {"PREFIXES", Align::kRight}, {"SHARE", Align::kRight}, {"FROM"}, {"TO"}});
  const int shown = std::min(impact.countries_size(), kMaxCountries);
  for (int i = 0; i < shown; ++i) {
    const v1::CountryImpact& country = impact.countries(i);
    table.Add({country.country().empty() ? "unknown" : Clean(country.country()),
               std::to_string(country.changed_prefixes()), FormatShare(country.changed_share()),
               OrNothing(country.from()), Goal(country)});
  }
  if (table.empty()) return "";
  const int more = impact.countries_size() - shown;
  return table.ToString(style, 2) +
         (more == 0 ? "" : fmt::format("  and {} more countries (all with -o json)\n", more));
}

std::string RenderImpact(const v1::Impact& impact, const Style& style) {
  const std::string name = impact.record() + " " + WordOf(impact.type());
  return fmt::format("{}: {} of {} client prefixes, {} of the IPv4 addresses\n",
                     style.Paint(Tone::kStrong, name), impact.changed_prefixes(), impact.prefixes(),
                     FormatShare(impact.changed_share())) +
         RenderCountries(impact, style);
}

}  // namespace

std::string RenderImpacts(const google::protobuf::RepeatedPtrField<v1::Impact>& impacts,
                          const Style& style) {
  if (impacts.empty()) return "No client would be answered differently.\n";
  std::string text = "Answered differently:\n";
  for (const v1::Impact& impact : impacts) text += RenderImpact(impact, style);
  return text;
}

}  // namespace waypost::render
