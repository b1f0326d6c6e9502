#include "actors/lead/touch.hpp"

#include <algorithm>

#include "actors/lead/links.hpp"
#include "actors/lead/rendering.hpp"
#include "actors/lead/sender_identity.hpp"
#include "actors/workspace/phone_zones.hpp"

namespace heed {

namespace {

/// The account the lead is held on with; a first touch picks by hash among the usable ones (RULES, Accounts).
const account* account_for(const deliberation& d, const campaign* c, channel on) {
  auto usable = [&](const account_id& id) -> const account* {
    auto* a = d.rules.find_account(id);
    return a && a->enabled && a->on == on && !is_service(*a) ? a : nullptr;
  };
  if (auto held = d.lead().accounts.find(on); held != d.lead().accounts.end())
    if (auto* a = usable(held->second)) return a;
  std::vector<const account*> choices;
  if (c)
    if (auto named = c->accounts.find(on); named != c->accounts.end())
      for (const auto& id : named->second)
        if (auto* a = usable(id)) choices.push_back(a);
  if (choices.empty() && !(c && c->accounts.contains(on)))
    for (const auto& [id, a] : d.rules.accounts)
      if (auto* found = usable(id)) choices.push_back(found);
  if (choices.empty()) return nullptr;
  // Among those with room, where any has: the lead stays with its account, so the choice is worth a look.
  std::vector<const account*> roomy;
  for (auto* a : choices)
    if (!d.when.full.contains(a->id.value)) roomy.push_back(a);
  if (!roomy.empty()) choices = std::move(roomy);
  return choices[stable_hash(d.lead().id.value) % choices.size()];
}

/// What opens the thread when the step that should have was skipped.
std::string first_subject(const campaign& c, const run& r) {
  auto* sequence = c.find_sequence(r.sequence_version);
  if (!sequence) return {};
  for (const auto& s : sequence->steps)
    if (auto text = c.templates.find(s.uses.value); s.on == channel::email && text != c.templates.end() && !text->second.subject.empty())
      return text->second.subject;
  return {};
}

/// RULES, Runs: the lead's zone, else its number's zones (all at once), else the campaign's, else the workspace's. A
/// number that may be anywhere (zones that never agree) tells nothing.
touch_zones zones_of(const deliberation& d, const campaign* c, const step* next, const business_hours* hours,
                     const std::string& address) {
  const auto& lead = d.lead();
  touch_zones usual{&zone_of(lead, c, d.rules)};
  if (!lead.time_zone.empty() || !next || !has_quiet_hours(next->on) || !d.rules.zones) return usual;
  touch_zones all;
  for (auto name : phone_zones(address))
    if (auto it = d.rules.zones->zones.find(name); it != d.rules.zones->zones.end()) all.push_back(&it->second);
  if (all.empty() || !next_chance(next->on, hours, all, d.now())) return usual;
  return all;
}

}  // namespace

prepared_touch gather(const deliberation& d, const run& r) {
  auto* c = d.rules.find_campaign(r.campaign);
  auto* next = current_step(d, r);
  prepared_touch out{touch_view(d.lead(), r, d.rules, d.when), {}};
  auto& v = out.view;
  v.plan = c;
  v.next = next;
  v.score = campaign_score(d, r);
  v.hours = hours_of(c, d.rules);
  if (next) v.address = address_for(d.lead(), next->on);
  v.zones = zones_of(d, c, next, v.hours, v.address);
  if (!c || !next) return out;
  v.via = account_for(d, c, next->on);
  auto text = c->templates.find(next->uses.value);
  v.template_gone = text == c->templates.end();
  if (v.template_gone) return out;
  auto words = text->second;
  if (next->on == channel::email && words.subject.empty() && r.thread_subject.empty()) words.subject = first_subject(*c, r);
  auto rendered = render_touch(words, *next, r, d.lead(), d.rules, v.address);
  if (!rendered) {
    v.gap = rendered.error();
    return out;
  }
  out.message = std::move(*rendered);
  v.rendered_hash = hash_of(out.message);
  return out;
}

prepared_touch gather_answer(const deliberation& d, const run& ground, const step& as) {
  auto* c = d.rules.find_campaign(ground.campaign);
  prepared_touch out{touch_view(d.lead(), ground, d.rules, d.when), {}};
  auto& v = out.view;
  v.plan = c;
  v.next = &as;
  v.score = campaign_score(d, ground);
  v.hours = hours_of(c, d.rules);
  v.address = address_for(d.lead(), as.on);
  v.zones = zones_of(d, c, &as, nullptr, v.address);
  v.via = account_for(d, c, as.on);
  return out;
}

void identify(rendered_message& m, const deliberation& d, const account& via, const effect_id& of) {
  const auto& p = d.rules;
  bool introduced = (d.lead().introduced >> static_cast<unsigned>(m.on)) & 1u;
  if (m.on == channel::sms && !introduced && is_real(via)) introduce_sms(m, p.defaults);
  if (m.on != channel::email || p.public_url.empty()) return;
  identify_email(m, p.defaults, unsubscribe_url(p.public_url, of, p.link_key));
}

}  // namespace heed
