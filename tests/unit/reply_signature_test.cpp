#include "actors/lead/reply/signature.hpp"

#define CAF_SUITE reply_signature
#include <caf/test/dsl.hpp>

using namespace heed::reply;
using texts = std::vector<std::string>;

/// What a draft may know of a lead from below their words.
namespace {

constexpr auto mail = R"(Sounds good, pick a time: https://calendly.com/ana/intro.

Kind regards,
Ana Ruiz
Head of Operations | Example Ltd
+34 600 000 000
https://example.com

On Tue, Mar 3, 2026 at 9:12 AM Mia <mia@acme.test> wrote:
> our calendar: https://calendly.com/mia
)";

std::string many_links(const std::string& host, int n) {
  std::string out = "See\n";
  for (int i = 0; i < n; ++i) out += "at https://" + host + "/" + std::to_string(i) + " and\n";
  return out;
}

}  // namespace

CAF_TEST(ZRG-85 who wrote and which links they gave and nothing of what they quote) {
  const auto s = signature_context_of(mail);
  CAF_CHECK(s.lines == (texts{"Ana Ruiz", "Head of Operations | Example Ltd", "+34 600 000 000"}));
  CAF_CHECK(s.scheduling_links == texts{"https://calendly.com/ana/intro"});
  CAF_CHECK(s.other_links == texts{"https://example.com"});
}

CAF_TEST(ZRG-85 at most five calendars and ten other links and ten lines and only those that are written) {
  CAF_CHECK_EQUAL(signature_context_of(many_links("calendly.com", 9)).scheduling_links.size(), 5u);
  CAF_CHECK_EQUAL(signature_context_of(many_links("example.com", 19)).other_links.size(), 10u);
  std::string long_signature = "Yes, please.\n\n-- \n";
  for (int i = 0; i < 15; ++i) long_signature += "Line " + std::to_string(i) + "\n";
  CAF_CHECK_EQUAL(signature_context_of(long_signature).lines.size(), 10u);
}

CAF_TEST(ZRG-85 only the last five thousand characters are looked at) {
  const auto far = "Mine is https://calendly.com/ana today.\n" + std::string(6'000, 'x');
  CAF_CHECK(signature_context_of(far).scheduling_links.empty());
}

CAF_TEST(ZRG-85 a host that only looks like a calendar is none and broken text has no signature) {
  CAF_CHECK(signature_context_of("see https://mycalendly.com.example.com/x").scheduling_links.empty());
  for (const auto* text : {"", "http", "https://", "\xff\xfe\xfd", "-- \n"}) CAF_CHECK(signature_context_of(text).empty());
}

CAF_TEST(ZRG-86 words that say a link was missing are known and other words about links are none) {
  for (const auto* text : {"I didn't see a scheduling link in your message.", "It looks like the calendar link is missing.",
                           "Der Link fehlt leider.", "I could not find your Calendly link, could you resend it?"})
    CAF_CHECK(claims_missing_link(text));
  for (const auto* text : {"I booked a slot through your link, thank you.", "Here is my calendar: https://calendly.com/mia",
                           "Nothing is missing from our side. I will use your link."})
    CAF_CHECK(!claims_missing_link(text));
}
