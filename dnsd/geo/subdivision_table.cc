// Source: our own compilation of ISO 3166-2 codes, with the English names that GeoNames uses.
#include "dnsd/geo/subdivision_table.h"

namespace waypost::geo {
namespace {

// clang-format off
constexpr SubdivisionWords kSubdivisions[] = {
    {"au-act", "au-australian capital territory"}, {"au-act", "au-act"},
    {"au-nsw", "au-new south wales"}, {"au-nt", "au-northern territory"},
    {"au-qld", "au-queensland"}, {"au-sa", "au-south australia"}, {"au-tas", "au-tasmania"},
    {"au-vic", "au-victoria"}, {"au-wa", "au-western australia"}, {"br-ac", "br-acre"},
    {"br-al", "br-alagoas"}, {"br-am", "br-amazonas"}, {"br-ap", "br-amapa"}, {"br-ba", "br-bahia"},
    {"br-ce", "br-ceara"}, {"br-df", "br-federal district"}, {"br-es", "br-espirito santo"},
    {"br-go", "br-goias"}, {"br-ma", "br-maranhao"}, {"br-mg", "br-minas gerais"},
    {"br-ms", "br-mato grosso do sul"}, {"br-mt", "br-mato grosso"}, {"br-pa", "br-para"},
    {"br-pb", "br-paraiba"}, {"br-pe", "br-pernambuco"}, {"br-pi", "br-piaui"},
    {"br-pr", "br-parana"}, {"br-rj", "br-rio de janeiro"}, {"br-rn", "br-rio grande do norte"},
    {"br-ro", "br-rondonia"}, {"br-rr", "br-roraima"}, {"br-rs", "br-rio grande do sul"},
    {"br-sc", "br-santa catarina"}, {"br-se", "br-sergipe"}, {"br-sp", "br-sao paulo"},
    {"br-to", "br-tocantins"}, {"ca-ab", "ca-alberta"}, {"ca-bc", "ca-british columbia"},
    {"ca-mb", "ca-manitoba"}, {"ca-nb", "ca-new brunswick"},
    {"ca-nl", "ca-newfoundland and labrador"}, {"ca-ns", "ca-nova scotia"},
    {"ca-nt", "ca-northwest territories"}, {"ca-nu", "ca-nunavut"}, {"ca-on", "ca-ontario"},
    {"ca-pe", "ca-prince edward island"}, {"ca-qc", "ca-quebec"}, {"ca-sk", "ca-saskatchewan"},
    {"ca-yt", "ca-yukon"}, {"de-bb", "de-brandenburg"}, {"de-be", "de-berlin"},
    {"de-be", "de-state of berlin"}, {"de-bw", "de-baden-wurttemberg"}, {"de-by", "de-bavaria"},
    {"de-hb", "de-bremen"}, {"de-hb", "de-city state bremen"},
    {"de-hb", "de-free hanseatic city of bremen"}, {"de-he", "de-hesse"}, {"de-hh", "de-hamburg"},
    {"de-hh", "de-free and hanseatic city of hamburg"}, {"de-mv", "de-mecklenburg-vorpommern"},
    {"de-ni", "de-lower saxony"}, {"de-nw", "de-north rhine-westphalia"},
    {"de-rp", "de-rheinland-pfalz"}, {"de-rp", "de-rhineland-palatinate"},
    {"de-sh", "de-schleswig-holstein"}, {"de-sl", "de-saarland"}, {"de-sn", "de-saxony"},
    {"de-st", "de-saxony-anhalt"}, {"de-th", "de-thuringia"}, {"gb-eng", "gb-england"},
    {"gb-nir", "gb-northern ireland"}, {"gb-sct", "gb-scotland"}, {"gb-wls", "gb-wales"},
    {"us-ak", "us-alaska"}, {"us-al", "us-alabama"}, {"us-ar", "us-arkansas"},
    {"us-az", "us-arizona"}, {"us-ca", "us-california"}, {"us-co", "us-colorado"},
    {"us-ct", "us-connecticut"}, {"us-dc", "us-district of columbia"}, {"us-de", "us-delaware"},
    {"us-fl", "us-florida"}, {"us-ga", "us-georgia"}, {"us-hi", "us-hawaii"}, {"us-ia", "us-iowa"},
    {"us-id", "us-idaho"}, {"us-il", "us-illinois"}, {"us-in", "us-indiana"},
    {"us-ks", "us-kansas"}, {"us-ky", "us-kentucky"}, {"us-la", "us-louisiana"},
    {"us-ma", "us-massachusetts"}, {"us-md", "us-maryland"}, {"us-me", "us-maine"},
    {"us-mi", "us-michigan"}, {"us-mn", "us-minnesota"}, {"us-mo", "us-missouri"},
    {"us-ms", "us-mississippi"}, {"us-mt", "us-montana"}, {"us-nc", "us-north carolina"},
    {"us-nd", "us-north dakota"}, {"us-ne", "us-nebraska"}, {"us-nh", "us-new hampshire"},
    {"us-nj", "us-new jersey"}, {"us-nm", "us-new mexico"}, {"us-nv", "us-nevada"},
    {"us-ny", "us-new york"}, {"us-oh", "us-ohio"}, {"us-ok", "us-oklahoma"},
    {"us-or", "us-oregon"}, {"us-pa", "us-pennsylvania"}, {"us-ri", "us-rhode island"},
    {"us-sc", "us-south carolina"}, {"us-sd", "us-south dakota"}, {"us-tn", "us-tennessee"},
    {"us-tx", "us-texas"}, {"us-ut", "us-utah"}, {"us-va", "us-virginia"}, {"us-vt", "us-vermont"},
    {"us-wa", "us-washington"}, {"us-wi", "us-wisconsin"}, {"us-wv", "us-west virginia"},
    {"us-wy", "us-wyoming"},
};
// clang-format on

}  // namespace

std::span<const SubdivisionWords> KnownSubdivisions() noexcept { return kSubdivisions; }

}  // namespace waypost::geo
