#include <ostream>

#include "actors/lead/reply/delivery_report.hpp"

#define CAF_SUITE reply_reports
#include <caf/test/dsl.hpp>

using namespace heed;
using heed::reply::read_delivery_report;

/// RULES, Scope of a stop: only what is final for the address holds it; what is full, late or about the
/// sender does not.
namespace {

struct example {
  const char* subject;
  const char* text;
  bounce_class severity;
  const char* code;
};

void check(const example& e) {
  const auto r = read_delivery_report(e.subject, e.text);
  if (r.severity != e.severity || r.code != e.code)
    CAF_ERROR(e.text << " is " << static_cast<int>(r.severity) << " by '" << r.code << "'");
}

}  // namespace

CAF_TEST(RULES an address that is gone is a hard bounce) {
  for (const auto& e : {
           example{"Undelivered Mail Returned to Sender",
                   "<a@b.example>: host mx said: 550 5.1.1 user unknown", bounce_class::hard, "5.1.1"},
           example{"", "Status: 5.1.10\nAction: failed", bounce_class::hard, "5.1.10"},
           example{"", "550 5.2.1 The account is disabled", bounce_class::hard, "5.2.1"},
           example{"", "553 sorry, no mailbox here by that name", bounce_class::hard, "553"},
           example{"Unzustellbar", "Das Postfach existiert nicht.", bounce_class::hard, ""},
           example{"", "550 5.4.1 Recipient address rejected: user unknown", bounce_class::hard, "5.4.1"},
           example{"", "5.4.310 DNS domain does not exist", bounce_class::hard, "5.4.310"},
       })
    check(e);
}

CAF_TEST(RULES a report that does not say why means that nothing arrives) {
  check({"Mail delivery failed", "Your message could not be delivered.", bounce_class::hard, ""});
  check({"", "", bounce_class::hard, ""});
}

CAF_TEST(RULES what is full or only late is a soft bounce) {
  for (const auto& e : {
           example{"Delivery Status Notification (Delay)", "Delivery has been delayed. 451 4.4.1 timed out",
                   bounce_class::soft, "4.4.1"},
           example{"", "452 4.2.2 The account is over quota", bounce_class::soft, "4.2.2"},
           example{"", "552 5.2.2 mailbox full", bounce_class::soft, "5.2.2"},
           example{"", "Status: 4.4.7\nAction: failed", bounce_class::soft, "4.4.7"},
           example{"", "Final-Recipient: rfc822; a@b.example\nAction: delayed", bounce_class::soft, ""},
           example{"", "The recipient's inbox is full.", bounce_class::soft, ""},
           example{"", "remote server said: 421 try later", bounce_class::soft, "421"},
       })
    check(e);
}

CAF_TEST(RULES what refuses the sender or the message says nothing of the address) {
  for (const auto& e : {
           example{"", "550 5.7.1 rejected due to our content policy", bounce_class::our_sender, "5.7.1"},
           example{"", "554 Your IP is on a blocklist", bounce_class::our_sender, "554"},
           example{"", "Unauthenticated mail is not accepted: DMARC", bounce_class::our_sender, ""},
           example{"", "550 5.1.8 sender address rejected", bounce_class::our_sender, "5.1.8"},
           example{"", "5.4.6 routing loop detected", bounce_class::provider, "5.4.6"},
           example{"", "5.3.0 system problem", bounce_class::provider, "5.3.0"},
       })
    check(e);
}

CAF_TEST(RULES numbers that are no status are none) {
  check({"", "host mx [5.1.1.7] said: the mailbox is full", bounce_class::soft, ""});
  check({"", "see version 15.1.1 of the manual: over quota", bounce_class::soft, ""});
  check({"", "we waited 4.5 days and 5.1 hours; the user unknown", bounce_class::hard, ""});
}

CAF_TEST(RULES the permanent status of a report wins over the transient one of an attempt before) {
  check({"", "first try: 451 4.7.1 greylisted. Then: 550 5.1.1 no such user", bounce_class::hard, "5.1.1"});
}

CAF_TEST(a report of any length is read at its head) {
  const std::string long_report = "Delivery failed. 5.1.1 " + std::string(2'000'000, 'x') + " 5.7.1";
  const auto r = read_delivery_report({}, long_report);
  CAF_CHECK(r.severity == bounce_class::hard);
  CAF_CHECK_EQUAL(r.code, "5.1.1");
}
