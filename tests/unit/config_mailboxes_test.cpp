#include "config/mailboxes.hpp"
#include "tests/unit/support/documents.hpp"

#define CAF_SUITE config_mailboxes
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace std::chrono_literals;
using heed::tests::detail_at;
using heed::tests::listing;
using nlohmann::json;

/// The mailboxes of a workspace as people write them.
namespace {

const std::map<std::string, std::string> environment{{"IMAP_PASSWORD", "pw-by-default"},
                                                     {"MINE", "pw-of-mine"}};

json good() {
  return {{"id", "replies"}, {"url", "imaps://imap.example.com"}, {"username", "mia@example.com"}};
}

struct reading {
  std::vector<config::mailbox_config> all;
  problems found;
};

reading read(const json& list) {
  reading r;
  r.all = config::read_mailboxes(list, "/mailboxes", config::secret_reader(environment, {}), r.found);
  return r;
}

std::string fault(const char* member, const json& value) {
  auto m = good();
  m[member] = value;
  return detail_at(read(json::array({m})).found, std::string("/mailboxes/0/") + member);
}

}  // namespace

CAF_TEST(4R-40 a mailbox needs a server and a name and a password) {
  const auto r = read(json::array({good()}));
  CAF_CHECK_EQUAL(listing(r.found), "");
  CAF_REQUIRE_EQUAL(r.all.size(), 1u);
  CAF_CHECK_EQUAL(r.all[0].password, "pw-by-default");
  CAF_CHECK_EQUAL(r.all[0].folder, "INBOX");
  CAF_CHECK(r.all[0].poll == duration(1min));
  CAF_CHECK(r.all[0].look_back == duration::zero());
  CAF_CHECK(r.all[0].require_tls);
}

CAF_TEST(a password is named and never written) {
  auto m = good();
  m["secrets"] = {{"password_env", "MINE"}};
  const auto named = read(json::array({m}));
  CAF_CHECK_EQUAL(named.all.at(0).password, "pw-of-mine");
  m["secrets"] = {{"password", "in-clear"}};
  CAF_CHECK(!read(json::array({m})).found.empty());
  CAF_CHECK(listing(read(json::array({m})).found).find("in-clear") == std::string::npos);
}

CAF_TEST(without TLS only this machine is talked to) {
  auto m = good();
  m["url"] = "imap://127.0.0.1:1143";
  CAF_CHECK(!read(json::array({m})).all.at(0).require_tls);
  m["url"] = "imap://imap.example.com:143";
  CAF_CHECK(read(json::array({m})).all.at(0).require_tls);
}

CAF_TEST(what is wrong is told with its fix) {
  for (const char* url : {"", "imap.example.com", "https://imap.example.com", "imaps://",
                          "imaps://mia@imap.example.com", "imaps://imap.example.com/INBOX"})
    CAF_CHECK(!fault("url", url).empty());
  CAF_CHECK(!fault("username", "").empty());
  CAF_CHECK(!fault("folder", "Entw\xC3\xBCrfe").empty());
  CAF_CHECK(!fault("poll", "1s").empty());
  CAF_CHECK(!fault("look_back", "90d").empty());
  CAF_CHECK(!fault("id", "a b").empty());
  CAF_CHECK(!fault("pol", "1m").empty());
}

CAF_TEST(all problems of all mailboxes are told at once) {
  auto first = good(), second = good();
  first["url"] = "x";
  second["folder"] = "";
  const auto r = read(json::array({first, second}));
  CAF_CHECK(!detail_at(r.found, "/mailboxes/0/url").empty());
  CAF_CHECK(!detail_at(r.found, "/mailboxes/1/folder").empty());
  CAF_CHECK(!detail_at(r.found, "/mailboxes/1/id").empty());
}
