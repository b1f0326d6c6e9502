#pragma once

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "actors/lead/decision.hpp"
#include "actors/lead/intent.hpp"

/// A lead told what happens to it, in domain time that only the story moves. Every decision is checked for what must
/// hold of all of them, so a specification only states what is particular.
namespace heed::testing {

using namespace std::chrono_literals;

/// Monday 2026-11-16 10:00 UTC, inside everybody's opening hours.
inline constexpr time_point monday_ten = time_point{std::chrono::sys_days{std::chrono::year{2026} / 11 / 16}} + 10h;

inline step make_step(std::string id, channel on, std::string delay, std::string text = "hello") {
  step s;
  s.id = step_id{std::move(id)};
  s.on = on;
  s.uses = template_id{std::move(text)};
  s.at = *parse_delay(delay);
  s.essential = true;
  return s;
}

/// email at once, sms 5 minutes later, email 3 days after that.
inline campaign make_campaign(std::string id) {
  campaign c;
  c.id = campaign_id{std::move(id)};
  c.name = c.id.value;
  c.enabled = true;
  c.landing_page = "https://example.com/" + c.id.value;
  c.attribution = {{"source", "ads"}};
  c.sequences = {{1, {make_step("s1", channel::email, "0s"), make_step("s2", channel::sms, "5m", "nudge"),
                      make_step("s3", channel::email, "3d", "last")}}};
  c.templates = {{"hello", {"Hi {firstName}", "Hello {firstName}"}}, {"nudge", {"", "Still there, {firstName}?"}},
                 {"last", {"", "Last word, {firstName}"}}};
  return c;
}

/// The workspace says who it is and where it is reached.
inline void give_identity(policy& p) {
  p.public_url = "https://heed.example.com";
  p.link_key = "a key of thirty-two bytes or more";
  p.defaults.sender_name = "Mia";
  p.defaults.postal_address = "Acme, 1 Example Street, 10115 Berlin";
}

/// All accounts reach people.
inline void make_real(policy& p) {
  give_identity(p);
  for (auto& [id, a] : p.accounts) a.provider = a.on == channel::email ? "resend" : "twilio";
}

/// One step and its template, nothing else.
inline campaign one_step(std::string id, channel on = channel::email, std::string delay = "0s") {
  auto c = make_campaign(std::move(id));
  c.sequences = {{1, {make_step("s1", on, std::move(delay))}}};
  return c;
}

/// The value of a verdict's number; -1 when it has none of that name.
inline std::int64_t number_of(const gate_verdict& v, std::string_view name) {
  for (const auto& n : v.numbers)
    if (n.name == name) return n.value;
  return -1;
}

inline policy make_policy(std::vector<campaign> campaigns = {make_campaign("spring")}) {
  policy p;
  p.workspace = workspace_id{"acme"};
  p.revision = 1;
  p.defaults.resume_spread = duration(0);
  p.defaults.lead_gap = duration(0);
  for (auto& c : campaigns) p.campaigns[c.id] = std::move(c);
  for (auto on : {channel::email, channel::sms, channel::whatsapp}) {
    account a{account_id{"box_" + std::string(to_string(on))}, on, "sandbox", "us@example.com", {}, true};
    p.accounts[a.id] = a;
  }
  return p;
}

struct story {
  policy rules = make_policy();
  lead_state lead;
  time_point now = monday_ten;
  active_stops stops;
  std::set<std::string> full;           ///< accounts that have no room
  std::optional<timing_outlook> outlook; ///< what the node knows of the world
  std::vector<decision> decisions;
  std::vector<time_point> decided_at;   ///< when each of them was made
  std::vector<send_effect> open;        ///< planned, not answered yet
  std::set<std::string> accepted_keys;  ///< touches a provider took
  std::vector<std::string> broken;      ///< what must hold of every decision and did not
  int sends = 0;
  unsigned told = 0;

  story() {
    lead.id = lead_id{"lead_1"};
    lead.workspace = workspace_id{"acme"};
  }

  stimulus make(stimulus_body body) {
    stimulus s;
    s.key = "evt-" + std::to_string(++told);
    s.occurred_at = s.received_at = now;
    s.source = "test";
    s.body = std::move(body);
    return s;
  }

  const decision& tell(stimulus s) {
    auto before = lead;
    circumstances c{std::max(now, lead.last_decided), stops, full, outlook};
    auto d = decide(lead, s, rules, c);
    for (const auto& f : d.facts) apply(lead, f, before.seq + 1, c.now);
    check(before, d, c.now);
    auto* fired = std::get_if<timer_fired>(&s.body);
    if (fired && fired->generation == before.seq) {
      auto due = next_due(lead);
      expect(!due || *due > c.now, "a timer that fired is not due at once again");
    }
    for (const auto& e : d.effects) {
      if (auto* send = std::get_if<send_effect>(&e)) {
        open.push_back(*send);
        ++sends;
      }
    }
    decisions.push_back(std::move(d));
    decided_at.push_back(c.now);
    return decisions.back();
  }
  const decision& tell(stimulus_body body) { return tell(make(std::move(body))); }

  /// Through POST /leads: enrolled with consent for every channel.
  const decision& enrol(std::string campaign = "spring") {
    lead_upserted body;
    body.fields = {{"firstName", "Ana"}};
    body.landing_page = "https://example.com/" + campaign;
    for (auto on : {channel::email, channel::sms, channel::whatsapp})
      body.consents.push_back({on, consent_status::granted, "contract", "t", now});
    auto s = make(body);
    s.keys = {{key_kind::email, "", "ana@example.com"}, {key_kind::phone, "", "+15550100"}};
    s.campaign = campaign_id{campaign};
    return tell(std::move(s));
  }

  const decision& answer(const send_effect& e, send_result result, std::string detail = {},
                         std::optional<time_point> retry_at = {}) {
    std::erase_if(open, [&](auto& x) { return x.id == e.id; });
    if (result == send_result::accepted) accepted_keys.insert(e.key);
    effect_outcome o;
    o.effect = e.id;
    o.attempt = 1;
    o.result = result;
    o.provider_id = "p-" + e.id.value;
    o.message_id = e.message.on == channel::email ? "<" + e.id.value + "@example.com>" : "";
    o.detail = std::move(detail);
    o.evidence = "call";
    o.retry_at = retry_at;
    return tell(o);
  }
  void accept_all() {
    while (!open.empty()) answer(send_effect(open.front()), send_result::accepted);
  }

  /// Moves time, firing the lead's timer at each due instant; sends are accepted at once.
  void pass(duration d) {
    auto end = now + d;
    for (;;) {
      accept_all();
      auto due = next_due(lead);
      if (!due || *due > end) break;
      now = std::max(now, *due);
      tell(timer_fired{lead.seq});
    }
    now = end;
  }

  /// Moves time to the lead's next due instant and fires its timer there; nothing is answered.
  const decision& wake() {
    now = std::max(now, next_due(lead).value());
    return tell(timer_fired{lead.seq});
  }

  const decision& reply(std::string text = "Sounds good") {
    reply_received r;
    r.message.message_id = "<r" + std::to_string(told) + "@example.com>";
    r.from = "ana@example.com";
    r.text = std::move(text);
    return tell(r);
  }
  const decision& form(std::string name, std::string campaign = {}) {
    form_submitted f;
    f.form = std::move(name);
    f.page = campaign.empty() ? "" : "https://example.com/" + campaign;
    auto s = make(f);
    s.keys = {{key_kind::email, "", "ana@example.com"}};
    if (!campaign.empty()) s.campaign = campaign_id{campaign};
    return tell(std::move(s));
  }
  const decision& click(std::string about = "") {
    link_clicked c;
    c.url = "https://example.com/pricing";
    c.message.provider_id = std::move(about);
    auto s = make(c);
    s.on = channel::sms;  // no machine rules
    return tell(std::move(s));
  }
  const decision& say(command_kind what, std::string run = {}, std::string step = {}) {
    command c;
    c.what = what;
    c.by = "operator";
    c.run = std::move(run);
    c.step = std::move(step);
    return tell(c);
  }

  [[nodiscard]] const run& journey(const std::string& campaign = "spring") const { return *lead.find_run(campaign_id{campaign}); }
  [[nodiscard]] int score(const std::string& campaign = "spring") const {
    return score_of(lead, rules.find_campaign(campaign_id{campaign})->profile, rules.defaults, now).points;
  }
  template <class F>
  [[nodiscard]] int count() const {
    int n = 0;
    for (const auto& d : decisions)
      n += static_cast<int>(std::ranges::count_if(d.facts, [](auto& f) { return std::holds_alternative<F>(f); }));
    return n;
  }
  template <class F>
  [[nodiscard]] const F* last() const {
    const F* found = nullptr;
    for (const auto& d : decisions)
      for (const auto& f : d.facts)
        if (auto* x = std::get_if<F>(&f)) found = x;
    return found;
  }
  [[nodiscard]] std::vector<std::string> outcomes(const std::string& campaign = "spring") const {
    std::vector<std::string> out;
    for (const auto& d : decisions)
      for (const auto& f : d.facts)
        if (auto* h = std::get_if<step_handled>(&f); h && h->campaign.value == campaign)
          out.push_back(std::string(to_string(h->outcome)) + (h->detail.empty() ? "" : ":" + h->detail));
    return out;
  }
  [[nodiscard]] std::string outcome(std::size_t i) const {
    auto all = outcomes();
    return i < all.size() ? all[i] : std::string{};
  }
  template <class E>
  [[nodiscard]] std::vector<E> asked() const {
    std::vector<E> out;
    for (const auto& d : decisions)
      for (const auto& e : d.effects)
        if (auto* x = std::get_if<E>(&e)) out.push_back(*x);
    return out;
  }
  /// What a gate said when it was last asked for that run.
  [[nodiscard]] gate_verdict verdict(gate at, const std::string& campaign = "spring") const {
    for (auto d = decisions.rbegin(); d != decisions.rend(); ++d)
      for (auto v = d->verdicts.rbegin(); v != d->verdicts.rend(); ++v)
        if (v->campaign == campaign)
          for (const auto& g : v->gates)
            if (g.at == at) return g;
    return {};
  }
  /// The verdict that decided when the gates were last asked for a run.
  [[nodiscard]] std::string closed_gate() const {
    for (auto d = decisions.rbegin(); d != decisions.rend(); ++d)
      if (!d->verdicts.empty())
        for (const auto& v : d->verdicts.back().gates)
          if (v.outcome != gate_outcome::pass) return std::string(to_string(v.at)) + ":" + v.reason;
    return "none";
  }

 private:
  void expect(bool holds, const std::string& what) {
    if (!holds) broken.push_back("decision " + std::to_string(lead.seq) + ": " + what);
  }

  /// What leaves by itself fits the conversation as it is, and was judged sure enough and safe.
  void check_answer(const send_effect& e) {
    const auto x = std::ranges::find_if(lead.drafts, [&](auto& o) { return o.out && o.out->effect == e.id; });
    expect(x != lead.drafts.end(), "an answer has its draft");
    if (x == lead.drafts.end()) return;
    const auto& d = x->tree.decided;
    const auto* c = rules.find_campaign(x->campaign);
    expect(!lead.handoff && !lead.hot && !lead.snoozed, "no answer by itself while a human is asked for");
    expect(lead.open_tickets.empty(), "no answer by itself with an open ticket");
    expect(lead.newest_inbound == x->answers.seq, "no answer by itself after a newer message");
    expect(!rules.defaults.drafts.auto_send_disabled, "no answer by itself under the switch");
    expect(d && d->sure && d->sure >= (c ? c->auto_send_threshold : draft::default_threshold), "no answer by itself below the threshold");
  }

  void check(const lead_state& before, const decision& d, time_point decided_now) {
    expect(!d.facts.empty(), "every stimulus has an answer");
    expect(lead.seq == before.seq + 1, "a decision is one step of the journal");
    // Only what a merge ended comes back, when the merge is undone.
    const auto restored = [&](const run& r) {
      return std::ranges::any_of(d.facts, [&](const fact& f) {
        const auto* x = std::get_if<run_restored>(&f);
        return x && x->campaign == r.campaign;
      });
    };
    for (const auto& r : before.runs) {
      const auto* after = lead.find_run(r.campaign);
      expect(after && after->cursor >= r.cursor, "the cursor only grows");
      expect(!is_final(r.status) || after->status == r.status || restored(r), "an end state is final");
    }
    for (const auto& e : d.effects) {
      auto* send = std::get_if<send_effect>(&e);
      if (!send) continue;
      const auto* r = lead.find_run(send->campaign);
      expect(!lead.suppressed, "no send to a suppressed person");
      expect(!stops.global && !stops.workspace, "no send under a stop");
      expect(!accepted_keys.contains(send->key), "a touch that was accepted is never planned again");
      if (send->from == origin::human) continue;
      if (send->from == origin::auto_reply) {
        check_answer(*send);
        continue;
      }
      expect(!lead.handoff, "no send while a human owns the lead");
      expect(!lead.unanswered_reply, "no send on an unanswered reply");
      expect(lead.open_tickets.empty(), "no send with an open ticket");
      expect(r && !is_final(r->status), "no send of an ended run");
      expect(r && (!lead.hot || r->cursor == 0), "no send past the brake");
      for (const auto& other : before.runs)
        expect(other.campaign == send->campaign || !other.last_touch ||
                   decided_now - *other.last_touch >= rules.defaults.lead_gap,
               "no send within the gap of another run");
    }
    for (const auto& v : d.verdicts) {
      expect(std::ranges::is_sorted(v.gates, {}, &gate_verdict::at), "gates are asked in their order");
      expect(v.step == "answer" || v.gates.size() == 14, "every gate is asked and kept");
    }
  }
};

}  // namespace heed::testing
