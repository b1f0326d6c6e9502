#include "tests/unit/support/replies.hpp"

#define CAF_SUITE reply_machines
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::tests;
using heed::reply::reply_class;

namespace {

std::string class_of(const reply::reply_verdict& v) { return std::string{reply::to_string(v.kind)}; }

}  // namespace

CAF_TEST(4R-36 a delivery report is a bounce by its headers) {
  const auto v = read_mail("See the attached report.", "Returned mail",
                           {{"Content-Type", "multipart/report; report-type=delivery-status; boundary=x"}});
  CAF_CHECK_EQUAL(class_of(v), "bounce");
  CAF_CHECK_EQUAL(v.rule, "header.delivery_status");
  CAF_CHECK_EQUAL(class_of(read_mail("x", "y", {{"From", "MAILER-DAEMON@mx.test"}})), "bounce");
  CAF_CHECK_EQUAL(class_of(read_mail("x", "y", {{"x-failed-recipients", "kim@corp.test"}})), "bounce");
}

CAF_TEST(4R-36 a delivery report is a bounce by its words) {
  CAF_CHECK_EQUAL(class_of(read_mail("550 5.1.1 <bob@corp.test>: Recipient address rejected: User unknown")),
                  "bounce");
  CAF_CHECK_EQUAL(
      class_of(read_mail("Ihre Nachricht konnte nicht zugestellt werden. Empf\xC3\xA4nger unbekannt.",
                         "Unzustellbar: Frage")),
      "bounce");
}

CAF_TEST(4R-36 what is quoted in a delivery report is no opt-out) {
  const auto v = read_mail("Your message couldn't be delivered.\n\nReply STOP to unsubscribe.",
                           "Undeliverable: Hi", {{"From", "postmaster@corp.test"}});
  CAF_CHECK_EQUAL(class_of(v), "bounce");
}

CAF_TEST(SS-60 a feedback report is a complaint) {
  CAF_CHECK_EQUAL(
      class_of(read_mail("report", "x", {{"Content-Type", "multipart/report; report-type=feedback-report"}})),
      "complaint");
  CAF_CHECK_EQUAL(class_of(read_mail("Feedback-Type: abuse\nVersion: 1\nUser-Agent: Loop/2.0")), "complaint");
}

CAF_TEST(4R-44 an absence note is out of office with its day of return) {
  struct sample {
    const char* text;
    const char* day;
  };
  for (const auto& s : {sample{"I am out of the office and will be back on Monday, 16 March.", "2026-03-16"},
                        {"On annual leave until April 7.", "2026-04-07"},
                        {"I'm on vacation through March 29th.", "2026-03-30"},
                        {"I am on leave from 10 March to 16 March 2026.", "2026-03-17"},
                        {"Ich bin bis einschlie\xC3\x9Flich 16.03. im Urlaub.", "2026-03-17"},
                        {"Je suis absent, de retour le 30 mars.", "2026-03-30"},
                        {"Estoy de vacaciones y volver\xC3\xA9 el 18 de marzo.", "2026-03-18"},
                        {"Sono in ferie e rientrer\xC3\xB2 il 18 marzo.", "2026-03-18"},
                        {"Estou ausente, com regresso a 20 de mar\xC3\xA7o.", "2026-03-20"},
                        {"Ik ben afwezig en vanaf 19 maart weer bereikbaar.", "2026-03-19"},
                        {"OOO today, back tomorrow.", "2026-03-11"},
                        {"I am out of the office.", "none"}}) {
    CAF_MESSAGE(s.text);
    const auto v = read_mail(s.text, "Automatic reply: Quick question");
    CAF_CHECK_EQUAL(class_of(v), "out_of_office");
    CAF_CHECK_EQUAL(day_of(v), s.day);
  }
}

CAF_TEST(4R-44 a persons holiday is no absence note when they want something) {
  CAF_CHECK_EQUAL(class_of(read_mail("I'm on vacation next week, can we meet the week after?")),
                  "meeting_requested");
}

CAF_TEST(RULES an automatic answer is known by its headers or its words) {
  const auto v = read_mail("I check mail twice a day.", "Hello", {{"Auto-Submitted", "auto-replied"}});
  CAF_CHECK_EQUAL(class_of(v), "auto_reply");
  CAF_CHECK_EQUAL(v.rule, "header.auto_submitted");
  CAF_CHECK_EQUAL(v.evidence_text, "Auto-Submitted: auto-replied");
  CAF_CHECK_EQUAL(class_of(read_mail("hi", "hi", {{"Auto-Submitted", "no"}})), "neutral");
  CAF_CHECK_EQUAL(class_of(read_mail("This is an automated response. Please do not reply to this email.")),
                  "auto_reply");
  CAF_CHECK_EQUAL(class_of(read_mail("Wir haben Ihre Anfrage erhalten und melden uns in K\xC3\xBCrze.",
                                     "Eingangsbest\xC3\xA4tigung")),
                  "auto_reply");
}

CAF_TEST(RULES the footer of an automatic answer is no opt-out) {
  CAF_CHECK_EQUAL(
      class_of(read_mail(
          "I'm away until 16/03. If you no longer wish to receive emails from us, please unsubscribe here.",
          "Automatic reply")),
      "out_of_office");
}
