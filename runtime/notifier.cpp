#include "runtime/notifier.hpp"

#include <spdlog/spdlog.h>

#include <array>
#include <caf/send.hpp>

#include "adapters/outbound/webhook.hpp"
#include "persistence/codec/codec.hpp"
#include "runtime/accounts.hpp"

namespace heed {
namespace {

using namespace std::chrono_literals;

/// The schedule of Standard Webhooks; after the last one people find it in the list of alerts only.
constexpr std::array<std::chrono::seconds, 9> pauses{5s, 5min, 30min, 2h, 5h, 10h, 14h, 20h, 24h};

bool is_webhook(const std::string& to) { return to.starts_with("http"); }

bool is_loopback(const std::string& url) {
  return url.starts_with("http://127.0.0.1") || url.starts_with("http://localhost");
}

send_effect as_mail(const notification_row& row, const notice& n, const account& through, time_point now) {
  send_effect e;
  e.id = effect_id{"notify-" + row.key};
  e.key = e.id.value;
  e.account = through.id;
  e.from = origin::human;
  e.message.on = channel::email;
  e.message.to = row.to;
  e.message.subject = n.subject;
  e.message.body = n.body;
  // RFC 3834: nobody's vacation answer shall come back to a machine.
  e.message.headers = {{"Auto-Submitted", "auto-generated"}};
  e.not_after = now;
  return e;
}

}  // namespace

std::optional<duration> notification_pause(const std::string& key, std::uint32_t attempts) {
  if (attempts >= pauses.size()) return std::nullopt;
  const duration pause = pauses[attempts];
  const auto part = static_cast<std::uint64_t>(pause.count()) / 10;
  return pause + duration(static_cast<std::int64_t>(stable_hash(key + std::to_string(attempts)) % (part + 1)));
}

const account* mailbox_for_people(const workspace_view& view) {
  const account* boxed = nullptr;
  for (const auto& [id, a] : view.current->accounts) {
    if (a.on != channel::email || is_service(a) || !a.enabled || view.stops.accounts.contains(id.value)) continue;
    if (is_real(a)) return &a;
    if (!boxed) boxed = &a;
  }
  return boxed;
}

std::vector<notification_row> carriers_of(const alert_row& alert, const handoff_settings& to) {
  auto destinations = to.to;
  if (!to.webhook.empty()) destinations.push_back(to.webhook);
  std::vector<notification_row> out;
  for (auto& each : destinations) {
    notification_row row;
    row.workspace = alert.workspace;
    row.key = "alert-" + std::to_string(to_micros(alert.at)) + "-" + std::to_string(out.size());
    row.what = "alert";
    row.reason = alert.detail;
    row.to = std::move(each);
    row.created_at = alert.at;
    out.push_back(std::move(row));
  }
  return out;
}

notifier_actor::notifier_actor(caf::actor_config& cfg, caf::actor boss, const services* all,
                               const account_source* accounts, outbound::transport* calls, notifier_options options)
    : component_actor(cfg, "notifier", std::move(boss), all->board),
      all_(all),
      accounts_(accounts),
      calls_(calls),
      options_(options) {}

caf::behavior notifier_actor::running() {
  if (!std::exchange(ticking_, true)) delayed_send(this, options_.look_every, tick{});
  return {
      [this](tick) {
        delayed_send(this, options_.look_every, tick{});
        look();
      },
      [this](due_read& d) {
        looking_ = false;
        for (auto& each : d.rows)
          if (all_->is_ours(each.row.workspace) && under_way_.insert(each.row.number).second) deliver(each);
      },
      [this](attempt_ended& e) { settle(std::move(e)); },
      // Only now: a row read before its outcome was written would be delivered twice.
      [this](const settled& s) { under_way_.erase(s.number); },
      [this](slack_answered& a) {
        const auto found = in_slack_.find(a.number);
        if (found == in_slack_.end()) return;
        auto& m = *found->second.message;
        go_on_in_slack(a.number, a.answer ? m.on_answer(*a.answer) : m.on_paused());
      },
  };
}

void notifier_actor::restarted() {
  looking_ = false;
  under_way_.clear();
  in_slack_.clear();
}

void notifier_actor::look() {
  if (looking_ || under_way_.size() >= options_.at_once) return;
  looking_ = true;
  const auto most = options_.at_once;
  reader_job job{[me = self(), now = all_->time->now(), most](store_reader& r) {
    due_read out;
    if (auto rows = r.due_notifications(now, most))
      for (auto& row : *rows) {
        due_row d{std::move(row), std::nullopt};
        const lead_id ids[] = {d.row.lead};
        if (!d.row.lead.empty())
          if (auto leads = r.leads(ids); leads && !leads->empty()) d.lead = std::move(leads->front());
        out.rows.push_back(std::move(d));
      }
    caf::anon_send(me, std::move(out));
  }};
  send(all_->readers.back(), std::move(job));
}

void notifier_actor::deliver(due_row& d) {
  const auto view = all_->policies->view(d.row.workspace);
  if (!view || view->stops.global) {
    // Held back, not failed: it stays due.
    under_way_.erase(d.row.number);
    return;
  }
  notice n;
  if (d.row.lead.empty()) {
    n = alert_notice(d.row.reason, *view->current, all_->time->now());
  } else {
    auto state = d.lead ? codec::decode_lead_state(d.lead->snapshot) : fail(errc::not_found, "the lead is gone");
    if (!state) return tell_self({d.row, false, true, state.error().detail, {}});
    if (const auto place = slack_place_of(d.row.to)) return tell_in_slack(d.row, *place, *state, *view->current);
    n = lead_notice(d.row.what, d.row.reason, *state, *view->current, all_->time->now());
  }
  is_webhook(d.row.to) ? post(d.row, n, *view) : mail(d.row, n, *view);
}

void notifier_actor::post(const notification_row& row, const notice& n, const workspace_view& view) {
  const auto keeper = accounts_->find(row.workspace, webhook_secret_name);
  const auto secret = keeper ? keeper->secrets.find("secret") : decltype(keeper->secrets.end()){};
  if (!keeper || secret == keeper->secrets.end())
    return tell_self({row, false, false, "no_webhook_secret", {}});
  auto c = outbound::build_webhook(
      row.to, secret->second, row.key, all_->time->real_now(),
      {{"type", n.type}, {"timestamp", to_iso(row.created_at)}, {"data", n.data}});
  // Nobody may make us call into our own network, unless this installation is itself only reached from this machine.
  c.public_only = !is_loopback(view.current->public_url);
  call(std::move(c), [row](const outbound::answer& a) {
    const auto r = outbound::read_webhook(a);
    using what = outbound::webhook_report::what;
    return attempt_ended{row, r.is == what::delivered, r.is == what::never, r.detail, r.retry_after};
  });
}

void notifier_actor::mail(const notification_row& row, const notice& n, const workspace_view& view) {
  const auto* through = mailbox_for_people(view);
  if (!through) return tell_self({row, false, false, "no_mailbox", {}});
  if (!is_real(*through)) return put_into_sandbox(row, n, *through);
  const auto keeper = accounts_->find(row.workspace, through->id);
  const auto* how = outbound::find_sender(through->provider);
  if (!keeper || !how) return tell_self({row, false, false, "no_sender", {}});
  call(how->build(*keeper, as_mail(row, n, *through, row.created_at)), [row, how](const outbound::answer& a) {
    const auto r = how->read(a);
    const bool never = r.result == send_result::bad_address || r.result == send_result::refused_final;
    return attempt_ended{row, r.result == send_result::accepted, never, r.detail, r.retry_after};
  });
}

void notifier_actor::tell_in_slack(const notification_row& row, const slack_place& to, const lead_state& lead,
                                   const policy& p) {
  const auto keeper = accounts_->find(row.workspace, account_id{p.defaults.drafts.slack});
  const auto review = review_of(lead, row.reason, p);
  if (!keeper || !slack::can_post(*keeper)) return tell_self({row, false, false, "no_slack_token", {}});
  if (!review) return tell_self({row, false, true, "draft_forgotten", {}});
  const auto outcome = row.what == "draft_outcome" ? std::optional(outcome_of(lead, row.reason, p, all_->time->now())) : std::nullopt;
  if (!to.person.empty()) {
    // Decided before anybody was asked: there is nothing to ask any more.
    const auto* x = lead.find_draft(row.reason);
    if (x->status != draft::draft_status::pending) return tell_self({row, true, false, "decided", {}});
    return ask_reviewer(row, to.person, slack::ask_message(*review), *keeper);
  }
  change_message(row, to, outcome ? slack::outcome_message(*review, *outcome) : slack::ask_message(*review), *keeper);
}

void notifier_actor::ask_reviewer(const notification_row& row, const std::string& person, slack::message m,
                                  outbound::sending_account a) {
  auto talk = std::make_unique<slack::direct_message>(std::move(a), person, std::move(m), row.key);
  auto first = talk->begin();
  in_slack_[row.number] = {row, std::move(talk)};
  go_on_in_slack(row.number, std::move(first));
}

void notifier_actor::go_on_in_slack(std::uint64_t number, slack::direct_message::step step) {
  using talk = slack::direct_message;
  if (auto* next = std::get_if<talk::make_call>(&step)) {
    return calls_->start(std::move(next->what), [] { return true; },
                         [me = caf::actor_cast<caf::actor_addr>(self()), number](outbound::answer a) {
                           if (auto to = caf::actor_cast<caf::actor>(me))
                             caf::anon_send(to, slack_answered{number, std::make_shared<outbound::answer>(std::move(a))});
                         });
  }
  if (const auto* pause = std::get_if<talk::pause>(&step))
    return delayed_send(this, pause->how_long, slack_answered{number, nullptr});
  auto over = in_slack_.extract(number);
  const auto& row = over.mapped().row;
  if (const auto* where = std::get_if<talk::delivered>(&step)) {
    note_posted(row, *where);
    return tell_self({row, true, false, "", {}});
  }
  tell_self({row, false, false, std::get<talk::failed>(step).why, {}});
}

/// Its lead keeps where it was asked, so that the message can be changed when the draft is decided.
void notifier_actor::note_posted(const notification_row& row, const slack::direct_message::delivered& where) {
  stimulus s;
  s.key = "review:" + row.key + ":" + where.ts;
  s.occurred_at = s.received_at = all_->time->now();
  s.source = "slack";
  s.body = review_posted{row.reason, {where.channel, where.ts}};
  auto batch = std::make_shared<submission_batch>();
  batch->items.push_back({row.workspace, std::move(s), row.lead});
  send(all_->gateway, std::move(batch));
}

void notifier_actor::change_message(const notification_row& row, const slack_place& to, const slack::message& m,
                                    const outbound::sending_account& a) {
  call(slack::build_update(a, to.channel, to.ts, m, row.key), [row](const outbound::answer& answer) {
    const auto r = slack::read_api(answer);
    const bool changed = std::holds_alternative<slack::api_done>(r.is);
    return attempt_ended{row, changed, std::holds_alternative<slack::api_refused>(r.is), r.wire.detail, r.wire.retry_after};
  });
}

void notifier_actor::put_into_sandbox(const notification_row& row, const notice& n, const account& through) {
  sandbox_message m;
  m.workspace = row.workspace;
  m.lead = row.lead;
  m.effect = effect_id{"notify-" + row.key};
  m.from = through.from;
  m.to = row.to;
  m.subject = n.subject;
  m.body = n.body;
  m.message_id = "<" + m.effect.value + "@sandbox.invalid>";
  m.at = all_->time->now();
  send(all_->store, store_job{[m, row, me = self()](store& s) {
         write_batch batch;
         batch.sandbox.push_back(m);
         const auto written = s.write(batch);
         caf::anon_send(me, attempt_ended{row, written.has_value(), false, written ? "" : "store", {}});
       }});
}

void notifier_actor::call(outbound::call c, std::function<attempt_ended(const outbound::answer&)> read) {
  calls_->start(
      std::move(c), [] { return true; },
      [me = caf::actor_cast<caf::actor_addr>(self()), read = std::move(read)](outbound::answer a) {
        if (auto to = caf::actor_cast<caf::actor>(me)) caf::anon_send(to, read(a));
      });
}

void notifier_actor::tell_self(attempt_ended e) { send(self(), std::move(e)); }

void notifier_actor::settle(attempt_ended e) {
  std::optional<time_point> next;
  if (!e.delivered && !e.never)
    if (auto pause = notification_pause(e.row.key, e.row.attempts)) {
      next = all_->time->now() + *pause;
      if (e.retry_after) next = std::max(*next, all_->time->now() + *e.retry_after);
    }
  const bool given_up = !e.delivered && !next;
  if (e.delivered)
    spdlog::info("people.told what={} lead={} attempt={}", e.row.what, e.row.lead.value, e.row.attempts + 1);
  else
    spdlog::warn("people.not_told what={} lead={} attempt={} detail={} next={}", e.row.what, e.row.lead.value,
                 e.row.attempts + 1, e.detail, next ? to_iso(*next) : "never");
  alert_row alert;
  alert.workspace = e.row.workspace;
  alert.what = "notification_failed";
  alert.subject = e.row.lead.empty() ? "alert" : "lead:" + e.row.lead.value;
  alert.detail = e.row.what + " reached nobody: " + e.detail;
  alert.at = all_->time->now();
  const auto error = e.delivered ? std::string() : e.detail;
  send(all_->store, store_job{[n = e.row.number, next, error, given_up, alert, me = self()](store& s) {
         (void)s.settle_notification(n, next, error);
         // Listed only: an alert about a silent line would be sent down the same line.
         if (given_up) (void)s.add_alert(alert, {});
         caf::anon_send(me, settled{n});
       }});
}

}  // namespace heed
