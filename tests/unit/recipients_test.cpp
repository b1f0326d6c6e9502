#include "actors/lead/identity/recipients.hpp"

#include "actors/lead/identity/mailbox.hpp"
#include "actors/lead/limits.hpp"
#include "tests/unit/support/lead_story.hpp"

#define CAF_SUITE recipients
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::testing;

/// Whom a human's email may go to, who gets it when nobody chooses, and what stands against a choice.
namespace {

struct conversation : story {
  conversation() {
    enrol();
    accept_all();
    now += 1min;
  }

  conversation& reply_from(const std::string& from) {
    reply_received r;
    r.message.message_id = "<r" + std::to_string(told) + "@example.com>";
    r.from = from;
    r.subject = "Hi Ana";
    r.text = "What does it cost?";
    auto what = make(r);
    what.on = channel::email;
    tell(std::move(what));
    return *this;
  }
  conversation& writes(std::string to = {}, std::optional<std::vector<std::string>> cc = {},
                       channel on = channel::email) {
    command c;
    c.what = command_kind::send_message;
    c.by = "mia";
    c.subject = "A word";
    c.text = "It is 10 a month.";
    c.to = std::move(to);
    c.cc = std::move(cc);
    auto what = make(c);
    what.on = on;
    tell(what);
    return *this;
  }
  account& mail() { return rules.accounts.at(lead.accounts.at(channel::email)); }
  [[nodiscard]] std::string refusal() const {
    for (const auto& f : decisions.back().facts)
      if (const auto* n = std::get_if<noted>(&f); n && n->what == "refused") return n->reason;
    return {};
  }
  /// `address as role`, in order.
  [[nodiscard]] std::vector<std::string> offered() const {
    std::vector<std::string> all;
    for (const auto& r : recipients_of(lead))
      all.push_back(r.email + " as " + std::string(to_string(r.as)));
    return all;
  }
  [[nodiscard]] std::vector<rendered_message> by_humans() const {
    std::vector<rendered_message> all;
    for (const auto& e : asked<send_effect>())
      if (e.from == origin::human) all.push_back(e.message);
    return all;
  }
  /// Of the latest human message.
  [[nodiscard]] std::string went_to() const {
    const auto all = by_humans();
    return all.empty() ? "nobody" : all.back().to;
  }
  [[nodiscard]] std::vector<std::string> copied_to() const {
    const auto all = by_humans();
    return all.empty() ? std::vector<std::string>{} : all.back().cc;
  }
  [[nodiscard]] recipient first() const { return recipients_of(lead).at(0); }
};

using texts = std::vector<std::string>;

}  // namespace

CAF_TEST(ZRG-108 choices are whoever answers now then who wrote last then the first address then the others and none is there twice) {
  conversation s;
  CAF_CHECK(s.offered() == texts{"ana@example.com as primary"});
  s.reply_from("Sam Lee <sam@example.com>").reply_from("kim@example.com");
  CAF_CHECK((s.offered() == texts{"kim@example.com as replier", "ana@example.com as primary",
                                  "sam@example.com as alternate"}));
  // The lead itself wrote last; then its colleague's address became the first one.
  s.reply_from("Ana <ANA@example.com>");
  CAF_CHECK((s.offered() == texts{"ana@example.com as latest_sender", "sam@example.com as alternate",
                                  "kim@example.com as alternate"}));
  s.tell(promotion_asked{"sam@example.com", "olga"});
  CAF_CHECK((s.offered() == texts{"ana@example.com as latest_sender", "sam@example.com as primary",
                                  "kim@example.com as alternate"}));
  // Kim answers, and then a machine of hers, which nobody wants an answer from.
  s.reply_from("Kim <kim@example.com>");
  reply_received robot;
  robot.message.message_id = "<a@example.com>";
  robot.from = "no-reply@example.com";
  robot.automated = true;
  auto what = s.make(robot);
  what.on = channel::email;
  s.tell(std::move(what));
  CAF_CHECK((s.offered() == texts{"kim@example.com as replier", "sam@example.com as primary",
                                  "ana@example.com as alternate"}));
  const auto kim = s.first();
  CAF_CHECK_EQUAL(kim.name, "Kim");
}

CAF_TEST(ZRG-108 an address that is held is offered with its reason and is the usual recipient of nobody) {
  conversation s;
  s.reply_from("sam@example.com");
  s.lead.held_addresses = {{key_kind::email, "sam@example.com", "bounce"}};
  const auto sam = s.first();
  CAF_CHECK_EQUAL(sam.held, "bounce");
  CAF_CHECK_EQUAL(usual_recipient(s.lead), "ana@example.com");
}

CAF_TEST(ZRG-108 nobody chose and whoever answers now gets it) {
  conversation s;
  s.reply_from("Sam Lee <sam@example.com>").writes();
  CAF_REQUIRE_EQUAL(s.by_humans().size(), 1u);
  CAF_CHECK_EQUAL(s.went_to(), "sam@example.com");
  s.accept_all();
  s.writes("Ana@example.com");
  CAF_CHECK_EQUAL(s.went_to(), "ana@example.com");
}

CAF_TEST(ZRG-107 an email without any recipient is not sent) {
  story s;
  auto what = s.make(lead_upserted{});
  what.keys = {{key_kind::phone, "", "+15550100"}};
  s.tell(std::move(what));
  command c;
  c.what = command_kind::send_message;
  c.by = "mia";
  c.subject = "A word";
  c.text = "It is 10 a month.";
  auto mail = s.make(c);
  mail.on = channel::email;
  s.tell(mail);
  CAF_CHECK_EQUAL(s.last<noted>()->reason, "Select a recipient before sending.");
  CAF_CHECK(s.asked<send_effect>().empty());
}

CAF_TEST(ZRG-107 a recipient is one of those of the lead and no other) {
  conversation s;
  s.writes("eve@example.com");
  CAF_CHECK_EQUAL(s.refusal(), "to is none of this lead's addresses; choose one of its recipients");
  s.lead.held_addresses = {{key_kind::email, "ana@example.com", "bounce"}};
  s.writes("ana@example.com");
  CAF_CHECK_EQUAL(s.refusal(), "address_suppressed");
  CAF_CHECK(s.by_humans().empty());
  s.writes("ana@example.com", {}, channel::sms);
  CAF_CHECK_EQUAL(s.refusal(), "to and cc are for email; leave them out");
}

CAF_TEST(ZRG-109 where the provider answers in its thread nobody else can be chosen and copies go out) {
  conversation s;
  s.reply_from("Sam Lee <sam@example.com>");
  s.mail().provider = "http";
  s.mail().thread_recipient = s.mail().copies = true;
  give_identity(s.rules);
  s.writes("ana@example.com");
  CAF_CHECK_EQUAL(s.refusal(), "to cannot be chosen: " + std::string(fixed_recipient(&s.mail())));
  CAF_CHECK(s.by_humans().empty());
  s.writes({}, texts{"boss@example.org"});
  CAF_REQUIRE_EQUAL(s.by_humans().size(), 1u);
  CAF_CHECK_EQUAL(s.went_to(), "sam@example.com");
  CAF_CHECK(s.copied_to() == texts{"boss@example.org"});
}

CAF_TEST(ZRG-109 copies are plain addresses once each and nobody gets two) {
  conversation s;
  s.writes({}, texts{"Boss@example.org", "boss@example.org", "ana@example.com"});
  CAF_CHECK(s.copied_to() == texts{"boss@example.org"});
  s.accept_all();
  for (const std::string bad : {"Boss <boss@example.org>", "boss@example.org, eve@example.org", "boss",
                                "boss@example.org\r\nBcc: eve@example.org"}) {
    s.writes({}, texts{bad});
    CAF_CHECK_EQUAL(s.refusal(), "cc must hold plain addresses");
  }
  s.writes({}, texts(limits::copies + 1, "boss@example.org"));
  CAF_CHECK_EQUAL(s.refusal(), "cc holds more than 10 addresses");
  CAF_CHECK_EQUAL(s.by_humans().size(), 1u);
}

CAF_TEST(whoever is in copy is held to what holds the address of the lead) {
  conversation s;
  s.lead.held_addresses = {{key_kind::email, "boss@example.org", "bounce"}};
  s.writes({}, texts{"boss@example.org"});
  CAF_CHECK_EQUAL(s.refusal(), "copy_suppressed");
  s.lead.held_addresses.clear();
  make_real(s.rules);
  s.rules.allow_recipients = {"ana@example.com"};
  s.writes({}, texts{"boss@example.org"});
  CAF_CHECK_EQUAL(s.refusal(), "copy_not_in_allow_recipients");
  s.rules.allow_recipients.reset();
  s.mail().provider = "http";
  s.writes({}, texts{"boss@example.org"});
  CAF_CHECK_EQUAL(s.refusal(), "copies_not_carried");
  CAF_CHECK(s.by_humans().empty());
}

CAF_TEST(of an address that does not exist among several none is held for it) {
  conversation s;
  s.writes({}, texts{"boss@example.org"});
  s.answer(send_effect(s.open.back()), send_result::bad_address, "550");
  CAF_CHECK_EQUAL(s.lead.drafts.back().out->why, "bad_address_among_recipients: 550");
  CAF_CHECK(s.lead.held_addresses.empty());
  conversation alone;
  alone.reply_from("sam@example.com").writes("sam@example.com");
  alone.answer(send_effect(alone.open.back()), send_result::bad_address, "550");
  CAF_REQUIRE_EQUAL(alone.lead.held_addresses.size(), 1u);
  CAF_CHECK_EQUAL(alone.lead.held_addresses.front().value, "sam@example.com");
}

CAF_TEST(whoever in copy said no in the meantime leaves the message to people) {
  conversation s;
  s.writes({}, texts{"boss@example.org"});
  s.answer(send_effect(s.open.back()), send_result::cancelled, "suppressed");
  CAF_CHECK_EQUAL(s.lead.drafts.back().out->why, "recipient_suppressed");
  CAF_CHECK(s.lead.drafts.back().status == draft::draft_status::pending);
}

CAF_TEST(other people are another version of a draft and stay with it) {
  conversation s;
  s.rules.defaults.drafts.templates = {{"any", "Hello {firstName}, thank you."}};
  reply_received r;
  r.message.message_id = "<r1@example.com>";
  r.from = "sam@example.com";
  r.text = "What does it cost?";
  reply::reply_reading reading;
  reading.kind = reply::reply_class::information_requested;
  reading.sure = true;
  r.reading = reading;
  s.tell(r);
  CAF_REQUIRE_EQUAL(s.lead.drafts.size(), 1u);
  command c;
  c.by = "mia";
  c.draft = s.lead.drafts.back().id;
  c.what = command_kind::edit_draft;
  c.to = "ana@example.com";
  c.cc = texts{"boss@example.org"};
  s.tell(c);
  CAF_CHECK_EQUAL(s.lead.drafts.back().version, 2u);
  CAF_CHECK(!s.lead.drafts.back().edited);
  c.what = command_kind::approve_draft;
  c.to.clear();
  c.cc.reset();
  c.version = 2;
  c.confirmed = true;
  s.tell(c);
  CAF_REQUIRE_EQUAL(s.by_humans().size(), 1u);
  CAF_CHECK_EQUAL(s.went_to(), "ana@example.com");
  CAF_CHECK(s.copied_to() == texts{"boss@example.org"});
}
