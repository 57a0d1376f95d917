// Catalog zones (RFC 9432), with Knot and BIND as those who serve what a catalog lists.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <sstream>

#include "tests/integration/primary.h"

namespace waypost::test {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;

/// What a consumer of catalog.test is told.
struct Consumption {
  uint16_t primary_port = 0;
  SharedKey key;
};

class ConsumingKnot final : public NameServer {
 public:
  explicit ConsumingKnot(const Consumption& from) {
    const std::string dir = dir_.path();
    std::ostringstream text;
    text << "server:\n  rundir: " << dir << "\n  listen: 127.0.0.1@" << port_ << "\n"
         << "database:\n  storage: " << dir << "\n"
         << "key:\n  - id: " << from.key.name << "\n    algorithm: " << from.key.algorithm
         << "\n    secret: " << from.key.secret << "\n"
         << "remote:\n  - id: primary\n    address: 127.0.0.1@" << from.primary_port
         << "\n    key: " << from.key.name << "\n"
         << "acl:\n  - id: all\n    key: " << from.key.name << "\n    action: [transfer, notify]\n"
         << "template:\n  - id: member\n    storage: " << dir << "\n    master: primary\n"
         << "    acl: all\n"
         << "zone:\n  - domain: catalog.test\n    storage: " << dir << "\n    master: primary\n"
         << "    acl: all\n    catalog-role: interpret\n    catalog-template: member\n";
    process_ = std::make_unique<Process>(
        std::vector<std::string>{PathOf("knotd"), "-c", dir_.Write("knot.conf", text.str())},
        dir + "/knotd");
  }
};

class ConsumingBind final : public NameServer {
 public:
  explicit ConsumingBind(const Consumption& from) {
    const std::string dir = dir_.path();
    const std::string primaries = "{ 127.0.0.1 port " + std::to_string(from.primary_port) +
                                  " key \"" + from.key.name + "\"; }";
    std::ostringstream text;
    text << "key \"" << from.key.name << "\" { algorithm " << from.key.algorithm << "; secret \""
         << from.key.secret << "\"; };\noptions {\n  directory \"" << dir << "\";\n"
         << "  pid-file \"" << dir << "/pid\";\n  session-keyfile \"" << dir << "/session\";\n"
         << "  listen-on port " << port_ << " { 127.0.0.1; };\n  listen-on-v6 { none; };\n"
         << "  recursion no;\n  allow-notify { key \"" << from.key.name << "\"; };\n"
         << "  catalog-zones { zone \"catalog.test\" default-primaries " << primaries
         << " min-update-interval 1; };\n};\ncontrols { };\n"
         << "zone \"catalog.test\" { type secondary; file \"catalog.db\"; primaries " << primaries
         << "; };\n";
    process_ = std::make_unique<Process>(
        std::vector<std::string>{PathOf("named"), "-g", "-c", dir_.Write("named.conf", text.str())},
        dir + "/named");
  }
};

class Catalogs : public Transfers {
 protected:
  std::string NotifyTo(const std::vector<uint16_t>& ports) {
    std::string list;
    for (const uint16_t port : ports) {
      list += "{address: \"127.0.0.1:" + std::to_string(port) + "\", key: " + key_.name + "},";
    }
    return "notify: [" + list + "]\n";
  }
  std::string CatalogResource(const std::vector<uint16_t>& notified = {}) {
    return "---\nkind: Zone\norigin: catalog.test\ncatalog: produce\nallow_transfer: [{key: " +
           key_.name + "}]\n" + NotifyTo(notified);
  }
  std::string MemberResource(const std::string& origin, const std::string& more = "") {
    return "---\nkind: Zone\norigin: " + origin +
           "\nmember_of: catalog.test\nallow_transfer: [{key: " + key_.name + "}]\n" + more +
           "text: |\n  @ 60 SOA ns h 7 3600 600 604800 60\n" +
           "  @ 60 NS ns\n  ns 60 A 192.0.2.53\n";
  }
  void Start(const std::string& resources) {
    const std::string file = d_.dir().Write("resources.yaml", KeyResource() + resources);
    ASSERT_TRUE(d_.StartDirector({"--load", file, "--state", d_.dir().path() + "/state"}))
        << d_.director().err();
  }
  void Apply(const std::string& resources) {
    const Finished applied = d_.Ctl({"apply", "-f", d_.dir().Write("next.yaml", resources)});
    EXPECT_EQ(applied.code, 0) << applied.out << applied.err;
  }
  bool Serves(const NameServer& server, const std::string& origin) {
    return Eventually([&] { return SerialAt(server.port(), origin) == 7; });
  }
  bool Refuses(const NameServer& server, const std::string& origin) {
    return Eventually([&] { return SerialAt(server.port(), origin) == -1; });
  }
  std::vector<std::string> Catalog() { return ZoneAt(d_.dns_port(), "catalog.test", key_); }
};

TEST_F(Catalogs, ListTheirMembersWithVersionAndGroups) {
  Start(CatalogResource() + MemberResource("one.test") +
        MemberResource("two.test", "catalog_group: eu\n"));
  const auto catalog = Catalog();
  EXPECT_EQ(catalog.size(), 6U);
  EXPECT_THAT(catalog, Contains("version.catalog.test. 0 in txt \"2\""));
  EXPECT_THAT(catalog, Contains("catalog.test. 0 in ns invalid."));
  EXPECT_THAT(
      catalog,
      Contains(MatchesRegex("[0-9a-f]+\\.zones\\.catalog\\.test\\. 0 in ptr one\\.test\\.")));
  EXPECT_THAT(
      catalog,
      Contains(MatchesRegex("[0-9a-f]+\\.zones\\.catalog\\.test\\. 0 in ptr two\\.test\\.")));
  EXPECT_THAT(
      catalog,
      Contains(MatchesRegex("group\\.[0-9a-f]+\\.zones\\.catalog\\.test\\. 0 in txt \"eu\"")));
}

TEST_F(Catalogs, RaiseTheirSerialWithEachMemberAndKeepLabelsOverARestart) {
  Start(CatalogResource() + MemberResource("one.test"));
  const auto first = Catalog();
  EXPECT_EQ(SerialAt(d_.dns_port(), "catalog.test"), 1);
  Apply(MemberResource("two.test"));
  EXPECT_EQ(SerialAt(d_.dns_port(), "catalog.test"), 2);
  EXPECT_THAT(RecordsTold(d_.dns_port(), key_, {"catalog.test", "IXFR=1"}),
              Contains(HasSubstr("in ptr two.test.")));
  ASSERT_EQ(d_.Ctl({"delete", "zone/two.test", "--yes"}).code, 0);
  EXPECT_EQ(SerialAt(d_.dns_port(), "catalog.test"), 3);
  EXPECT_EQ(d_.director().Stop(), 0);
  ASSERT_TRUE(d_.StartDirector({"--state", d_.dir().path() + "/state"}));
  EXPECT_EQ(SerialAt(d_.dns_port(), "catalog.test"), 3);
  const auto last = Catalog();
  ASSERT_EQ(last.size(), first.size());
  for (size_t i = 0; i < first.size(); ++i) {
    if (first[i].find(" soa ") == std::string::npos) {
      EXPECT_THAT(last, Contains(first[i]));
    }
  }
}

TEST_F(Catalogs, AreWhatKnotAndBindServe) {
  NEEDS("knotd");
  NEEDS("named");
  Start(CatalogResource() + MemberResource("one.test") +
        MemberResource("two.test", "catalog_group: eu\n"));
  ConsumingKnot knot({d_.dns_port(), key_});
  ConsumingBind bind({d_.dns_port(), key_});
  for (NameServer* consumer : std::initializer_list<NameServer*>{&knot, &bind}) {
    EXPECT_TRUE(Serves(*consumer, "one.test")) << consumer->process().err();
    EXPECT_TRUE(Serves(*consumer, "two.test")) << consumer->process().err();
  }
  Apply(CatalogResource({knot.port(), bind.port()}) + MemberResource("three.test"));
  ASSERT_EQ(d_.Ctl({"delete", "zone/one.test", "--yes"}).code, 0);
  for (NameServer* consumer : std::initializer_list<NameServer*>{&knot, &bind}) {
    EXPECT_TRUE(Serves(*consumer, "three.test")) << consumer->process().err();
    EXPECT_TRUE(Refuses(*consumer, "one.test")) << consumer->process().err();
    EXPECT_TRUE(Serves(*consumer, "two.test"));
  }
}

/// A Knot that makes a catalog of its own zones.
class ProducingKnot final : public NameServer {
 public:
  explicit ProducingKnot(const SharedKey& key) : key_(key) {
    Configure({"one.test", "two.test"});
    process_ = std::make_unique<Process>(
        std::vector<std::string>{PathOf("knotd"), "-c", dir_.path() + "/knot.conf"},
        dir_.path() + "/knotd");
  }
  void ListOnly(const std::vector<std::string>& members, uint16_t notified) {
    notified_ = notified;
    Configure(members);
    process_->Signal(SIGHUP);
  }

 private:
  void Configure(const std::vector<std::string>& members) {
    const std::string dir = dir_.path();
    std::ostringstream text;
    text << "server:\n  rundir: " << dir << "\n  listen: 127.0.0.1@" << port_ << "\n"
         << "database:\n  storage: " << dir << "\n"
         << "key:\n  - id: " << key_.name << "\n    algorithm: " << key_.algorithm
         << "\n    secret: " << key_.secret << "\n"
         << "remote:\n  - id: waypost\n    address: 127.0.0.1@" << notified_
         << "\n    key: " << key_.name << "\n"
         << "acl:\n  - id: all\n    key: " << key_.name << "\n    action: transfer\n"
         << "zone:\n  - domain: catalog.test\n    storage: " << dir << "\n    acl: all\n"
         << "    notify: waypost\n    catalog-role: generate\n";
    for (const std::string& member : members) {
      dir_.Write(member, "@ 60 SOA ns h 7 3600 600 604800 60\n@ 60 NS ns\nns 60 A 192.0.2.53\n");
      text << "  - domain: " << member << "\n    storage: " << dir << "\n    file: " << member
           << "\n    acl: all\n    catalog-role: member\n    catalog-zone: catalog.test\n";
    }
    dir_.Write("knot.conf", text.str());
  }

  const SharedKey key_;
  uint16_t notified_ = 9;
};

TEST_F(Catalogs, OfKnotMakeSecondaryZonesThatComeAndGo) {
  NEEDS("knotd");
  ProducingKnot knot(key_);
  ASSERT_TRUE(Eventually([&] { return SerialAt(knot.port(), "two.test") == 7; }));
  Start(
      "---\nkind: Zone\norigin: catalog.test\ncatalog: consume\nprimaries: [{address: "
      "\"127.0.0.1:" +
      std::to_string(knot.port()) + "\", key: " + key_.name + "}]\n");
  for (const char* origin : {"one.test", "two.test"}) {
    EXPECT_TRUE(Eventually([&] { return SerialAt(d_.dns_port(), origin) == 7; }))
        << d_.director().err();
  }
  knot.ListOnly({"two.test", "three.test"}, d_.dns_port());
  EXPECT_TRUE(Eventually([&] { return SerialAt(d_.dns_port(), "three.test") == 7; }))
      << d_.director().err() << knot.process().err() << knot.process().out();
  EXPECT_TRUE(Eventually([&] {
    return Dig(d_.dns_port(), {"one.test", "SOA"}).find("REFUSED") != std::string::npos;
  }));
  EXPECT_EQ(SerialAt(d_.dns_port(), "two.test"), 7);
  EXPECT_EQ(d_.director().Stop(), 0);
  ASSERT_TRUE(d_.StartDirector({"--state", d_.dir().path() + "/state"}));
  EXPECT_EQ(SerialAt(d_.dns_port(), "three.test"), 7) << "kept over a restart";
}

/// A BIND with a catalog that was written by hand.
class ListingBind final : public NameServer {
 public:
  ListingBind(const SharedKey& key, const std::string& lines) {
    const std::string dir = dir_.path();
    Write(1, lines);
    dir_.Write("member", "@ 60 SOA ns h 7 3600 600 604800 60\n@ 60 NS ns\nns 60 A 192.0.2.53\n");
    std::ostringstream text;
    text << "key \"" << key.name << "\" { algorithm " << key.algorithm << "; secret \""
         << key.secret << "\"; };\noptions {\n  directory \"" << dir << "\";\n"
         << "  pid-file \"" << dir << "/pid\";\n  session-keyfile \"" << dir << "/session\";\n"
         << "  listen-on port " << port_ << " { 127.0.0.1; };\n  listen-on-v6 { none; };\n"
         << "  recursion no;\n  notify no;\n  allow-transfer { key \"" << key.name << "\"; };\n"
         << "};\ncontrols { };\n";
    for (const char* zone : {"catalog", "one", "two"}) {
      const bool is_catalog = std::string(zone) == "catalog";
      text << "zone \"" << zone << ".test\" { type primary; file \""
           << (is_catalog ? "catalog" : "member") << "\"; };\n";
    }
    process_ = std::make_unique<Process>(
        std::vector<std::string>{PathOf("named"), "-g", "-c", dir_.Write("named.conf", text.str())},
        dir + "/named");
  }
  /// Another version, and whether it is served.
  bool List(int serial, const std::string& lines) {
    Write(serial, lines);
    process_->Signal(SIGHUP);
    return Eventually([&] { return SerialAt(port_, "catalog.test") == serial; });
  }

 private:
  void Write(int serial, const std::string& lines) {
    dir_.Write("catalog", "$TTL 0\n@ SOA invalid. invalid. " + std::to_string(serial) +
                              " 3600 600 604800 0\n@ NS invalid.\n" + lines);
  }
};

class ConsumedCatalogs : public Catalogs {
 protected:
  void Consume(const NameServer& producer, const std::string& more = "") {
    Start(
        "---\nkind: Zone\norigin: catalog.test\ncatalog: consume\nprimaries: [{address: "
        "\"127.0.0.1:" +
        std::to_string(producer.port()) + "\", key: " + key_.name + "}]\n" + more);
  }
  void Refresh() { EXPECT_EQ(d_.Ctl({"zone", "refresh", "catalog.test"}).code, 0); }
  bool ServesHere(const std::string& origin) {
    return Eventually([&] { return SerialAt(d_.dns_port(), origin) == 7; });
  }
  /// How often a zone was transferred as a whole, so the log says.
  size_t Transfers(const std::string& origin) {
    const std::string log = d_.director().err();
    size_t count = 0;
    for (size_t at = 0; (at = log.find("zone/" + origin, at)) != std::string::npos; ++at) {
      const std::string line = log.substr(at, log.find('\n', at) - at);
      if (line.find("by AXFR") != std::string::npos) ++count;
    }
    return count;
  }
  bool StatusSays(const std::string& words) {
    return Eventually([&] { return d_.Ctl({"status"}).out.find(words) != std::string::npos; });
  }
};

TEST_F(ConsumedCatalogs, OfBindResetAMemberThatHasAnotherLabel) {
  NEEDS("named");
  ListingBind bind(key_, "version TXT 2\nx.zones PTR one.test.\nw.zones PTR two.test.\n");
  ASSERT_TRUE(Eventually([&] { return SerialAt(bind.port(), "one.test") == 7; }))
      << bind.process().err();
  Consume(bind);
  EXPECT_TRUE(ServesHere("one.test")) << d_.director().err();
  EXPECT_TRUE(ServesHere("two.test"));
  EXPECT_TRUE(StatusSays("current, listed by catalog.test"));
  ASSERT_TRUE(bind.List(2, "version TXT 2\ny.zones PTR one.test.\nw.zones PTR two.test.\n"));
  Refresh();
  EXPECT_TRUE(Eventually([&] { return Transfers("one.test") == 2; })) << d_.director().err();
  EXPECT_TRUE(ServesHere("one.test"));
  EXPECT_EQ(Transfers("two.test"), 1U);
}

TEST_F(ConsumedCatalogs, OfBindThatAreBrokenLeaveTheirMembersAndSayWhy) {
  NEEDS("named");
  ListingBind bind(key_, "version TXT 2\nx.zones PTR one.test.\n");
  ASSERT_TRUE(Eventually([&] { return SerialAt(bind.port(), "one.test") == 7; }));
  Consume(bind);
  EXPECT_TRUE(ServesHere("one.test")) << d_.director().err();
  ASSERT_TRUE(bind.List(2, "version TXT 3\n"));
  Refresh();
  EXPECT_TRUE(StatusSays("is a broken catalog")) << d_.director().err();
  EXPECT_TRUE(ServesHere("one.test"));
  ASSERT_TRUE(bind.List(3, "version TXT 2\nw.zones PTR two.test.\n"));
  Refresh();
  EXPECT_TRUE(ServesHere("two.test")) << "sound again";
}

TEST_F(ConsumedCatalogs, OfBindLeaveDeclaredZonesAloneAndSaySo) {
  NEEDS("named");
  ListingBind bind(key_, "version TXT 2\nx.zones PTR one.test.\nw.zones PTR two.test.\n");
  ASSERT_TRUE(Eventually([&] { return SerialAt(bind.port(), "one.test") == 7; }));
  Consume(bind,
          "---\n{kind: Zone, origin: two.test, text: \"@ 60 SOA a b 99 1 1 1 1\\n@ 60 NS ns.\"}\n");
  EXPECT_TRUE(ServesHere("one.test")) << d_.director().err();
  EXPECT_EQ(SerialAt(d_.dns_port(), "two.test"), 99);
  EXPECT_TRUE(StatusSays("its member \"two.test\" is ignored: a zone of this name is declared"));
}

}  // namespace
}  // namespace waypost::test
