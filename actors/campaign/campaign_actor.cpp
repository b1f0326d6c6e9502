#include "actors/campaign/campaign_actor.hpp"

#include <algorithm>
#include <caf/send.hpp>

#include "actors/campaign/tripwire.hpp"

namespace heed {

caf::behavior campaign_actor::running() {
  if (!std::exchange(looked_, true)) look_at_wire();
  return {
      [this](const campaign_counted& c) {
        totals_->enrolled += c.enrolled;
        totals_->sent += c.sent;
        totals_->skipped += c.skipped;
        totals_->blocked += c.blocked;
        totals_->suppressed += c.suppressed;
        totals_->finished += c.finished;
        totals_->held += c.held;
        totals_->waited += c.waited;
        if (c.harmed > 0) look_at_wire();
      },
      [this](const wire_tripped& t) { pull(t.why); },
  };
}

void campaign_actor::look_at_wire() {
  if (!all_ || !all_->policies) return;
  const auto view = all_->policies->view(workspace_);
  if (!view || view->stops.campaigns.contains(campaign_.value)) return;
  reader_job job{[me = self(), ws = workspace_, c = campaign_, t = view->current->defaults.tripwire](store_reader& r) {
    const auto rows = r.kill_switches();
    if (!rows) return;
    const auto own = std::ranges::find_if(*rows, [&](const kill_switch_row& row) {
      return row.scope == stop_scope::campaign && row.workspace == ws && row.name == c.value;
    });
    if (own == rows->end() || own->engaged) return;
    // Since people let it go on: what they judged is not held against it again.
    const auto window = r.sends_of(ws, c, own->at, t.window);
    if (!window) return;
    if (auto why = tripped(window->sends, window->hard_bounces, window->complaints, t))
      caf::anon_send(me, wire_tripped{std::move(*why)});
  }};
  send(all_->readers.back(), std::move(job));
}

void campaign_actor::pull(const std::string& why) {
  store_job job{[all = all_, ws = workspace_, c = campaign_, why](store& s) {
    auto reader = s.reader();
    if (!reader) return;
    const auto rows = (*reader)->kill_switches();
    if (!rows) return;
    const bool pulled = std::ranges::any_of(*rows, [&](const kill_switch_row& row) {
      return row.scope == stop_scope::campaign && row.workspace == ws && row.name == c.value && row.engaged;
    });
    if (pulled) return;
    const auto now = all->time->now();
    if (!s.put_kill_switch({ws, stop_scope::campaign, c.value, true, "tripwire", now})) return;
    (void)s.add_audit({ws, "tripwire", "campaign_paused", c.value + ": " + why, now});
    if (!all->over) return;
    all->over->reload_switches(ws);
    alert_row alert;
    alert.workspace = ws;
    alert.what = "tripwire";
    alert.subject = "campaign:" + c.value;
    alert.detail = "campaign " + c.value + " is paused: " + why;
    alert.at = now;
    all->over->raise(std::move(alert));
  }};
  send(all_->store, std::move(job));
}

}  // namespace heed
