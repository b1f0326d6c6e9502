#include "runtime/cluster/certs.hpp"

#include <fcntl.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <cstdio>
#include <memory>
#include <stdexcept>

namespace heed::cluster {
namespace {

constexpr long day = 24 * 60 * 60;
constexpr long ca_days = 3'650;
constexpr long node_days = 1'825;

struct closer {
  void operator()(EVP_PKEY* k) const { EVP_PKEY_free(k); }
  void operator()(X509* c) const { X509_free(c); }
  void operator()(X509_EXTENSION* e) const { X509_EXTENSION_free(e); }
  void operator()(std::FILE* f) const { std::fclose(f); }
};
using key_ptr = std::unique_ptr<EVP_PKEY, closer>;
using cert_ptr = std::unique_ptr<X509, closer>;
using file_ptr = std::unique_ptr<std::FILE, closer>;

[[noreturn]] void failed(const std::string& what) {
  char words[256] = "";
  ERR_error_string_n(ERR_get_error(), words, sizeof words);
  throw std::runtime_error(what + ": " + words);
}

key_ptr new_key() {
  key_ptr k(EVP_EC_gen("P-256"));
  if (!k) failed("a key cannot be made");
  return k;
}

file_ptr create(const std::filesystem::path& path, int mode) {
  const int f = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
  if (f < 0) throw std::runtime_error(path.string() + " cannot be made, or is there already");
  return file_ptr(::fdopen(f, "w"));
}

file_ptr open_file(const std::filesystem::path& path) {
  file_ptr f(std::fopen(path.c_str(), "re"));
  if (!f) throw std::runtime_error(path.string() + " cannot be read");
  return f;
}

void write(const std::filesystem::path& path, EVP_PKEY* k) {
  const auto f = create(path, 0600);
  if (PEM_write_PrivateKey(f.get(), k, nullptr, nullptr, 0, nullptr, nullptr) != 1) failed(path.string());
}

void write(const std::filesystem::path& path, X509* c) {
  const auto f = create(path, 0644);
  if (PEM_write_X509(f.get(), c) != 1) failed(path.string());
}

void extend(X509* c, X509* issuer, int what, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, c, nullptr, nullptr, 0);
  const std::unique_ptr<X509_EXTENSION, closer> e(X509V3_EXT_conf_nid(nullptr, &context, what, value));
  if (!e || X509_add_ext(c, e.get(), -1) != 1) failed("an extension cannot be made");
}

/// `issuer` none = it signs itself.
cert_ptr certify(const std::string& name, EVP_PKEY* key, X509* issuer, EVP_PKEY* issuer_key, long days) {
  cert_ptr c(X509_new());
  if (!c || X509_set_version(c.get(), 2) != 1) failed("a certificate cannot be made");
  unsigned char serial[16];
  if (RAND_bytes(serial, sizeof serial) != 1) failed("no random numbers");
  serial[0] &= 0x7f;
  const std::unique_ptr<BIGNUM, void (*)(BIGNUM*)> number(BN_bin2bn(serial, sizeof serial, nullptr), BN_free);
  BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(c.get()));
  X509_gmtime_adj(X509_getm_notBefore(c.get()), -day);
  X509_gmtime_adj(X509_getm_notAfter(c.get()), days * day);
  auto* subject = X509_get_subject_name(c.get());
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  X509_set_issuer_name(c.get(), issuer ? X509_get_subject_name(issuer) : subject);
  X509_set_pubkey(c.get(), key);
  X509* const by = issuer ? issuer : c.get();
  if (issuer) {
    extend(c.get(), by, NID_basic_constraints, "critical,CA:FALSE");
    extend(c.get(), by, NID_key_usage, "critical,digitalSignature");
    extend(c.get(), by, NID_ext_key_usage, "serverAuth,clientAuth");
  } else {
    extend(c.get(), by, NID_basic_constraints, "critical,CA:TRUE,pathlen:0");
    extend(c.get(), by, NID_key_usage, "critical,keyCertSign,cRLSign");
  }
  if (X509_sign(c.get(), issuer_key, EVP_sha256()) == 0) failed("a certificate cannot be signed");
  return c;
}

bool is_fit_for_a_file(const std::string& name) {
  return !name.empty() && name != "ca" &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") == std::string::npos &&
         name.front() != '.';
}

certs_made make(const std::filesystem::path& in, const std::vector<std::string>& nodes) {
  certs_made out;
  std::filesystem::create_directories(in);
  const auto ca_file = in / "ca.pem", ca_key_file = in / "ca.key";
  key_ptr ca_key;
  cert_ptr ca;
  if (std::filesystem::exists(ca_file)) {
    ca.reset(PEM_read_X509(open_file(ca_file).get(), nullptr, nullptr, nullptr));
    ca_key.reset(PEM_read_PrivateKey(open_file(ca_key_file).get(), nullptr, nullptr, nullptr));
    if (!ca || !ca_key) failed("the CA cannot be read");
  } else {
    ca_key = new_key();
    ca = certify("heed cluster CA", ca_key.get(), nullptr, ca_key.get(), ca_days);
    write(ca_key_file, ca_key.get());
    write(ca_file, ca.get());
    out.files = {ca_file, ca_key_file};
    out.new_ca = true;
  }
  for (const auto& node : nodes) {
    if (!is_fit_for_a_file(node)) throw std::runtime_error("`" + node + "` is no name for a node: letters, digits, - _ .");
    const auto key = new_key();
    const auto cert = certify(node, key.get(), ca.get(), ca_key.get(), node_days);
    write(in / (node + ".key"), key.get());
    write(in / (node + ".pem"), cert.get());
    out.files.push_back(in / (node + ".pem"));
    out.files.push_back(in / (node + ".key"));
  }
  return out;
}

}  // namespace

tl::expected<certs_made, std::string> make_certs(const std::filesystem::path& directory,
                                                 const std::vector<std::string>& nodes) {
  try {
    return make(directory, nodes);
  } catch (const std::exception& e) {
    return tl::unexpected(std::string(e.what()));
  }
}

}  // namespace heed::cluster
