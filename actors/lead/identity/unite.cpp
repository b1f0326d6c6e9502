#include "actors/lead/identity/unite.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <memory>

#include "actors/lead/check.hpp"
#include "actors/lead/identity/resolution.hpp"
#include "actors/lead/limits.hpp"

namespace heed {

namespace {

/// What `more` has and `held` has not, told apart by a member.
template <class T, class Member>
std::vector<T> news(const std::vector<T>& held, const std::vector<T>& more, Member member) {
  std::vector<T> out;
  for (const auto& x : more)
    if (std::ranges::find(held, std::invoke(member, x), member) == held.end()) out.push_back(x);
  return out;
}

template <class T>
void append(std::vector<T>& to, const std::vector<T>& more, std::size_t most) {
  to.insert(to.end(), more.begin(), more.end());
  if (to.size() > most) to.erase(to.begin(), to.end() - static_cast<std::ptrdiff_t>(most));
}

template <class T, class Member>
void remove_all(std::vector<T>& from, const std::vector<T>& gone, Member member) {
  std::erase_if(from, [&](const T& x) { return std::ranges::find(gone, std::invoke(member, x), member) != gone.end(); });
}

/// Addresses are written to in their order, so the part's first one becomes one of several.
void gain_keys(const lead_state& lead, const lead_state& part, lead_state& gained) {
  const bool has_email = std::ranges::find(lead.keys, key_kind::email, &lead_key::kind) != lead.keys.end();
  for (auto key : part.keys) {
    if (!is_news(lead.keys, key) || !is_news(gained.keys, key)) continue;
    if (lead.keys.size() + gained.keys.size() >= limits::keys) return;
    if (key.kind == key_kind::email && has_email) key.kind = key_kind::alternate_email;
    gained.keys.push_back(std::move(key));
  }
}

/// Had one of the part's addresses become the first one, one of the lead's own is the first one again.
void give_back_keys(lead_state& lead, const std::vector<lead_key>& gained) {
  std::erase_if(lead.keys, [&](const lead_key& k) { return knows_key(gained, k); });
  if (std::ranges::find(lead.keys, key_kind::email, &lead_key::kind) != lead.keys.end()) return;
  const auto own = std::ranges::find(lead.keys, key_kind::alternate_email, &lead_key::kind);
  if (own != lead.keys.end()) own->kind = key_kind::email;
}

/// A withdrawal beats a grant, whenever each was said; of equal words the later one stays (RULES, Merge).
bool gives_way(const consent_grant& held, const consent_grant& other) {
  if (held.status != other.status) return other.status == consent_status::withdrawn;
  return other.at > held.at;
}

void gain_consents(const lead_state& lead, const lead_state& part, lead_state& gained, lead_state& had) {
  for (const auto& c : part.consents) {
    const auto held = std::ranges::find(lead.consents, c.on, &consent_grant::on);
    if (held != lead.consents.end() && !gives_way(*held, c)) continue;
    gained.consents.push_back(c);
    if (held != lead.consents.end()) had.consents.push_back(*held);
  }
}

void gain_profile(const lead_state& lead, const lead_state& part, lead_state& gained) {
  for (const auto& [name, value] : part.fields)
    if (!lead.fields.contains(name) && lead.fields.size() + gained.fields.size() < limits::fields) gained.fields[name] = value;
  if (lead.time_zone.empty()) gained.time_zone = part.time_zone;
  for (const auto& [on, account] : part.accounts)
    if (!lead.accounts.contains(on)) gained.accounts[on] = account;
}

void gain_evidence(const lead_state& lead, const lead_state& part, lead_state& gained) {
  gained.signals = news(lead.signals, part.signals, &intent_signal::source_key);
  gained.deliveries = news(lead.deliveries, part.deliveries, &delivery::message);
  gained.sent = news(lead.sent, part.sent, &sent_ref::effect);
  gained.engagements = part.engagements;
  for (const auto& h : part.hot_paths) {
    const auto held = std::ranges::find(lead.hot_paths, h.name, &hot_path::name);
    if (held == lead.hot_paths.end() || held->at < h.at) gained.hot_paths.push_back(h);
  }
  gained.introduced = static_cast<std::uint8_t>(part.introduced & ~lead.introduced);
}

/// The instants of which the later one restrains more, or says more.
constexpr std::array latest{&lead_state::human_silence_until, &lead_state::not_interested_until, &lead_state::last_ticket_close,
                            &lead_state::whatsapp_inbound};

void gain_restraint(const lead_state& lead, const lead_state& part, lead_state& gained, lead_state& had) {
  gained.held_addresses = news(lead.held_addresses, part.held_addresses, &held_address::value);
  for (const auto& t : part.open_tickets)
    if (std::ranges::find(lead.open_tickets, t) == lead.open_tickets.end()) gained.open_tickets.push_back(t);
  for (const auto& t : part.closed_early)
    if (std::ranges::find(lead.closed_early, t) == lead.closed_early.end()) gained.closed_early.push_back(t);
  for (const auto when : latest) {
    if (!(part.*when) || (lead.*when && *(lead.*when) >= *(part.*when))) continue;
    gained.*when = part.*when;
    had.*when = lead.*when;
  }
  gained.suppressed = part.suppressed;
  if (!lead.hot) gained.hot = part.hot;
  if (part.unanswered_reply && !lead.unanswered_reply) {
    gained.unanswered_reply = part.unanswered_reply;
    gained.unanswered_since = part.unanswered_since;
    gained.unanswered_message = part.unanswered_message;
  }
  if (part.snoozed && (!lead.snoozed || lead.snoozed_until < part.snoozed_until)) {
    gained.snoozed = true;
    gained.snoozed_until = part.snoozed_until;
    had.snoozed = lead.snoozed;
    had.snoozed_until = lead.snoozed_until;
  }
}

/// Every step before the cursor was handled, and the one under way may arrive.
reached_steps reached_by(const run& r, const policy& rules) {
  reached_steps out{r.campaign, {}};
  const auto* c = rules.find_campaign(r.campaign);
  const auto* sequence = c ? c->find_sequence(r.sequence_version) : nullptr;
  if (sequence)
    for (std::size_t i = 0; i < std::min<std::size_t>(r.cursor, sequence->steps.size()); ++i)
      out.steps.push_back(sequence->steps[i].id);
  const bool under_way = r.touch && r.touch->state != touch_state::returned;
  if (under_way && std::ranges::find(out.steps, r.touch->step) == out.steps.end()) out.steps.push_back(r.touch->step);
  return out;
}

}  // namespace

bool merged_part::operator==(const merged_part& other) const {
  const auto same = [](const auto& a, const auto& b) { return a == b || (a && b && *a == *b); };
  return merge == other.merge && lead == other.lead && seq == other.seq && at == other.at && by == other.by &&
         reason == other.reason && same(gained, other.gained) && same(had, other.had) && reached == other.reached &&
         ended == other.ended;
}

merged_part take_over(const deliberation& d, const absorption_answered& from) {
  CHECK(from.state != nullptr);
  CHECK(d.lead().merging.has_value());
  const auto& lead = d.lead();
  const auto& part = *from.state;
  auto gained = std::make_shared<lead_state>();
  auto had = std::make_shared<lead_state>();
  gain_keys(lead, part, *gained);
  gain_profile(lead, part, *gained);
  gain_consents(lead, part, *gained, *had);
  gain_evidence(lead, part, *gained);
  gain_restraint(lead, part, *gained, *had);
  gained->runs = part.runs;
  merged_part out;
  out.merge = from.merge;
  out.lead = from.part;
  out.by = lead.merging->by;
  out.reason = lead.merging->reason;
  for (const auto& r : part.runs) out.reached.push_back(reached_by(r, d.rules));
  // Whom it had absorbed itself is absorbed with it.
  for (const auto& p : part.parts) out.reached.insert(out.reached.end(), p.reached.begin(), p.reached.end());
  out.gained = std::move(gained);
  out.had = std::move(had);
  return out;
}

void unite(lead_state& lead, merged_part part, std::uint64_t seq, time_point at) {
  const auto& g = *part.gained;
  append(lead.keys, g.keys, limits::keys);
  lead.fields.insert(g.fields.begin(), g.fields.end());
  if (!g.time_zone.empty()) lead.time_zone = g.time_zone;
  lead.accounts.insert(g.accounts.begin(), g.accounts.end());
  for (const auto& c : g.consents) {
    std::erase_if(lead.consents, [&](const auto& held) { return held.on == c.on; });
    lead.consents.push_back(c);
  }
  append(lead.signals, g.signals, limits::signals);
  append(lead.deliveries, g.deliveries, limits::deliveries);
  append(lead.sent, g.sent, limits::sent_refs);
  lead.engagements.add(g.engagements.events());
  for (const auto& h : g.hot_paths) {
    std::erase_if(lead.hot_paths, [&](const auto& held) { return held.name == h.name; });
    lead.hot_paths.push_back(h);
  }
  lead.introduced = static_cast<std::uint8_t>(lead.introduced | g.introduced);
  lead.held_addresses.insert(lead.held_addresses.end(), g.held_addresses.begin(), g.held_addresses.end());
  append(lead.open_tickets, g.open_tickets, limits::tickets);
  append(lead.closed_early, g.closed_early, limits::tickets);
  for (const auto when : latest)
    if (g.*when) lead.*when = g.*when;
  if (g.hot) lead.hot = g.hot;
  if (g.unanswered_reply) {
    lead.unanswered_reply = seq;
    lead.unanswered_since = g.unanswered_since;
    lead.unanswered_message = g.unanswered_message;
  }
  // Chosen again from what is known of both.
  for (auto& r : lead.runs) r.minute.reset();
  lead.merging.reset();
  part.seq = seq;
  part.at = at;
  lead.parts.push_back(std::move(part));
}

void separate(lead_state& lead, const std::string& merge) {
  const auto found = std::ranges::find(lead.parts, merge, &merged_part::merge);
  CHECK(found != lead.parts.end());
  const auto part = *found;
  lead.parts.erase(found);
  const auto& g = *part.gained;
  const auto& h = *part.had;
  give_back_keys(lead, g.keys);
  for (const auto& [name, value] : g.fields)
    if (const auto held = lead.fields.find(name); held != lead.fields.end() && held->second == value) lead.fields.erase(held);
  if (!g.time_zone.empty() && lead.time_zone == g.time_zone) lead.time_zone.clear();
  for (const auto& [on, account] : g.accounts)
    if (const auto held = lead.accounts.find(on); held != lead.accounts.end() && held->second == account) lead.accounts.erase(held);
  for (const auto& c : g.consents) {
    if (std::erase(lead.consents, c) == 0) continue;
    if (const auto own = std::ranges::find(h.consents, c.on, &consent_grant::on); own != h.consents.end())
      lead.consents.push_back(*own);
  }
  remove_all(lead.signals, g.signals, &intent_signal::source_key);
  remove_all(lead.deliveries, g.deliveries, &delivery::message);
  remove_all(lead.sent, g.sent, &sent_ref::effect);
  auto events = lead.engagements.events();
  for (const auto& e : g.engagements.events())
    if (const auto at = std::ranges::find(events, e); at != events.end()) events.erase(at);
  lead.engagements = timing::evidence::of(events);
  for (const auto& path : g.hot_paths) std::erase(lead.hot_paths, path);
  lead.introduced = static_cast<std::uint8_t>(lead.introduced & ~g.introduced);
  for (const auto& a : g.held_addresses) std::erase(lead.held_addresses, a);
  for (const auto& t : g.open_tickets) std::erase(lead.open_tickets, t);
  for (const auto& t : g.closed_early) std::erase(lead.closed_early, t);
  for (const auto when : latest)
    if (g.*when && lead.*when == g.*when) lead.*when = h.*when;
  if (g.hot && lead.hot == g.hot) lead.hot.reset();
  if (g.unanswered_reply && lead.unanswered_reply == part.seq) {
    lead.unanswered_reply.reset();
    lead.unanswered_message.clear();
  }
  for (auto& r : lead.runs) r.minute.reset();
  lead.merging.reset();
}

const merged_part* find_part(const lead_state& lead, const lead_id& part) {
  const auto found = std::ranges::find(lead.parts, part, &merged_part::lead);
  return found == lead.parts.end() ? nullptr : &*found;
}

bool reached_elsewhere(const lead_state& lead, const campaign_id& campaign, const step_id& step) {
  return std::ranges::any_of(lead.parts, [&](const merged_part& p) {
    return std::ranges::any_of(p.reached, [&](const reached_steps& r) {
      return r.campaign == campaign && std::ranges::find(r.steps, step) != r.steps.end();
    });
  });
}

bool enrolled_elsewhere(const lead_state& lead, const campaign_id& campaign) {
  return std::ranges::any_of(lead.parts, [&](const merged_part& p) {
    return std::ranges::find(p.reached, campaign, &reached_steps::campaign) != p.reached.end();
  });
}

}  // namespace heed
