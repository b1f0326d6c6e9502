#include "tests/unit/support/codec_samples.hpp"

#include "tests/unit/support/filler.hpp"

namespace heed::codec {
namespace {

template <class Variant, class Each, std::size_t... I>
void for_each_alternative(const Each& each, std::index_sequence<I...>) {
  (each(filled<std::variant_alternative_t<I, Variant>>()), ...);
}
template <class Variant, class Each>
void for_each_alternative(const Each& each) {
  for_each_alternative<Variant>(each, std::make_index_sequence<std::variant_size_v<Variant>>{});
}

}  // namespace

samples stimulus_samples() {
  samples all;
  for_each_alternative<stimulus_body>([&]<class T>(T body) {
    auto s = filled<stimulus>();
    s.body = std::move(body);
    all.emplace_back(tag_of<T>.name, encode(s));
  });
  return all;
}

samples effect_samples() {
  samples all;
  for_each_alternative<effect>(
      [&]<class T>(T each) { all.emplace_back(tag_of<T>.name, encode(effect(std::move(each)))); });
  return all;
}

samples state_samples() { return {{"full", encode(filled<lead_state>())}, {"empty", encode(lead_state{})}}; }

samples journal_samples() {
  samples all;
  for_each_alternative<fact>([&]<class T>(T each) {
    auto entry = filled<journal_entry>();
    entry.answer.facts = {fact(std::move(each))};
    entry.answer.effects.resize(1);
    all.emplace_back(tag_of<T>.name, encode(entry));
  });
  return all;
}

lead_state waiting_lead() {
  const auto start = from_micros(1'795'000'000'000'000);
  lead_state s;
  s.id = lead_id("lead_01KAYTZ4Q8M2V0ER3T5W7X9Z1B");
  s.workspace = workspace_id("acme");
  s.seq = 3;
  s.last_decided = start;
  s.fields = {{"firstName", "Ana"}, {"lastName", "Moreau"}, {"company", "Example GmbH"}};
  s.keys = {{key_kind::email, "", "ana.moreau@example.com"}};
  s.consents = {{channel::email, consent_status::granted, "form", "spring landing page", start}};
  s.accounts = {{channel::email, account_id("mail-1")}};
  s.signals = {{signal_kind::form, start, "evt-1", "spring", true, false, false}};
  run r;
  r.campaign = campaign_id("spring");
  r.status = run_status::running;
  r.sequence_version = 1;
  r.cursor = 1;
  r.next_at = start;
  r.started_at = start;
  r.anchor = start;
  r.last_touch = start;
  r.landing_page = "https://example.com/spring";
  r.thread_subject = "Hi Ana";
  s.runs = {r};
  s.sent = {{effect_id("lead_01KAYTZ4Q8M2V0ER3T5W7X9Z1B-2-0"), "4ef9a417", "", "spring"}};
  return s;
}

}  // namespace heed::codec
