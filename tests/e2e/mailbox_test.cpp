#include <ctime>

#include "tests/support/safe_world.hpp"
#include "tests/support/stand_in_imap.hpp"

#define CAF_SUITE mailbox
#include <caf/test/dsl.hpp>

using namespace heed::test;
using nlohmann::json;

/// A mailbox as a source of replies, beside the provider's webhook.
namespace {

world_options with_mailbox(const stand_in_imap& mail) {
  world_options o;
  const auto m = mail.account();
  o.workspace_yaml = "    mailboxes:\n      - {id: inbox, url: \"" + m.url + "\", username: \"" + m.username +
                     "\", secrets: {password_env: ACME_IMAP_PASSWORD}, poll: 10s}\n";
  return o;
}

std::string today(const char* format) {
  const auto now = std::time(nullptr);
  char out[64];
  std::strftime(out, sizeof out, format, std::gmtime(&now));
  return out;
}

void deliver(stand_in_imap& mail, const std::string& raw) { mail.deliver(raw, today("%d-%b-%Y %H:%M:%S +0000")); }

std::string mail_of(const std::string& from, const std::string& id, const std::string& text) {
  return "From: " + from + "\r\nTo: mia@mail.example.com\r\nSubject: Re: Hello\r\nMessage-ID: <" + id +
         ">\r\nDate: " + today("%a, %d %b %Y %H:%M:%S +0000") + "\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + text + "\r\n";
}

}  // namespace

CAF_TEST(4R-40 4R-48 a reply from the mailbox pauses its lead and counts once however it comes) {
  stand_in_imap mail;
  world w(HEED_BINARY, with_mailbox(mail));
  w.start();
  auto api = w.api();
  CAF_REQUIRE_EQUAL(api.put(acme + "/campaigns/live", two_steps()).status / 100, 2);
  const auto lead = enrol(api, "ana", "live");
  CAF_REQUIRE(run_becomes(api, "live", lead, "running"));
  deliver(mail, mail_of("ana@example.com", "r1@example.com", "Who are you and where did you get my address?"));
  CAF_CHECK(eventually([&] { return run_of(api, "live", lead).value("status", "") == "paused"; }, std::chrono::seconds(40)));
  auto e = event(api, "hook-1", "reply_received", "ana@example.com");
  e["channel"] = "email";
  e["message"] = {{"message_id", "<r1@example.com>"}, {"text", "Who are you and where did you get my address?"}};
  CAF_CHECK_EQUAL(tell(api, e).status, 200);
  const auto facts = api.get(acme + "/leads/" + lead + "/journal").json().dump();
  CAF_CHECK(facts.find("same_message") != std::string::npos);
  // A crash reads again what was read before, and it is known.
  w.kill_now();
  w.start();
  auto later = w.api();
  deliver(mail, mail_of("nobody@elsewhere.example", "r2@example.com", "Hello?"));
  // Nobody's reply is dropped (4R-48).
  CAF_CHECK(eventually([&] { return later.get(acme + "/leads?q=nobody@elsewhere.example").json().at("items").size() == 1; }, std::chrono::seconds(40)));
  CAF_CHECK(w.node().log().find("where did you get") == std::string::npos);
}
