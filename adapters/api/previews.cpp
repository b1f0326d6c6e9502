#include <algorithm>

#include "actors/campaign/document.hpp"
#include "actors/lead/preview.hpp"
#include "adapters/api/addresses.hpp"
#include "adapters/api/body.hpp"
#include "adapters/api/handlers.hpp"
#include "adapters/api/lead_lookup.hpp"
#include "adapters/api/present.hpp"
#include "adapters/api/stops.hpp"
#include "adapters/inbound/normalizer.hpp"
#include "persistence/codec/codec.hpp"

/// A campaign's message as one lead would get it: looked at, or sent once to somebody of one's own.
namespace heed::api {

using nlohmann::json;

namespace {

struct preview_wish {
  std::string lead;
  std::optional<step_id> step;
  std::string to;  ///< test-send only
};

std::optional<preview_wish> read_wish(call& c, bool with_recipient) {
  const auto body = read_body(c, body_need::required);
  if (!body) return std::nullopt;
  problems found;
  object_reader in(*body, "", found);
  preview_wish w;
  in.read("lead", w.lead);
  if (w.lead.empty()) in.report("lead", "must be a lead's id or email address");
  if (auto step = in.text("step")) w.step = step_id{std::move(*step)};
  if (with_recipient) in.read("to", w.to);
  if (with_recipient && w.to.empty()) in.report("to", "must be the one address or number to send to");
  in.finish();
  if (found.empty()) return w;
  c.refuse(unprocessable(found));
  return std::nullopt;
}

/// By id or address; none when there is no such lead here, and then it has been answered.
std::optional<lead_row> lead_of(call& c, store_reader& r, const std::string& named) {
  if (named.find('@') == std::string::npos) return find_lead(c, r, lead_id{named});
  auto held = holders_of(r, c.workspace, {key_kind::email, {}, inbound::normal_email(named)});
  if (!held) return c.refuse(held.error()), std::nullopt;
  if (held->empty()) return c.refuse(not_found()), std::nullopt;
  return std::move(held->front());
}

struct shown_touch {
  lead_id lead;
  std::shared_ptr<const policy> rules;
  std::vector<kill_switch_row> switches;
  touch_preview touch;
};

/// Looks and calls `f`; every refusal has been answered.
void with_preview(const call_ptr& c, const preview_wish& w, std::function<void(shown_touch)> f) {
  reading(c, [c, w, f = std::move(f)](store_reader& r) {
    shown_touch out;
    out.rules = c->node().current_policy(c->workspace);
    const campaign_id campaign{c->param("campaign")};
    if (!out.rules || !out.rules->find_campaign(campaign)) return c->refuse(not_found());
    const auto row = lead_of(*c, r, w.lead);
    if (!row) return;
    const auto s = state_of(*row);
    if (!s) return c->refuse(s.error());
    auto switches = r.kill_switches();
    if (!switches) return c->refuse(switches.error());
    out.lead = row->lead;
    out.switches = std::move(*switches);
    const circumstances when{c->node().now(), stops_of(*out.rules, out.switches)};
    auto touch = preview_touch(*s, campaign, w.step, *out.rules, when);
    if (!touch)
      return c->refuse(unprocessable(w.step ? "/step" : "/lead",
                                     "There is no such touch: " + touch.error() + ".",
                                     "Name a step of the campaign, or a lead that has one left."));
    out.touch = std::move(*touch);
    f(std::move(out));
  });
}

json rendered_json(const rendered_message& m) {
  return {{"channel", std::string(to_string(m.on))},
          {"to", m.to},
          {"subject", text_or_null(m.subject)},
          {"body", m.body},
          {"in_reply_to", text_or_null(m.in_reply_to)},
          {"references", m.references},
          {"headers", m.headers}};
}

json preview_json(const call& c, const shown_touch& p) {
  const auto& t = p.touch;
  auto gates = codec::to_json(run_verdicts{c.param("campaign"), t.step, t.gates}).at("gates");
  const bool passes =
      std::ranges::all_of(t.gates, [](const auto& v) { return v.outcome == gate_outcome::pass; });
  return {{"lead_id", p.lead.value},
          {"campaign_id", c.param("campaign")},
          {"step", t.step},
          {"account", text_or_null(t.via.value)},
          {"would_send", passes && t.message.has_value() && !t.gates.empty()},
          {"message", t.message ? rendered_json(*t.message) : json()},
          {"gates", std::move(gates)},
          {"missing", t.missing}};
}

// ---- the test ----

/// Normalised for the message's channel; empty when it is no address of that kind.
std::string recipient_on(channel on, const std::string& text) {
  return on == channel::email ? inbound::normal_email(text) : inbound::normal_phone(text);
}

bool is_allowed(const std::set<std::string>& allowed, const std::string& to) {
  if (allowed.contains(to)) return true;
  const auto at = to.find('@');
  return at != std::string::npos && allowed.contains(to.substr(at + 1));
}

/// After a stop was answered no call starts, a test's neither. Only the stop that came with the first real
/// account lets one try it: it was nobody's word.
bool holds_back(const shown_touch& p, const workspace_id& ws, const std::string& campaign) {
  const auto stopped = [&](const stop_target& t) { return is_stopped(p.switches, t); };
  const stop_target whole{stop_scope::workspace, ws, {}};
  const auto* row = find_switch(p.switches, whole);
  const bool by_itself = row && row->by == first_account_stop;
  return stopped({stop_scope::global, {}, {}}) || (stopped(whole) && !by_itself) ||
         stopped({stop_scope::campaign, ws, campaign}) ||
         stopped({stop_scope::account, ws, p.touch.via.value});
}

std::optional<http::problem> refusal_of(const call& c, const shown_touch& p, const std::string& to) {
  const auto* via = p.rules->find_account(p.touch.via);
  if (!p.touch.message)
    return unprocessable("/lead", "The message cannot be written for this lead.",
                         p.touch.missing.empty() ? "See the preview for what is missing."
                                                 : "Fill what is missing: " + p.touch.missing.front() + ".");
  if (!via)
    return conflict("no_account", "No account can send this step.", "Set up an account for its channel.");
  if (!is_real(*via))
    return conflict("sandbox_account", "This step goes through a sandbox account, which sends nothing.",
                    "Look at the preview, or set up a real account.");
  if (to.empty())
    return unprocessable("/to", "This is no address on the step's channel.",
                         "Send one email address, or one number like +15550100123.");
  if (!p.rules->allow_recipients || !is_allowed(*p.rules->allow_recipients, to))
    return unprocessable("/to", "Tests go only to recipients the configuration allows by name.",
                         "Add this address or its domain to allow_recipients and start Heed again.");
  if (holds_back(p, c.workspace, c.param("campaign")))
    return conflict("stopped", "A stop holds.",
                    "Release the stop of the workspace, campaign or account first.");
  return std::nullopt;
}

/// As the lead would get it, but said to be a test and part of no thread.
rendered_message as_test(rendered_message m, std::string to) {
  m.to = std::move(to);
  if (m.on == channel::email) m.subject = "[Test] " + m.subject;
  m.in_reply_to.clear();
  m.references.clear();
  return m;
}

void answer_test(call& c, const outbound::send_report& r) {
  const std::string result(to_string(r.result));
  if (r.result == send_result::accepted)
    return c.answer(200, {{"result", result},
                          {"provider_id", text_or_null(r.provider_id)},
                          {"detail", text_or_null(r.detail)}});
  http::problem p{502,
                  "provider_refused",
                  "Bad gateway",
                  "The provider did not take the message: " + (r.detail.empty() ? result : r.detail) + ".",
                  {},
                  "Correct the account or the message; `result` says whether it may have been delivered."};
  p.more = {{"result", result}, {"provider_id", text_or_null(r.provider_id)}};
  c.refuse(p);
}

void send_test_message(const call_ptr& c, const shown_touch& p, const std::string& to) {
  writing(c, [c, p, to](store& s) {
    // Written down before it is sent, without the address.
    const auto told = s.add_audit({c->workspace, c->key->name, "test_sent",
                                   c->param("campaign") + "/" + p.touch.step + " via " + p.touch.via.value,
                                   c->node().now()});
    if (!told) return c->refuse(told.error());
    c->node().send_test(c->workspace, p.touch.via, as_test(*p.touch.message, to),
                        [c](const outbound::send_report& r) { answer_test(*c, r); });
  });
}

}  // namespace

void preview_campaign(const call_ptr& c) {
  const auto wish = read_wish(*c, false);
  if (!wish) return;
  with_preview(c, *wish, [c](const shown_touch& p) { c->answer(200, preview_json(*c, p)); });
}

void test_send(const call_ptr& c) {
  const auto wish = read_wish(*c, true);
  if (!wish) return;
  with_preview(c, *wish, [c, named = wish->to](const shown_touch& p) {
    const auto to = p.touch.message ? recipient_on(p.touch.message->on, named) : std::string();
    if (const auto refused = refusal_of(*c, p, to)) return c->refuse(*refused);
    send_test_message(c, p, to);
  });
}

}  // namespace heed::api
