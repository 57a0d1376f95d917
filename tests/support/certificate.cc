#include "tests/support/certificate.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <atomic>
#include <cstdlib>

#include "dnsd/base/ip.h"

namespace waypost::test {
namespace {

template <auto kFree>
struct Free {
  template <typename T>
  void operator()(T* object) const {
    kFree(object);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using X509Pointer = std::unique_ptr<X509, Free<X509_free>>;
using Bio = std::unique_ptr<BIO, Free<BIO_free_all>>;

void Must(bool succeeded) {
  if (!succeeded) std::abort();
}

std::string TakeText(const Bio& bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<size_t>(size)};
}

Bio OpenText(const std::string& text) {
  return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

X509Pointer ReadCertificate(const std::string& pem) {
  return X509Pointer(PEM_read_bio_X509(OpenText(pem).get(), nullptr, nullptr, nullptr));
}

Key ReadKey(const std::string& pem) {
  return Key(PEM_read_bio_PrivateKey(OpenText(pem).get(), nullptr, nullptr, nullptr));
}

std::string AlternativeNames(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) {
    text += text.empty() ? "" : ",";
    text += (IpAddress::Parse(name) ? "IP:" : "DNS:") + name;
  }
  return text;
}

void AddExtension(X509* certificate, int kind, const std::string& value) {
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, kind, value.c_str());
  Must(extension != nullptr && X509_add_ext(certificate, extension, -1) == 1);
  X509_EXTENSION_free(extension);
}

void FillIn(X509* certificate, const CertificateOptions& options) {
  static std::atomic<long> serial{1};
  X509_set_version(certificate, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial++);
  X509_gmtime_adj(X509_getm_notBefore(certificate), options.valid_from_s);
  X509_gmtime_adj(X509_getm_notAfter(certificate), options.valid_for_s);
  const auto* name = reinterpret_cast<const unsigned char*>(options.common_name.c_str());
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_ASC, name, -1, -1,
                             0);
  AddExtension(certificate, NID_basic_constraints,
               options.is_authority ? "critical,CA:TRUE" : "CA:FALSE");
  if (!options.names.empty())
    AddExtension(certificate, NID_subject_alt_name, AlternativeNames(options.names));
}

void Sign(X509* certificate, EVP_PKEY* own_key, const Certificate* issuer) {
  if (issuer == nullptr) {
    X509_set_issuer_name(certificate, X509_get_subject_name(certificate));
    Must(X509_sign(certificate, own_key, EVP_sha256()) > 0);
    return;
  }
  const X509Pointer issuer_certificate = ReadCertificate(issuer->certificate);
  X509_set_issuer_name(certificate, X509_get_subject_name(issuer_certificate.get()));
  Must(X509_sign(certificate, ReadKey(issuer->key).get(), EVP_sha256()) > 0);
}

}  // namespace

Certificate MakeCertificate(const CertificateOptions& options) {
  const Key key(EVP_EC_gen("P-256"));
  const X509Pointer certificate(X509_new());
  Must(key && certificate);
  FillIn(certificate.get(), options);
  X509_set_pubkey(certificate.get(), key.get());
  Sign(certificate.get(), key.get(), options.issuer);
  const Bio text(BIO_new(BIO_s_mem()));
  const Bio key_text(BIO_new(BIO_s_mem()));
  Must(PEM_write_bio_X509(text.get(), certificate.get()) == 1);
  Must(PEM_write_bio_PrivateKey(key_text.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) ==
       1);
  return {TakeText(text), TakeText(key_text)};
}

}  // namespace waypost::test
