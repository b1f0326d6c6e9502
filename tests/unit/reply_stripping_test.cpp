#include <string>

#include "actors/lead/reply/stripping.hpp"

#define CAF_SUITE reply_stripping
#include <caf/test/dsl.hpp>

using namespace heed::reply;

namespace {

std::string joined(std::string_view mail, const std::vector<text_range>& ranges) {
  std::string out;
  for (const auto& r : ranges)
    out += std::string{mail.substr(r.begin, r.end - r.begin)} + "|";
  return out;
}

void check_body(std::string_view mail, std::string_view expected) {
  CAF_MESSAGE(mail);
  CAF_CHECK_EQUAL(joined(mail, strip(mail).body), std::string(expected));
}

}  // namespace

CAF_TEST(RULES history below an attribution is left out in every language) {
  for (const std::string line :
       {"On Tue, Mar 3, 2026 at 9:12 AM Dana <dana@acme.test> wrote:",
        "Am 03.03.2026 um 09:12 schrieb Dana <dana@acme.test>:",
        "Le mar. 3 mars 2026 \xC3\xA0 09:12, Dana <dana@acme.test> a \xC3\xA9"
        "crit :",
        "El mar, 3 mar 2026 a las 9:12, Dana (<dana@acme.test>) escribi\xC3\xB3:",
        "Em ter., 3 de mar. de 2026 \xC3\xA0s 09:12, Dana <dana@acme.test> escreveu:",
        "Il giorno mar 3 mar 2026 alle ore 09:12 Dana <dana@acme.test> ha scritto:",
        "Op di 3 mrt 2026 om 09:12 schreef Dana <dana@acme.test>:",
        "On Tue, Mar 3, 2026 at 9:12 AM\nDana <dana@acme.test> wrote:"})
    check_body("Yes.\n\n" + line + "\n\nStop wasting time!", "Yes.|");
}

CAF_TEST(RULES what stands between and below quoted lines is the leads) {
  check_body("On 3 Mar 2026, Dana <d@acme.test> wrote:\n> question one?\nYes.\n> question two?\nNo.",
             "Yes.|No.|");
}

CAF_TEST(RULES header blocks and forwards end what is read) {
  check_body("Ok.\n\nFrom: Dana <d@acme.test>\nSent: Tuesday\nTo: Sam\nSubject: Hi\n\nunsubscribe", "Ok.|");
  check_body(
      "Ok.\n\n________________________________\nDe : Dana <d@acme.test>\nEnvoy\xC3\xA9 : mardi\n\nbonjour",
      "Ok.|");
  check_body("Fyi\n\n---------- Forwarded message ---------\nFrom: x", "Fyi|");
  check_body("Fyi\n\n-----Urspr\xC3\xBCngliche Nachricht-----\nbla", "Fyi|");
}

CAF_TEST(RULES a line that only looks like a header is read) {
  check_body("To: be honest, no.\nNot for us.", "To: be honest, no.\nNot for us.|");
}

CAF_TEST(RULES signatures devices and disclaimers are left out) {
  check_body("Fine.\n\nKind regards,\nTom Example\nHead of Stop Signs", "Fine.|");
  check_body("Fine.\n-- \nTom", "Fine.|");
  check_body("Fine.\n\nSent from my iPhone", "Fine.|");
  check_body(
      "Fine.\n\nThis email is confidential and intended solely for the addressee.\nDelete it otherwise.",
      "Fine.|");
}

CAF_TEST(RULES talk below a signature is kept apart) {
  const std::string mail = "Fine.\n\nBest,\nTom\n\nplease do not write to my wife again";
  CAF_CHECK_EQUAL(joined(mail, strip(mail).tail), "please do not write to my wife again|");
}

CAF_TEST(RULES thanks before a sentence are no signature) {
  check_body("Thanks,\nplease stop emailing me now.", "Thanks,\nplease stop emailing me now.|");
}
