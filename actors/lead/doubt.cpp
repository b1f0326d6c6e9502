#include "actors/lead/answer.hpp"
#include "actors/lead/limits.hpp"
#include "actors/lead/reply/refine.hpp"

/// A reply that the rules were not sure of stands still for a human. A model may be asked meanwhile what it means; what it says can make a
/// suspicion stronger and an unsure word plain, and nothing weaker (`reply::refined`).
namespace heed {

namespace {

using namespace std::chrono_literals;

/// An answer needs its way back; after that it is late.
constexpr auto answer_grace = 15s;

const zone_rules& own_zone(const deliberation& d) { return zone_of(d.lead(), nullptr, d.rules); }

std::string day_in(const zone_rules& zone, time_point at) {
  const auto local = to_local(zone, at);
  const std::chrono::year_month_day day(std::chrono::floor<std::chrono::days>(local));
  return to_iso(time_point(std::chrono::sys_days(day))).substr(0, 10);
}

bool may_be_asked(const deliberation& d, const heard_reply& s) {
  const auto& r = s.said.reading;
  if (!r || !reply::worth_refining(*r) || s.said.automated || d.is_backfill() || d.lead().suppressed) return false;
  return d.defaults().drafts.refine_replies && !s.said.text.empty() && s.said.text.size() <= limits::message_text;
}

/// Automation and operators may have gone on since; then only what holds somebody back still counts.
bool still_matters(const deliberation& d, const reply::reply_reading& r) {
  using enum reply::reply_class;
  return d.lead().unanswered_reply || r.kind == opt_out || r.kind == complaint || r.kind == bounce || r.kind == not_interested;
}

void take_up(deliberation& d, const reply::doubted_reply& x, const reply::reply_reading& reading) {
  reply_received said;
  said.message = x.message;
  said.from = x.from;
  said.subject = x.subject;
  said.text = x.text;
  said.reading = reading;
  const heard_reply heard{said, x.at, x.on, x.key};
  weigh_reply(d, heard);
  act_on(d, heard);
}

}  // namespace

void ask_meaning(deliberation& d, const heard_reply& s) {
  const auto* model = model_of(d);
  if (!model || !may_be_asked(d, s)) return;
  using draft::model_task;
  ask_model_effect e;
  e.id = d.new_effect_id();
  e.account = model->id;
  e.what = model_task::read;
  e.on = s.on;
  e.subject = s.said.subject;
  e.inbound = s.said.text;
  e.kind = s.said.reading->kind;
  e.inbound_at = s.at;
  e.received_on = day_in(own_zone(d), s.at);
  e.lines = 0;
  e.not_after = d.now() + draft::budget_of(model_task::read);
  reply::doubted_reply x{{e.id, e.account, model_task::read, 0, e.not_after + answer_grace},
                         d.lead().newest_inbound,
                         s.key,
                         s.on,
                         s.at,
                         s.said.message,
                         s.said.from,
                         s.said.subject,
                         s.said.text,
                         *s.said.reading};
  d.conclude(doubt_changed{"asked", {}, std::move(x)});
  d.ask(std::move(e));
}

void end_doubt(deliberation& d, const std::string& why) {
  if (!d.lead().doubt) return;
  d.ask(cancel_effect{d.lead().doubt->asked.effect});
  d.conclude(doubt_changed{why, {}, std::nullopt});
}

void look_at_doubt(deliberation& d) {
  const auto& x = d.lead().doubt;
  if (!x) return;
  if (d.lead().suppressed) return end_doubt(d, "suppressed");
  if (x->asked.until <= d.now()) end_doubt(d, "timed_out");
}

bool doubt_answered(deliberation& d, const model_answered& s) {
  if (!d.lead().doubt || d.lead().doubt->asked.effect != s.effect) return false;
  const auto x = *d.lead().doubt;
  if (s.failed || !s.reading) {
    d.conclude(doubt_changed{"failed", std::string(to_string(s.failed.value_or(draft::model_failure::invalid))), std::nullopt});
    return true;
  }
  const auto now = reply::refined(x.reading, *s.reading, own_zone(d));
  const bool news = now != x.reading;
  if (news && !still_matters(d, now)) {
    d.conclude(doubt_changed{"answered_meanwhile", std::string(to_string(now.kind)), std::nullopt});
    return true;
  }
  d.conclude(doubt_changed{"read", news ? std::string(to_string(now.kind)) : "unchanged", std::nullopt});
  if (news) take_up(d, x, now);
  return true;
}

bool doubt_outcome(deliberation& d, const effect_outcome& s) {
  if (!d.lead().doubt || d.lead().doubt->asked.effect != s.effect) return false;
  // Its words come by themselves; whatever else became of the call, there will be none.
  if (s.result == send_result::accepted) return true;
  if (s.result == send_result::unknown) {
    auto x = *d.lead().doubt;
    x.asked.until = d.now() + draft::budget_of(x.asked.what) + answer_grace;
    const auto question = x.asked;
    d.conclude(doubt_changed{"asked", "again", std::move(x)});
    d.ask(settle_effect{question.effect, question.account, true});
    return true;
  }
  d.conclude(doubt_changed{"failed", std::string(to_string(s.result)), std::nullopt});
  return true;
}

}  // namespace heed
