#include "actors/workspace/account_check.hpp"

#define CAF_SUITE account_check
#include <caf/test/dsl.hpp>

using namespace heed;
using json = nlohmann::json;

namespace {

account mail() {
  account a;
  a.id = account_id{"mail"};
  a.provider = "resend";
  a.from = "Mia <mia@example.com>";
  return a;
}
account phone(channel on) {
  account a;
  a.id = account_id{"phone"};
  a.on = on;
  a.provider = "twilio";
  a.from = "+15550100123";
  return a;
}
settings known_sender() {
  settings s;
  s.sender_name = "Mia";
  s.postal_address = "1 Main Street";
  return s;
}

/// Fields of the faults, separated by blanks.
std::string faults(const account& a, const json& options = json::object(), const settings& s = known_sender(),
                   const std::string& url = "https://heed.example.com", const std::string& base = {}) {
  problems found;
  check_account(a, base, options, s, url, "/accounts/0", found);
  std::string out;
  for (const auto& p : found)
    out += (out.empty() ? "" : " ") + p.field;
  return out;
}

}  // namespace

CAF_TEST(4R-67 an email account needs a public url a name of the sender and a postal address) {
  CAF_CHECK_EQUAL(faults(mail()), "");
  CAF_CHECK_EQUAL(faults(mail(), json::object(), settings{}, ""), "/public_url /sender_name /postal_address");
  auto blank = known_sender();
  blank.postal_address = " \n";
  CAF_CHECK_EQUAL(faults(mail(), json::object(), blank), "/postal_address");
  for (const auto* url : {"http://127.0.0.1:8080", "http://localhost", "https://a.example.com/x"})
    CAF_CHECK_EQUAL(faults(mail(), json::object(), known_sender(), url), "");
  for (const auto* url : {"http://heed.example.com", "heed.example.com", "https://", "http://127.0.0.1.example.com",
                          "http://localhost@example.com"})
    CAF_CHECK_EQUAL(faults(mail(), json::object(), known_sender(), url), "/public_url");
}

CAF_TEST(a sandbox account needs nothing of a real one) {
  auto a = mail();
  a.provider = "sandbox";
  a.from.clear();
  CAF_CHECK_EQUAL(faults(a, json::object(), settings{}, ""), "");
}

CAF_TEST(an account says from whom it sends and through whom) {
  auto a = mail();
  a.from = "mia";
  CAF_CHECK_EQUAL(faults(a), "/accounts/0/from");
  a.from.clear();
  CAF_CHECK_EQUAL(faults(a), "/accounts/0/from");
  a = mail();
  a.reply_to = "nobody";
  CAF_CHECK_EQUAL(faults(a), "/accounts/0/reply_to");
  a = mail();
  a.provider = "resent";
  problems found;
  check_account(a, {}, json::object(), known_sender(), {}, "", found);
  CAF_REQUIRE_EQUAL(found.size(), 1u);
  CAF_CHECK_EQUAL(found[0].field, "/provider");
  CAF_CHECK_NOT_EQUAL(found[0].detail.find("did you mean resend"), std::string::npos);
  a = mail();
  a.on = channel::sms;
  CAF_CHECK_NOT_EQUAL(faults(a).find("/accounts/0/channel"), std::string::npos);
  CAF_CHECK_NOT_EQUAL(faults(phone(channel::email)).find("/accounts/0/channel"), std::string::npos);
}

CAF_TEST(RULES an SMS account names its messaging service or says that it means to do without) {
  const json service{{"messaging_service_sid", "MG1"}}, meant{{"unregistered_ok", true}};
  CAF_CHECK_EQUAL(faults(phone(channel::sms)), "/accounts/0/options/messaging_service_sid");
  CAF_CHECK_EQUAL(faults(phone(channel::sms), {{"unregistered_ok", "true"}}),
                  "/accounts/0/options/messaging_service_sid");
  CAF_CHECK_EQUAL(faults(phone(channel::sms), service), "");
  CAF_CHECK_EQUAL(faults(phone(channel::sms), meant), "");
  CAF_CHECK_EQUAL(faults(phone(channel::whatsapp)), "");
  auto a = phone(channel::sms);
  a.from.clear();
  CAF_CHECK_EQUAL(faults(a, service), "");
  CAF_CHECK_EQUAL(faults(a, meant), "/accounts/0/from");
  for (const auto* number : {"15550100123", "+0123456789", "+1555", "+1555x100123"}) {
    a.from = number;
    CAF_CHECK_EQUAL(faults(a, meant), "/accounts/0/from");
  }
}

CAF_TEST(a base url is a URL and holds no password) {
  const auto with = [](const std::string& base) {
    return faults(mail(), json::object(), known_sender(), "https://heed.example.com", base);
  };
  for (const auto* good :
       {"", "http://127.0.0.1:9000", "smtps://mail.example.com:465", "https://api.example.com/v2"})
    CAF_CHECK_EQUAL(with(good), "");
  for (const auto* bad : {"api.example.com", "ftp://example.com", "https://", "https://user:pw@example.com"})
    CAF_CHECK_EQUAL(with(bad), "/accounts/0/base_url");
}
