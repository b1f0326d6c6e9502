#include "runtime/simulation/world.hpp"

/// What happens outside: people and the webhooks that tell of them. A webhook is repeated until somebody
/// answers it.
namespace heed::simulation {
namespace {

using namespace std::chrono_literals;

constexpr auto answer_patience = 45s;

/// What people write back, of every kind that is read apart.
std::string said(dice& rolls) {
  static const std::vector<std::string> words{
      "Tell me more.", "Yes?", "Thanks, got it.", "How much does it cost?", "Sounds great, please send me the price list.", "Could we meet on Tuesday at ten?",
      "Please do not write to me again.", "Not interested, thank you.", "Please get in touch again in two weeks.",
      "Please talk to my colleague Sam, sam@people.example.", "I am out of the office until the 28th.",
      "Delivery to the following recipient failed permanently.", "I have asked three times. I want to speak to a human."};
  return rolls.pick(words);
}

}  // namespace

void world::draw_people() {
  auto& rolls = people_rolls_;
  static const std::vector<std::string> zones{"UTC", "Europe/Berlin", "America/New_York", "Australia/Sydney"};
  for (std::size_t i = 0; i < plan_.people; ++i) {
    person p;
    p.name = "p" + std::to_string(i);
    p.email = p.name + "@people.example";
    p.phone = "+1500555" + std::to_string(1000 + i);
    p.zone = rolls.pick(zones);
    people_.push_back(std::move(p));
  }
  const auto begun = rolls.between(1s, plan_.horizon / 3);
  for (std::size_t i = 0; i < people_.size(); ++i)
    for (const auto* c : {"spring", "autumn"}) {
      if (std::string_view(c) == "autumn" && rolls.chance(400)) continue;
      const auto when = plan_.at_once ? begun + rolls.between(0s, 2s) : rolls.between(1s, plan_.horizon / 2);
      later(when, [this, i, c] { enrol(people_[i], campaign_id{c}); });
    }
  for (std::size_t i = 0; i < plan_.happenings; ++i)
    later(rolls.between(1min, plan_.horizon), [this] { happen(); });
}

stimulus world::about(const person& p, const std::string& what, stimulus_body body) {
  stimulus s;
  s.key = what + ":" + p.name + ":" + std::to_string(++names_);
  s.occurred_at = s.received_at = machine_.wall;
  s.source = "simulated";
  s.keys = {{key_kind::email, "", p.email}};
  s.on = channel::email;
  s.body = std::move(body);
  return s;
}

void world::enrol(person& p, const campaign_id& c) {
  if (resting_) return;
  lead_upserted u;
  u.fields = {{"firstName", "Pat"}};
  u.time_zone = p.zone;
  u.landing_page = "https://example.com/" + c.value;
  for (const auto on : {channel::email, channel::sms})
    u.consents.push_back({on, consent_status::granted, "simulated", {}, machine_.wall});
  auto s = about(p, "enrol", std::move(u));
  s.keys.push_back({key_kind::phone, "", p.phone});
  s.campaign = c;
  s.on.reset();
  deliver(std::move(s), std::nullopt, static_cast<std::size_t>(&p - people_.data()));
}

void world::happen() {
  if (resting_) return;
  const auto who = people_rolls_.below(people_.size());
  happen_to(who, people_rolls_.below(100));
}

void world::happen_to(std::size_t who, std::uint64_t kind) {
  auto& rolls = people_rolls_;
  const auto& p = people_[who];
  const auto flood = rolls.chance(40) ? 20u : 1u;
  for (unsigned i = 0; i < flood; ++i) {
    stimulus s;
    if (kind < 18) {
      reply_received r;
      r.from = p.email;
      r.subject = "Re: Hello";
      r.text = said(rolls);
      r.message.message_id = "<r" + std::to_string(names_) + "@people.example>";
      r.automated = rolls.chance(250);
      s = about(p, "reply", std::move(r));
    } else if (kind < 32) {
      s = about(p, "form", form_submitted{"contact", "https://example.com/spring", {}});
      if (rolls.chance(500)) s.campaign = campaign_id{rolls.chance(500) ? "spring" : "autumn"};
    } else if (kind < 50) {
      s = about(p, rolls.chance(plan_.poison) ? "undecidable" : "view",
                page_viewed{"https://example.com/prices"});
    } else if (kind < 64) {
      link_clicked c;
      c.url = "https://example.com/offer";
      s = about(p, "click", std::move(c));
    } else if (kind < 72) {
      s = about(p, "ticket", ticket_opened{"t" + std::to_string(names_)});
    } else if (kind < 78) {
      s = about(p, "ticket-closed", ticket_closed{"t" + std::to_string(names_ > 3 ? names_ - 3 : 0)});
    } else if (kind < 82) {
      s = about(p, "meeting", meeting_booked{"m" + std::to_string(names_)});
    } else if (kind < 88) {
      s = about(p, "optout", unsubscribed{{}, "text"});
    } else if (kind < 91) {
      s = about(p, "complaint", spam_complaint{{}, p.email});
    } else if (kind < 95) {
      s = about(
          p, "bounce",
          message_bounced{{}, p.email, rolls.chance(500) ? bounce_class::hard : bounce_class::soft, "x"});
    } else {
      message_sent m;
      m.subject = "By hand";
      s = about(p, "human", std::move(m));
    }
    // Late, and as if it had happened before it was told.
    if (rolls.chance(150))
      s.occurred_at -= rolls.between(1s, rolls.chance(100) ? duration(7 * 24h) : duration(6h));
    if (rolls.chance(30)) {
      s.mode = arrival::backfill;
      ++counts_["people_backfill"];
    }
    deliver(std::move(s), std::nullopt, who);
  }
}

/// Handed in until it is answered: a node that died, or a busy store, makes its sender come back with the
/// same key.
void world::deliver(stimulus s, std::optional<lead_id> lead, std::size_t who) {
  undelivered_.insert(s.key);
  const auto again = [this, s, lead, who] {
    if (undelivered_.contains(s.key)) deliver(s, lead, who);
  };
  if (!alive()) return later(5s, again);
  later(answer_patience, again);
  std::vector<submitted_item> items;
  items.push_back({home, s, lead});
  node_->submit(std::move(items), 0ms, [this, key = s.key, who](const result<std::vector<item_outcome>>& r) {
    if (dying_) return;
    if (!r) {
      ++counts_["people_turned_away"];
      return;
    }
    undelivered_.erase(key);
    answered(key, who, r->front());
  });
  // Some senders do not wait for an answer before they say it again.
  if (!resting_ && options_.faults && people_rolls_.chance(60)) {
    ++counts_["people_webhook_repeated"];
    later(people_rolls_.between(1ms, 1h), [this, s, lead, who] { deliver(s, lead, who); });
  }
}

void world::answered(const std::string& key, std::size_t who, const item_outcome& o) {
  checker_->acknowledged(key, o);
  if (who < people_.size() && !o.leads.empty()) people_[who].lead = o.leads.front();
}

/// What a provider tells of a message it took: soon or late, once or again, in any order, also before the
/// call's own answer.
void world::call_back(const accepted_message& m) {
  auto& rolls = people_rolls_;
  const auto found =
      std::ranges::find_if(people_, [&](const person& p) { return p.email == m.to || p.phone == m.to; });
  if (found == people_.end()) return;
  const auto who = static_cast<std::size_t>(found - people_.begin());
  const auto on = m.to == found->phone ? channel::sms : channel::email;
  const auto tell = [&](const char* what, stimulus_body body, duration when) {
    stimulus s;
    s.key = std::string("cb:") + what + ":" + m.provider_id;
    s.source = "simulated";
    s.keys = {on == channel::email ? lead_key{key_kind::email, "", found->email}
                                   : lead_key{key_kind::phone, "", found->phone}};
    s.on = on;
    s.body = std::move(body);
    later(when, [this, s, who]() mutable {
      s.occurred_at = s.received_at = machine_.wall;
      deliver(s, std::nullopt, who);
    });
  };
  const message_ref ref{m.provider_id, {}, {}, m.effect.value, {}};
  if (rolls.chance(800))
    tell("delivered", message_delivered{ref},
         rolls.between(1ms, rolls.chance(200) ? duration(5h) : duration(20s)));
  if (rolls.chance(40))
    tell("bounced",
         message_bounced{ref, m.to, rolls.chance(500) ? bounce_class::hard : bounce_class::soft, "550"},
         rolls.between(1s, 1h));
  if (rolls.chance(100)) {
    reply_received r;
    r.message = {"in-" + m.provider_id, "<in-" + m.provider_id + "@people.example>", {}, {}, {}};
    r.from = m.to;
    r.text = said(rolls);
    tell("reply", std::move(r), rolls.between(1min, 10h));
  }
  if (rolls.chance(100)) {
    link_clicked c;
    c.message = ref;
    c.url = "https://example.com/offer";
    tell("click", std::move(c), rolls.between(1s, 2h));
  }
  if (rolls.chance(15)) tell("complained", spam_complaint{ref, m.to}, rolls.between(1min, 5h));
}

}  // namespace heed::simulation
