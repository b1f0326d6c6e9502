#include "actors/lead/links.hpp"
#include "tests/unit/support/lead_story.hpp"

#define CAF_SUITE identity
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::testing;

namespace {

campaign& spring(story& s) { return s.rules.campaigns.begin()->second; }

story real_story(campaign c = make_campaign("spring")) {
  story s;
  s.rules = make_policy({std::move(c)});
  make_real(s.rules);
  return s;
}

send_effect only_open(story& s) {
  CAF_REQUIRE_EQUAL(s.open.size(), 1u);
  return s.open.front();
}

/// Two text messages, five minutes apart.
campaign two_texts() {
  auto c = make_campaign("spring");
  c.sequences = {{1, {make_step("s1", channel::sms, "0s", "nudge"), make_step("s2", channel::sms, "5m", "nudge")}}};
  return c;
}

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

CAF_TEST(4R-66 RULES every email of a real account names its sender and can be ended with one click) {
  auto s = real_story();
  s.enrol();
  s.accept_all();
  s.pass(4 * 24h);
  int emails = 0;
  for (const auto& e : s.asked<send_effect>()) {
    if (e.message.on != channel::email) continue;
    ++emails;
    auto headers = e.message.headers;
    auto url = unsubscribe_url(s.rules.public_url, e.id, s.rules.link_key);
    CAF_CHECK_EQUAL(headers["List-Unsubscribe"], "<" + url + ">");
    CAF_CHECK_EQUAL(headers["List-Unsubscribe-Post"], "List-Unsubscribe=One-Click");
    CAF_CHECK(e.message.body.ends_with("\nUnsubscribe: " + url));
    CAF_CHECK(contains(e.message.body, "\nMia\nAcme, 1 Example Street, 10115 Berlin\n"));
  }
  CAF_CHECK_EQUAL(emails, 2);
}

CAF_TEST(4R-66 RULES the token of each email names that very message) {
  auto s = real_story();
  s.enrol();
  s.accept_all();
  s.pass(4 * 24h);
  std::set<std::string> named;
  for (const auto& e : s.asked<send_effect>()) {
    auto header = e.message.headers.find("List-Unsubscribe");
    if (header == e.message.headers.end()) continue;
    auto token = header->second.substr(header->second.rfind('/') + 1);
    token.pop_back();
    auto effect = effect_of_token(token, s.rules.link_key);
    CAF_REQUIRE(effect.has_value());
    CAF_CHECK_EQUAL(*effect, e.id);
    named.insert(effect->value);
  }
  CAF_CHECK_EQUAL(named.size(), 2u);
}

CAF_TEST(4R-66 a touch that is rendered anew keeps its link) {
  auto s = real_story();
  s.enrol();
  auto first = only_open(s);
  s.answer(first, send_result::stale, "not_after");
  CAF_CHECK(only_open(s).message == first.message);
}

CAF_TEST(4R-66 RULES without address or sender or a place to unsubscribe no real email goes and filling it goes on) {
  struct hole {
    std::string name;
    std::string& (*of)(policy&);
  };
  for (const auto& [name, of] : {hole{"{publicUrl}", [](policy& p) -> std::string& { return p.public_url; }},
                                 hole{"{senderName}", [](policy& p) -> std::string& { return p.defaults.sender_name; }},
                                 hole{"{postalAddress}", [](policy& p) -> std::string& { return p.defaults.postal_address; }}}) {
    auto s = real_story();
    std::string kept;
    std::swap(of(s.rules), kept);
    s.enrol();
    CAF_CHECK(s.open.empty());
    CAF_CHECK(s.journey().pauses.first() == pause_flag::missing_data);
    CAF_CHECK_EQUAL(s.journey().pause_detail, "missing_workspace_setup: " + name);
    // Looking again while it is still missing changes nothing.
    s.tell(reconsider{"settings", false});
    CAF_CHECK_EQUAL(s.journey().pause_detail, "missing_workspace_setup: " + name);
    std::swap(of(s.rules), kept);
    s.tell(reconsider{"settings", false});
    CAF_CHECK(s.journey().pauses.empty());
    CAF_CHECK_EQUAL(s.open.size(), 1u);
  }
}

CAF_TEST(4R-66 all that is missing is named at once) {
  auto s = real_story();
  s.rules.public_url.clear();
  s.rules.defaults.sender_name.clear();
  s.rules.defaults.postal_address.clear();
  s.enrol();
  CAF_CHECK_EQUAL(s.journey().pause_detail, "missing_workspace_setup: {publicUrl}, {senderName}, {postalAddress}");
}

CAF_TEST(RULES a first text message introduces its sender and the second does not) {
  auto s = real_story(two_texts());
  s.enrol();
  CAF_CHECK_EQUAL(only_open(s).message.body, "Mia: Still there, Ana? Reply STOP to opt out.");
  s.accept_all();
  s.wake();
  CAF_CHECK_EQUAL(only_open(s).message.body, "Still there, Ana?");
}

CAF_TEST(RULES a text message that reached nobody has introduced nobody) {
  auto s = real_story(two_texts());
  s.enrol();
  s.answer(only_open(s), send_result::refused_final, "30006");
  s.wake();
  CAF_CHECK(contains(only_open(s).message.body, "Reply STOP to opt out."));
}

CAF_TEST(RULES an introduction on one channel is none on another) {
  auto s = real_story();
  s.enrol();
  s.accept_all();
  s.wake();
  CAF_CHECK(only_open(s).message.on == channel::sms);
  CAF_CHECK(contains(only_open(s).message.body, "Reply STOP to opt out."));
}

CAF_TEST(4R-66 a sandbox without a public address adds nothing and holds nothing) {
  story s;
  s.enrol();
  auto mail = only_open(s).message;
  CAF_CHECK_EQUAL(mail.body, "Hello Ana");
  CAF_CHECK(mail.headers.empty());
  s.accept_all();
  s.wake();
  CAF_CHECK_EQUAL(only_open(s).message.body, "Still there, Ana?");
}

CAF_TEST(4R-66 the words are those of the language of the workspace) {
  auto s = real_story();
  s.rules.defaults.language = "de";
  s.enrol();
  CAF_CHECK(contains(only_open(s).message.body, "\nAbmelden: https://heed.example.com/u/"));
}

CAF_TEST(ZRG-125 4R-66 an approval covers the bytes of the template and not the identity below them) {
  auto s = real_story();
  spring(s).sequences[0].steps[0].requires_approval = true;
  s.enrol();
  CAF_CHECK(s.journey().pauses.first() == pause_flag::awaiting_approval);
  s.rules.defaults.postal_address = "Acme, 2 Other Street, 10115 Berlin";
  s.say(command_kind::approve_step, "spring", "s1");
  CAF_CHECK(contains(only_open(s).message.body, "2 Other Street"));

  auto other = real_story();
  spring(other).sequences[0].steps[0].requires_approval = true;
  other.enrol();
  spring(other).templates["hello"].body = "Hello again {firstName}";
  other.say(command_kind::approve_step, "spring", "s1");
  CAF_CHECK(other.open.empty());
  CAF_CHECK(other.journey().pauses.first() == pause_flag::awaiting_approval);
}
