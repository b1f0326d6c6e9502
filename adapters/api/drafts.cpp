#include <algorithm>

#include "actors/lead/draft/auto_send.hpp"
#include "actors/lead/draft_life.hpp"
#include "actors/lead/limits.hpp"
#include "adapters/api/commands.hpp"
#include "adapters/api/drafts_read.hpp"
#include "adapters/api/handlers.hpp"
#include "adapters/api/lead_lookup.hpp"
#include "adapters/api/paging.hpp"
#include "adapters/api/present.hpp"
#include "adapters/api/recipients.hpp"

namespace heed::api {

using nlohmann::json;

namespace {

json share_json(const std::optional<draft::confidence>& c) { return c ? json(c->share()) : json(); }

/// AS-37, ZRG-92: what the tree decided and on what.
json decision_json(const std::optional<draft::decision_record>& d) {
  if (!d) return nullptr;
  return {{"mode", std::string(to_string(d->mode))},
          {"confidence", share_json(d->sure)},
          {"threshold", share_json(d->threshold)},
          {"reason", d->reason},
          {"explanation", text_or_null(d->explanation)},
          {"action", std::string(to_string(d->what))},
          {"at", to_iso(d->at)},
          {"send_at", instant_json(d->send_at)},
          {"revised", d->revised}};
}

json sending_json(const std::optional<draft::sending>& s) {
  if (!s) return nullptr;
  return {{"state", std::string(to_string(s->at))},
          {"effect_id", s->effect.value},
          {"by", s->by},
          {"by_human", s->by_human},
          {"since", to_iso(s->since)},
          {"next_at", instant_json(s->next_at)},
          {"reason", text_or_null(s->why)}};
}

json notices_json(const draft::lead_draft& x) {
  auto all = json::array();
  for (const auto& n : x.notices) all.push_back({{"channel", n.channel}, {"message", n.ts}});
  return all;
}

}  // namespace

std::optional<lead_id> lead_of_draft(const std::string& draft) {
  const auto mark = draft.rfind("-d");
  if (mark == std::string::npos || mark == 0) return std::nullopt;
  return lead_id{draft.substr(0, mark)};
}

json draft_json(const lead_state& s, const draft::lead_draft& x, const settings& own, time_point now) {
  const auto stale = stale_reason(s, x, own, now);
  const bool writing = x.asks && x.asks->what == draft::model_task::write;
  return {{"draft_id", x.id},
          {"lead_id", s.id.value},
          {"who", text_or_null(who_is(s))},
          {"version", x.version},
          {"status", std::string(to_string(x.status))},
          {"outcome", std::string(draft::outcome_of(x, stale.has_value()))},
          {"stale", stale ? json(std::string(*stale)) : json()},
          {"channel", std::string(to_string(x.on))},
          {"campaign_id", text_or_null(x.campaign.value)},
          {"class", std::string(reply::to_string(x.answers.kind))},
          {"trigger", {{"message", x.answers.name}, {"at", to_iso(x.answers.at)}, {"subject", text_or_null(x.answers.subject)}, {"text", text_or_null(x.answers.text)}}},
          {"subject", text_or_null(x.subject)},
          {"text", text_or_null(x.text)},
          {"to", text_or_null(x.to)},
          {"cc", x.cc},
          {"author", std::string(to_string(x.by))},
          {"edited", x.edited},
          {"made_at", to_iso(x.made_at)},
          {"held_since", instant_json(x.held_since)},
          {"phase", writing ? "writing" : std::string(to_string(x.tree.at))},
          {"decision", decision_json(x.tree.decided)},
          {"sending", sending_json(x.out)},
          {"told_in_slack", notices_json(x)},
          {"decided_by", text_or_null(x.decided_by)},
          {"reason", text_or_null(x.why)}};
}

void list_drafts(const call_ptr& c) {
  const auto p = read_page(*c);
  if (!p) return;
  const auto text = c->request.query_value("status");
  const auto status = draft::parse_draft_status(text);
  if (!text.empty() && !status)
    return c->refuse(unprocessable("status", "This is no status of a draft.", "Send pending, approved or rejected, or leave it out."));
  reading(c, [c, p = *p, status](store_reader& r) {
    const auto policy = c->node().current_policy(c->workspace);
    if (!policy) return c->refuse(not_found());
    const auto found = r.drafts(c->workspace, status, p);
    if (!found) return c->refuse(found.error());
    std::set<lead_id> asked;
    for (const auto& d : found->items) asked.insert(d.lead);
    const auto states = states_of(r, asked);
    if (!states) return c->refuse(states.error());
    auto items = json::array();
    for (const auto& d : found->items) {
      const auto s = states->find(d.lead);
      const auto* x = s == states->end() ? nullptr : s->second.find_draft(d.draft.id);
      // One that its lead has forgotten is in the journal alone.
      if (x) items.push_back(draft_json(s->second, *x, policy->defaults, c->node().now()));
    }
    c->answer(200, page_json(std::move(items), found->next));
  });
}

namespace {

/// Reads the body by `fill` and sends the command to the lead in the draft's id.
template <class Fill>
void command_draft(const call_ptr& c, command_kind what, Fill fill) {
  const auto& draft = c->param("draft");
  const auto lead = lead_of_draft(draft);
  if (!lead) return c->refuse(not_found());
  run_lead_command(c, *lead, what, [&](object_reader& in, command& cmd) {
    cmd.draft = draft;
    in.read("version", cmd.version, 0, std::numeric_limits<std::int32_t>::max());
    fill(in, cmd);
  });
}

void read_words(object_reader& in, command& cmd) {
  in.read("text", cmd.text);
  in.read("subject", cmd.subject);
  if (cmd.text.size() > limits::message_text)
    in.report("text", "must be at most " + std::to_string(limits::message_text) + " bytes");
}

}  // namespace

void approve_draft(const call_ptr& c) {
  command_draft(c, command_kind::approve_draft, [](object_reader& in, command& cmd) {
    read_words(in, cmd);
    read_recipients(in, cmd);
    in.read("confirmed", cmd.confirmed);
  });
}

void reject_draft(const call_ptr& c) {
  command_draft(c, command_kind::reject_draft, [](object_reader& in, command& cmd) { in.read("reason", cmd.reason); });
}

void edit_draft(const call_ptr& c) {
  command_draft(c, command_kind::edit_draft, [](object_reader& in, command& cmd) {
    read_words(in, cmd);
    read_recipients(in, cmd);
    const bool people = !cmd.to.empty() || cmd.cc;
    if (cmd.text.empty() && cmd.subject.empty() && !people) in.report("text", "is missing: the draft's words from now on");
  });
}

void regenerate_draft(const call_ptr& c) {
  command_draft(c, command_kind::regenerate_draft, [](object_reader&, command&) {});
}

void send_message(const call_ptr& c) {
  run_lead_command(c, lead_id{c->param("lead")}, command_kind::send_message, [](object_reader& in, command& cmd) {
    read_words(in, cmd);
    read_recipients(in, cmd);
    if (cmd.text.empty()) in.report("text", "is missing: what is to be sent");
    const auto name = in.text("channel").value_or("email");
    if (parse_channel(name))
      cmd.detail = name;
    else
      in.report("channel", "must be email, sms, whatsapp or linkedin");
  });
}

}  // namespace heed::api
