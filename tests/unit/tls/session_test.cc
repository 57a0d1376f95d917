#include "dnsd/tls/session.h"

#include <gmock/gmock.h>
#include <openssl/ssl.h>

#include <fstream>
#include <string>
#include <vector>

#include "tests/support/certificate.h"
#include "tests/support/process.h"

namespace waypost::tls {
namespace {

using ::testing::HasSubstr;

using Octets = std::vector<uint8_t>;

/// A self-signed certificate in files, loaded.
class Server {
 public:
  explicit Server(MinVersion min_version = MinVersion::kTls12) {
    const test::Certificate made = test::MakeCertificate({});
    files_ = {dir_.Write("cert.pem", made.certificate), dir_.Write("key.pem", made.key),
              min_version};
  }
  std::shared_ptr<const Credentials> Load() const { return Credentials::Load(files_).value(); }
  CredentialFiles files() const { return files_; }
  const test::TempDir& dir() const { return dir_; }

 private:
  test::TempDir dir_;
  CredentialFiles files_;
};

/// A client in memory.
class Client {
 public:
  explicit Client(int max_version = TLS1_3_VERSION, const std::string& alpn = "")
      : context_(SSL_CTX_new(TLS_client_method()), &SSL_CTX_free),
        ssl_(SSL_new(context_.get()), &SSL_free),
        in_(BIO_new(BIO_s_mem())),
        out_(BIO_new(BIO_s_mem())) {
    SSL_set_max_proto_version(ssl_.get(), max_version);
    SSL_set_security_level(ssl_.get(), 0);
    SSL_set_bio(ssl_.get(), in_, out_);
    SSL_set_connect_state(ssl_.get());
    const std::string wire = static_cast<char>(alpn.size()) + alpn;
    if (!alpn.empty()) {
      SSL_set_alpn_protos(ssl_.get(), reinterpret_cast<const unsigned char*>(wire.data()),
                          static_cast<unsigned>(wire.size()));
    }
  }
  /// Lets both speak until neither has anything to say; returns what the server read.
  std::string Converse(Session& session) {
    std::string heard;
    for (int turn = 0; turn < 20; ++turn) {
      SSL_do_handshake(ssl_.get());
      session.Feed(Take());
      uint8_t out[70000];
      for (size_t n = 1; n > 0;) {
        n = session.Read(out);
        heard.append(reinterpret_cast<char*>(out), n);
      }
      const auto outgoing = session.outgoing();
      BIO_write(in_, outgoing.data(), static_cast<int>(outgoing.size()));
      session.Sent(outgoing.size());
    }
    return heard;
  }
  bool is_connected() const { return SSL_is_init_finished(ssl_.get()) == 1; }
  void Say(const std::string& text) {
    SSL_write(ssl_.get(), text.data(), static_cast<int>(text.size()));
  }
  std::string Hear() {
    std::string heard(70000, 0);
    size_t octets = 0;
    for (size_t n = 0;
         SSL_read_ex(ssl_.get(), heard.data() + octets, heard.size() - octets, &n) == 1;) {
      octets += n;
    }
    heard.resize(octets);
    return heard;
  }
  std::string version() const { return SSL_get_version(ssl_.get()); }
  Octets Take() {
    Octets octets(100000);
    const int n = BIO_read(out_, octets.data(), static_cast<int>(octets.size()));
    octets.resize(n > 0 ? static_cast<size_t>(n) : 0);
    return octets;
  }

 private:
  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context_;
  std::unique_ptr<SSL, decltype(&SSL_free)> ssl_;
  BIO* in_;
  BIO* out_;
};

TEST(Session, CarriesOctetsBothWays) {
  const Server server;
  Session session(*server.Load());
  Client client;
  client.Converse(session);
  ASSERT_TRUE(client.is_connected());
  client.Say("hello");
  EXPECT_EQ(client.Converse(session), "hello");
  const std::string reply(65000, 'x');
  session.Write({reinterpret_cast<const uint8_t*>(reply.data()), reply.size()});
  client.Converse(session);
  EXPECT_EQ(client.Hear(), reply);
}

TEST(Session, TakesOctetsOneByOne) {
  const Server server;
  Session session(*server.Load());
  Client client;
  client.Converse(session);
  client.Say("dripping");
  std::string heard;
  for (const uint8_t octet : client.Take()) {
    session.Feed({&octet, 1});
    uint8_t out[100];
    heard.append(reinterpret_cast<char*>(out), session.Read(out));
  }
  EXPECT_EQ(heard, "dripping");
}

TEST(Session, OldVersionsAreRefusedByChoice) {
  const auto version_with = [](MinVersion min, int client_version) {
    const Server server(min);
    Session session(*server.Load());
    Client client(client_version);
    client.Converse(session);
    return client.is_connected() ? client.version() : "refused";
  };
  EXPECT_EQ(version_with(MinVersion::kTls12, TLS1_2_VERSION), "TLSv1.2");
  EXPECT_EQ(version_with(MinVersion::kTls13, TLS1_2_VERSION), "refused");
  EXPECT_EQ(version_with(MinVersion::kTls13, TLS1_3_VERSION), "TLSv1.3");
  EXPECT_EQ(version_with(MinVersion::kTls12, TLS1_1_VERSION), "refused");
}

TEST(Session, AnotherProtocolIsRefused) {
  const Server server;
  for (const auto& [protocol, is_welcome] : {std::pair{"dot", true}, {"h2", false}}) {
    Session session(*server.Load());
    Client client(TLS1_3_VERSION, protocol);
    client.Converse(session);
    client.Say("x");
    EXPECT_EQ(client.Converse(session) == "x", is_welcome) << protocol;
    EXPECT_EQ(session.state() == Session::State::kFailed, !is_welcome) << protocol;
  }
}

TEST(Session, GarbageFailsAndStaysFailed) {
  const Server server;
  Session session(*server.Load());
  const std::string garbage = "GET / HTTP/1.1\r\n\r\n";
  session.Feed({reinterpret_cast<const uint8_t*>(garbage.data()), garbage.size()});
  uint8_t out[100];
  EXPECT_EQ(session.Read(out), 0U);
  EXPECT_EQ(session.state(), Session::State::kFailed);
  session.Feed({out, 1});
  EXPECT_EQ(session.Read(out), 0U);
  session.Write({out, 1});
  session.End();
}

TEST(Session, AGoodbyeIsAnEnd) {
  const Server server;
  Session session(*server.Load());
  Client client;
  client.Converse(session);
  session.End();
  EXPECT_FALSE(session.outgoing().empty());
}

TEST(Credentials, WhatIsWrongIsNamed) {
  const Server server;
  const auto error_of = [](const CredentialFiles& files) {
    const auto loaded = Credentials::Load(files);
    return loaded ? "loaded" : loaded.error().message;
  };
  CredentialFiles files = server.files();
  files.key = "/nowhere.pem";
  EXPECT_THAT(error_of(files), HasSubstr("/nowhere.pem"));
  files.key = server.dir().Write("other.pem", test::MakeCertificate({}).key);
  EXPECT_THAT(error_of(files), HasSubstr("other.pem"));
  files.certificate = server.dir().Write("empty.pem", "");
  EXPECT_THAT(error_of(files), HasSubstr("empty.pem"));
}

}  // namespace
}  // namespace waypost::tls
