#include "tests/peers/zones.h"

#include <algorithm>
#include <array>
#include <set>

#include "dnsd/base/random.h"

namespace waypost::peers {
namespace {

constexpr const char* kHard = R"($TTL 3600
@ 900 SOA ns1 hostmaster 1 7200 900 1209600 300
@ NS ns1
@ NS ns2.sub
@ MX 10 mail
@ MX 20 MAIL2.other
@ MX 30 glued.sub
ns1 A 192.0.2.1
ns1 AAAA 2001:db8::1
mail A 192.0.2.25
mail AAAA 2001:db8::25
www 60 A 192.0.2.80
www 60 A 192.0.2.81
alias CNAME www
alias2 CNAME alias
loop1 CNAME loop2
loop2 CNAME loop1
self CNAME self
dangling CNAME nothing
outside CNAME www.example.net.
across CNAME www.child
deep.er.ent TXT "below an empty non-terminal"
*.wild A 192.0.2.90
*.wild MX 10 mail
x.y.wild TXT "blocks"
*.walias CNAME www
a.*.star TXT "in the middle"
*.wns TXT "nothing"
sub NS ns1.sub
sub NS ns2.sub
sub NS ns.sibling
sub NS ns.example.net.
ns1.sub A 192.0.2.11
ns1.sub AAAA 2001:db8::11
ns2.sub A 192.0.2.12
glued.sub A 192.0.2.13
occluded.sub TXT "never seen"
sibling NS ns.sibling
ns.sibling A 192.0.2.14
signed NS ns1
signed DS 12345 13 2 0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF
unsigned NS ns1
child NS ns1
child DS 1 13 2 0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF
old DNAME new
host.new A 192.0.2.70
chained.new CNAME host.new
twice DNAME old
back CNAME host.twice
long DNAME aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb.cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc
_sip._udp SRV 0 0 5060 mail
_sip._tcp SRV 0 0 5060 x.wild
svc HTTPS 1 . alpn=h2,h3 ipv4hint=192.0.2.1
svc A 192.0.2.60
svc2 HTTPS 1 svc port=8443
svc0 HTTPS 0 svc
_8443._foo.api SVCB 1 svc alpn=bar
esc\.aped A 192.0.2.61
\000\001\255bin A 192.0.2.62
caa CAA 0 issue "ca.example.net"
naptr NAPTR 100 10 "u" "E2U+sip" "!^.*$!sip:info@example.com!" .
loc LOC 52 22 23.000 N 4 53 32.000 E -2.00m 0.00m 10000m 10m
sshfp SSHFP 4 2 123456789ABCDEF67890123456789ABCDEF67890123456789ABCDEF123456789
tlsa TLSA 3 1 1 0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF
rp RP mail.hard.test. www
afsdb AFSDB 1 mail
kx KX 1 mail
rt RT 1 mail
hinfo HINFO "cpu" "os"
ptr PTR Www
unknown TYPE65280 \# 4 0A000001
wks TYPE11 \# 8 C000020106000001
spf SPF "v=spf1 -all"
eui EUI48 00-00-5e-00-53-2a
uri URI 10 1 "https://example.com/"
cert CERT 1 0 0 AAEC
apl APL 1:192.0.2.0/24 !2:2001:db8::/32
dhcid DHCID AAIBY2/AuCccgoJbsaxcQc9TUapptP69lOjxfNuVAA2kjEA=
smimea SMIMEA 3 1 1 01234567
openpgp OPENPGPKEY AAEC
cds CDS 1 13 2 0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF
csync CSYNC 66 3 A NS AAAA
ipsec IPSECKEY 10 1 2 192.0.2.38 AQNRU3mG7TVTO2BkR47usntb102uFJtugbo6BSGvgqt4AQ==
ipsec IPSECKEY 20 3 2 gw AQNRU3mG7TVTO2BkR47usntb102uFJtugbo6BSGvgqt4AQ==
ipsec IPSECKEY 30 0 2 . AQNRU3mG7TVTO2BkR47usntb102uFJtugbo6BSGvgqt4AQ==
big TXT "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789" "x"
)";

constexpr const char* kHardChild = R"($TTL 1800
@ SOA ns1 hostmaster 1 7200 900 1209600 3600
@ NS ns1
ns1 A 192.0.2.2
www A 192.0.2.82
up CNAME alias2.hard.test.
)";

/// Types that some peers do not read.
constexpr const char* kRare = R"($TTL 60
@ SOA ns1 hostmaster 1 7200 900 1209600 60
@ NS ns1
ns1 A 192.0.2.1
mail A 192.0.2.25
px PX 10 map822 mapx400
minfo MINFO mail www
mb MB mail
mg MG mail
mr MR mail
x25 X25 311061700956
isdn ISDN "150862028003217" "004"
nsap NSAP 0x47000580005a0000000001e133ffffff00016100
eui64 EUI64 00-00-5e-ef-10-00-00-2a
nid NID 10 0014:4fff:ff20:ee64
l32 L32 10 10.1.2.0
l64 L64 10 2001:0DB8:1140:1000
lp LP 10 l64
zonemd ZONEMD 1 1 1 0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF
dnskey DNSKEY 257 3 13 mdsswUyr3DPW132mOi8V9xESWE8jTo0dxCjjnopKl+GqJxpVXckHAeF+KkxLbxILfDLUT0rAK9iUzy1L53eKGQ==
cdnskey CDNSKEY 257 3 13 mdsswUyr3DPW132mOi8V9xESWE8jTo0dxCjjnopKl+GqJxpVXckHAeF+KkxLbxILfDLUT0rAK9iUzy1L53eKGQ==
nsec NSEC www A MX RRSIG NSEC TYPE1234
nsec3param NSEC3PARAM 1 0 12 AABBCCDD
key KEY 256 3 5 AQPSKmynfzW4kyBv015MUG2DeIQ3
twottl 100 A 192.0.2.1
twottl 200 A 192.0.2.2
)";

/// A type that NSD does not read.
constexpr const char* kHip = R"($TTL 60
@ SOA ns1 hostmaster 1 7200 900 1209600 60
@ NS ns1
ns1 A 192.0.2.1
hip HIP 2 200100107B1A74DF365639CC39F1D578 AwEAAbdxyhNuSutc5EMzxTs9LBPCIkOFH8cIvM4p9+LrV4e19WzK00+CI6zBCQTdtWsuxKbWIy87UOoJTwkUs7lBu+Upr1gsNrut79ryra+bSRGQb1slImA8YVJyuIDsj7kwzG7jnERNqnWxZ48AWkskmdHaVDP4BcelrTI3rMXdXF5D rvs.example.com.
)";

/// Names that no record owns, and some that records own only behind a cut.
constexpr std::array kHardNames = {
    "nothing",
    "nothing.nothing",
    "er.ent",
    "ent",
    "x.er.ent",
    "a.wild",
    "a.b.wild",
    "y.wild",
    "z.y.wild",
    "*.wild",
    "a.*.wild",
    "wild",
    "a.walias",
    "b.a.walias",
    "x.star",
    "b.x.star",
    "star",
    "*.star",
    "sub",
    "www.sub",
    "ns1.sub",
    "occluded.sub",
    "a.occluded.sub",
    "sibling",
    "x.sibling",
    "x.signed",
    "x.unsigned",
    "child",
    "www.child",
    "x.child",
    "host.old",
    "nothing.old",
    "chained.old",
    "old",
    "host.twice",
    "a.b.twice",
    "x.www",
    "x.alias",
    "WwW",
    "hOsT.oLd",
    "a.long",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.long",
    "up.child",
    "loop1.child",
    "x.y.wild",
    "_udp",
    "_tcp"};

constexpr std::array<uint16_t, 14> kHardTypes = {1,  2,  5,  6,  12, 15,  16,
                                                 28, 33, 39, 43, 65, 255, 65280};

const std::string kHardOrigin = "hard.test";

/// The owner and the type of every record of the hard zone, asked as they are.
void AskEveryRecord(const std::string& origin, const std::string& text, World& world) {
  constexpr uint16_t kOwnTypes[] = {46, 47, 48, 3,  4,   7,   8,   9,   10,  11,  13,  14,  17,
                                    18, 19, 20, 21, 22,  24,  25,  26,  27,  29,  35,  36,  37,
                                    42, 44, 45, 49, 50,  51,  52,  53,  55,  56,  59,  60,  61,
                                    62, 63, 64, 99, 104, 105, 106, 107, 108, 109, 256, 257, 260};
  size_t at = 0;
  while ((at = text.find('\n', at)) != std::string::npos && ++at < text.size()) {
    const std::string owner = text.substr(at, text.find(' ', at) - at);
    const std::string name = owner == "@" ? origin : owner + "." + origin;
    for (const uint16_t type : kHardTypes) world.questions.push_back({name, type});
    for (const uint16_t type : kOwnTypes) world.questions.push_back({name, type});
  }
}

/// A zone in the making; keeps to what every peer loads.
class RandomZone {
 public:
  RandomZone(Random& random, std::string origin) : random_(random), origin_(std::move(origin)) {
    text_ = "$TTL 600\n@ SOA ns admin 1 7200 900 1209600 " +
            std::to_string(100 + random.Below(1000)) + "\n@ NS ns\nns A 192.0.2.53\n";
    used_["ns"] = {"A"};
    names_ = {"", "ns"};
  }

  void Fill(const std::vector<std::string>& targets) {
    for (uint64_t i = 0; i < 40; ++i) Add(NewName(), targets);
  }
  void Delegate(const std::string& label) {
    text_ += label + " NS ns." + label + "\nns." + label + " A 192.0.2.54\n";
    cuts_.insert(label);
    children_.insert(label);
    names_.push_back(label);
  }
  const std::string& text() const { return text_; }
  std::string FullName(const std::string& name) const {
    return name.empty() ? origin_ : name + "." + origin_;
  }
  std::string AnyName() { return FullName(names_[random_.Below(names_.size())]); }
  /// An existing name, or one near to it.
  std::string NameToAsk() {
    std::string name = names_[random_.Below(names_.size())];
    if (random_.Below(4) == 0 && name.find('.') != std::string::npos) {
      name = name.substr(name.find('.') + 1);
    }
    for (uint64_t more = random_.Below(3); more > 0; --more) {
      name = Label() + (name.empty() ? "" : "." + name);
    }
    return FullName(name);
  }

 private:
  std::string Label() {
    constexpr std::array kLabels = {"a", "b", "c", "*", "d", "e", "www", "a-longer-label"};
    return kLabels[random_.Below(kLabels.size())];
  }
  std::string NewName() {
    std::string name = names_[random_.Below(names_.size())];
    for (uint64_t more = 1 + random_.Below(2); more > 0; --more) {
      name = Label() + (name.empty() ? "" : "." + name);
    }
    return name;
  }
  bool IsBehind(const std::string& name, const std::set<std::string>& walls) const {
    return std::any_of(walls.begin(), walls.end(), [&](const std::string& wall) {
      return name.size() > wall.size() && name.ends_with("." + wall);
    });
  }
  /// BIND and NSD refuse names below a DNAME and NS at wildcards; all refuse CNAME and other data.
  bool MayHave(const std::string& name, const std::string& type) const {
    const auto found = used_.find(name);
    const bool is_used = found != used_.end();
    if (is_used && (type == "CNAME" || found->second.count("CNAME") > 0)) return false;
    // NSD keeps the names of all zones in one tree, where what stands behind a cut hides the child.
    if (IsBehind(name, dnames_) || IsBehind(name, children_)) return false;
    const bool divides = type == "NS" || type == "DNAME";
    if (divides && name.find('*') != std::string::npos) return false;
    if (divides && (cuts_.count(name) > 0 || dnames_.count(name) > 0)) return false;
    if (type != "DNAME") return true;
    return std::none_of(names_.begin(), names_.end(),
                        [&](const std::string& other) { return other.ends_with("." + name); });
  }
  void Add(const std::string& name, const std::vector<std::string>& targets) {
    constexpr std::array kTypes = {"A",     "A",  "AAAA", "TXT",   "MX",   "SRV",
                                   "CNAME", "NS", "NS",   "DNAME", "CNAME"};
    const std::string type = kTypes[random_.Below(kTypes.size())];
    if (name.size() > 100 || !MayHave(name, type)) return;
    // A target of this zone mostly, else one anywhere.
    const std::string target = random_.Below(4) == 0 && !targets.empty()
                                   ? targets[random_.Below(targets.size())]
                                   : AnyName();
    text_ += name + " " + type + " " + RdataFor(type, target) + "\n";
    if (type == "NS" && random_.Below(2) == 0) {
      text_ += name + " DS 1 13 2 " + std::string(64, 'A') + "\n";
    }
    if (type == "NS") cuts_.insert(name);
    if (type == "DNAME") dnames_.insert(name);
    used_[name].insert(type);
    names_.push_back(name);
  }
  std::string RdataFor(const std::string& type, const std::string& target) {
    if (type == "A") return "192.0.2." + std::to_string(random_.Below(256));
    if (type == "AAAA") return "2001:db8::" + std::to_string(random_.Below(256));
    if (type == "TXT") return "text";
    if (type == "MX") return "10 " + target + ".";
    if (type == "SRV") return "0 0 1 " + target + ".";
    return target + ".";
  }

  Random& random_;
  std::string origin_;
  std::string text_;
  std::map<std::string, std::set<std::string>> used_;  // types by owner
  std::set<std::string> cuts_;
  std::set<std::string> dnames_;
  std::set<std::string> children_;
  std::vector<std::string> names_ = {""};
};

}  // namespace

World HardWorld() {
  World world;
  world.zones[kHardOrigin] = kHard;
  world.zones["child." + kHardOrigin] = kHardChild;
  world.zones["rare.test"] = kRare;
  AskEveryRecord(kHardOrigin, kHard, world);
  AskEveryRecord("rare.test", kRare, world);
  world.zones["hip.test"] = kHip;
  AskEveryRecord("hip.test", kHip, world);
  for (const char* name : kHardNames) {
    for (const uint16_t type : kHardTypes) {
      world.questions.push_back({std::string(name) + "." + kHardOrigin, type});
    }
  }
  for (const uint16_t type : kHardTypes) {
    world.questions.push_back({"www.example.net", type});
    world.questions.push_back({"test", type});
  }
  return world;
}

World RandomWorld(uint64_t seed) {
  constexpr std::array<uint16_t, 9> kTypes = {1, 2, 5, 15, 16, 28, 33, 39, 43};
  Random random(seed);
  const std::string origin = "r" + std::to_string(seed) + ".test";
  RandomZone parent(random, origin);
  RandomZone child(random, "kid." + origin);
  parent.Delegate("kid");
  child.Fill({origin, "ns." + origin, "www.hard.test"});
  parent.Fill({child.AnyName(), child.AnyName(), child.NameToAsk(), "www.hard.test"});
  World world;
  world.zones[origin] = parent.text();
  world.zones["kid." + origin] = child.text();
  for (int i = 0; i < 60; ++i) {
    const std::string name = random.Below(3) == 0 ? child.NameToAsk() : parent.NameToAsk();
    for (const uint16_t type : kTypes) world.questions.push_back({name, type});
  }
  return world;
}

}  // namespace waypost::peers
