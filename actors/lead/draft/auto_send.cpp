#include "actors/lead/draft/auto_send.hpp"

#include <array>

#include "actors/lead/check.hpp"
#include "actors/lead/draft/draft.hpp"
#include "actors/lead/limits.hpp"

namespace heed::draft {

namespace {

constexpr std::array<std::string_view, 3> prompts{"auto_send.evaluate.v1", "auto_send.context_select.v1",
                                                  "auto_send.revise.v1"};
constexpr std::array<std::chrono::seconds, 3> budgets{std::chrono::seconds(20), std::chrono::seconds(15),
                                                      std::chrono::seconds(30)};
constexpr std::array<std::string_view, 5> action_names{"send_immediate", "send_delayed", "needs_review",
                                                       "skip", "draft_only"};

template <class... F>
struct overload : F... {
  using F::operator()...;
};

turn stay(flow f, std::string_view why) { return {std::move(f), unchanged{why}, std::nullopt}; }

/// Of the campaign as it is now; the per-lead auto-reply has none of its own and takes the default.
confidence threshold_of(const moment& m) {
  return m.rules.campaign ? m.rules.campaign->threshold : default_threshold;
}

next_step step_of(const decision_record& d, bool preview) {
  switch (d.what) {
    case action::send_immediate:
      return send_now{};
    case action::send_delayed:
      CHECK(d.send_at.has_value());
      return send_at{*d.send_at};
    case action::needs_review:
      return hold_for_review{preview};
    case action::skip:
      return skip{};
    case action::draft_only:
      return draft_only{};
  }
  return hold_for_review{preview};
}

/// One decision, with the reason and what it rests on. Everything but a delayed send ends the flow.
turn decide_as(flow f, action what, std::string reason, const evaluation* verdict, const moment& m) {
  decision_record d;
  d.mode = f.mode;
  if (verdict) {
    d.sure = verdict->sure;
    d.explanation = verdict->reason;
  }
  if (f.mode == send_mode::ai_auto_send && m.rules.campaign) d.threshold = m.rules.campaign->threshold;
  d.reason = std::move(reason);
  d.what = what;
  d.at = m.now;
  if (what == action::send_delayed) {
    CHECK(m.rules.campaign && m.rules.campaign->delay);
    d.send_at = m.now + delay_of(*m.rules.campaign->delay, f.lead, f.about.draft);
  }
  f.at = what == action::send_delayed ? phase::scheduled : phase::closed;
  f.candidate.clear();
  f.content.clear();
  f.decided = d;
  auto step = step_of(d, f.preview_in_slack);
  return {std::move(f), std::move(step), std::nullopt};
}

turn hold(flow f, std::string reason, const moment& m) {
  const auto verdict = f.first;
  return decide_as(std::move(f), action::needs_review, std::move(reason), verdict ? &*verdict : nullptr, m);
}

/// Whoever switched the mode meanwhile meant drafts that are still under way as well.
std::string why_draft_only(const flow& f, const moment& m) {
  if (m.off.auto_send_disabled) return "auto_send_disabled";
  if (f.mode != send_mode::draft_only) return "mode_changed";
  return m.rules.campaign ? "setter_managed" : "no_automatic_mode";
}

turn ask(flow f, model_call which, std::vector<std::string> learnings = {}) {
  CHECK(f.calls < calls_max);
  const auto call = ++f.calls;
  switch (which) {
    case model_call::evaluate: {
      auto text = f.at == phase::evaluating_again ? f.candidate : f.content;
      return {std::move(f), ask_evaluator{call, std::move(text)}, std::nullopt};
    }
    case model_call::select_context:
      return {std::move(f), ask_selector{call}, std::nullopt};
    case model_call::revise:
      return {std::move(f), ask_reviser{call, std::move(learnings)}, std::nullopt};
  }
  return stay(std::move(f), "no_such_call");
}

/// The verdict reached its threshold and is safe: the one place from which automation sends.
turn send(flow f, const evaluation& verdict, const moment& m) {
  CHECK(verdict.safe && verdict.sure >= threshold_of(m));
  const bool delayed = f.mode == send_mode::ai_auto_send && m.rules.campaign && m.rules.campaign->delay;
  auto obstacle = spent(f.about, m.lead);
  if (!obstacle && (delayed || f.validate_immediate_send)) obstacle = moved_on(f.about, m.lead);
  if (obstacle) return decide_as(std::move(f), action::skip, std::string(*obstacle), &verdict, m);
  return decide_as(std::move(f), delayed ? action::send_delayed : action::send_immediate, "sure_and_safe",
                   &verdict, m);
}

/// AS-27: only what a model found too weak is worked on, once, where the switch allows it.
bool may_revise(const flow& f, const evaluation& verdict, const moment& m) {
  return f.mode == send_mode::ai_auto_send && f.at == phase::evaluating && verdict.by == judge::model &&
         verdict.sure < threshold_of(m) && !m.off.revision_disabled;
}

turn judge_content(flow f, evaluation verdict, const moment& m) {
  f.first = verdict;
  if (verdict.safe && verdict.sure >= threshold_of(m)) return send(std::move(f), verdict, m);
  if (f.mode == send_mode::legacy_auto_reply)
    return decide_as(std::move(f), action::skip, "declined", &verdict, m);
  if (may_revise(f, verdict, m)) {
    f.at = phase::selecting;
    return ask(std::move(f), model_call::select_context);
  }
  return hold(std::move(f), verdict.safe ? "below_threshold" : "not_safe", m);
}

/// The reviser's text replaces the first only when the judge likes it more and does not find it less safe
/// (AS-32).
turn judge_revision(flow f, const evaluation& verdict, const moment& m) {
  CHECK(f.first.has_value());
  if (verdict.sure <= f.first->sure || (f.first->safe && !verdict.safe))
    return hold(std::move(f), "revision_no_better", m);
  auto text = std::move(f.candidate);
  auto t = verdict.safe && verdict.sure >= threshold_of(m)
               ? send(std::move(f), verdict, m)
               : decide_as(std::move(f), action::needs_review, verdict.safe ? "below_threshold" : "not_safe",
                           &verdict, m);
  t.next.decided->revised = true;
  t.store_text = std::move(text);
  return t;
}

bool awaits(const flow& f, call_number call) { return f.at < phase::scheduled && call == f.calls; }

turn on_event(flow f, const evaluated& e, const moment& m) {
  if (!awaits(f, e.call) || f.at == phase::selecting || f.at == phase::revising)
    return stay(std::move(f), "not_awaited");
  evaluation verdict{e.sure, e.safe, judge::model, e.reason};
  return f.at == phase::evaluating ? judge_content(std::move(f), std::move(verdict), m)
                                   : judge_revision(std::move(f), verdict, m);
}

turn on_event(flow f, const context_selected& e, const moment& m) {
  if (!awaits(f, e.call) || f.at != phase::selecting) return stay(std::move(f), "not_awaited");
  if (m.off.revision_disabled) return hold(std::move(f), "revision_disabled", m);
  f.at = phase::revising;
  return ask(std::move(f), model_call::revise, e.learnings);
}

bool says_something(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") != std::string_view::npos && text.size() <= limits::message_text;
}

turn on_event(flow f, const revised& e, const moment& m) {
  if (!awaits(f, e.call) || f.at != phase::revising) return stay(std::move(f), "not_awaited");
  if (m.off.revision_disabled) return hold(std::move(f), "revision_disabled", m);
  // The same words judged again would be a second throw of the dice, not a revision.
  if (!says_something(e.text) || e.text == f.content) return hold(std::move(f), "reviser_invalid", m);
  f.candidate = e.text;
  f.at = phase::evaluating_again;
  return ask(std::move(f), model_call::evaluate);
}

std::string_view caller_in(phase p) {
  switch (p) {
    case phase::selecting:
      return "selector";
    case phase::revising:
      return "reviser";
    default:
      return "evaluator";
  }
}

/// AS-31, AS-35: whoever fails, the original draft goes to people.
turn on_event(flow f, const model_failed& e, const moment& m) {
  if (!awaits(f, e.call)) return stay(std::move(f), "not_awaited");
  auto reason =
      std::string(caller_in(f.at)) + "_" + std::string(to_string(e.why));
  return hold(std::move(f), std::move(reason), m);
}

/// The evaluation that the schedule rests on.
evaluation scheduled_verdict(const decision_record& d) {
  return {d.sure.value_or(confidence()), true, judge::model, d.explanation};
}

/// AS-20: everything is asked again, by what holds now.
turn on_event(flow f, const fired&, const moment& m) {
  if (f.at != phase::scheduled) return stay(std::move(f), "not_scheduled");
  CHECK(f.decided && f.decided->send_at);
  const auto due = *f.decided->send_at;
  if (m.now < due) return stay(std::move(f), "too_early");
  const auto was = *f.decided;
  const auto verdict = scheduled_verdict(was);
  auto obstacle = spent(f.about, m.lead);
  if (!obstacle) obstacle = moved_on(f.about, m.lead);
  turn t;
  if (obstacle) {
    t = decide_as(std::move(f), action::skip, std::string(*obstacle), &verdict, m);
  } else if (verdict.sure < threshold_of(m)) {
    t = decide_as(std::move(f), action::needs_review, "threshold_raised", &verdict, m);
  } else if (m.now - due > latest_fire) {
    t = decide_as(std::move(f), action::needs_review, "overdue", &verdict, m);
  } else {
    f.at = phase::closed;
    return {std::move(f), send_now{}, std::nullopt};
  }
  t.next.decided->revised = was.revised;
  return t;
}

/// AS-16: never a reason to send at once.
turn on_event(flow f, const not_scheduled& e, const moment& m) {
  if (f.at != phase::scheduled) return stay(std::move(f), "not_scheduled");
  if (e.why == "already_scheduled") return stay(std::move(f), "already_scheduled");
  CHECK(f.decided.has_value());
  const auto was = *f.decided;
  const auto verdict = scheduled_verdict(was);
  auto t = decide_as(std::move(f), action::needs_review, "not_scheduled", &verdict, m);
  t.next.decided->revised = was.revised;
  return t;
}

turn on_event(flow f, const conversation_changed&, const moment& m) {
  auto obstacle = spent(f.about, m.lead);
  if (!obstacle) obstacle = moved_on(f.about, m.lead);
  if (!obstacle) return stay(std::move(f), "still_fits");
  const bool was_revised = f.decided && f.decided->revised;
  const auto verdict = f.at == phase::scheduled ? std::optional(scheduled_verdict(*f.decided)) : f.first;
  auto t = decide_as(std::move(f), action::skip, std::string(*obstacle), verdict ? &*verdict : nullptr, m);
  t.next.decided->revised = was_revised;
  return t;
}

/// What the mode decides without asking a model; none = one is asked.
std::optional<turn> decided_at_once(const flow& f, const entry& e, const moment& m) {
  if (f.mode == send_mode::draft_only)
    return decide_as(f, action::draft_only, why_draft_only(f, m), nullptr, m);
  if (const auto why = spent(f.about, m.lead))
    return decide_as(f, action::skip, std::string(*why), nullptr, m);
  if (f.mode == send_mode::legacy_auto_reply) {
    if (const auto why = legacy_decline(e.sentiment))
      return decide_as(f, action::skip, std::string(*why), nullptr, m);
    if (!m.model_available) return decide_as(f, action::draft_only, "no_model_key", nullptr, m);
    return std::nullopt;
  }
  if (const auto block = hard_block(e.sentiment, m.model_available))
    return decide_as(f, action::needs_review, block->reason, &*block, m);
  return std::nullopt;
}

bool is_same(const flow& known, const subject_of_draft& about) {
  return known.about.trigger == about.trigger && known.about.version >= about.version;
}

std::string_view word_for(phase p) {
  if (p == phase::scheduled) return "already_scheduled";
  return p == phase::closed ? "already_decided" : "under_way";
}

}  // namespace

std::string_view prompt_of(model_call c) { return prompts[static_cast<std::size_t>(c)]; }
std::chrono::seconds budget_of(model_call c) { return budgets[static_cast<std::size_t>(c)]; }
std::string_view to_string(action a) { return action_names[static_cast<std::size_t>(a)]; }

turn begin(const entry& e, const moment& m, const std::optional<flow>& known) {
  if (known && is_same(*known, e.about)) return stay(*known, word_for(known->at));
  flow f;
  f.lead = e.lead;
  f.about = e.about;
  f.mode = mode_of(m.rules, m.off);
  f.validate_immediate_send = e.validate_immediate_send;
  f.preview_in_slack = e.preview_in_slack;
  f.content = e.content;
  if (auto at_once = decided_at_once(f, e, m)) return std::move(*at_once);
  f.at = phase::evaluating;
  return ask(std::move(f), model_call::evaluate);
}

turn on(flow f, const event& what, const moment& m) {
  if (f.at == phase::closed) return stay(std::move(f), "closed");
  if (mode_of(m.rules, m.off) != f.mode) {
    auto reason = why_draft_only(f, m);
    const auto verdict = f.first;
    return decide_as(std::move(f), action::draft_only, std::move(reason), verdict ? &*verdict : nullptr, m);
  }
  return std::visit([&](const auto& e) { return on_event(std::move(f), e, m); }, what);
}

}  // namespace heed::draft
