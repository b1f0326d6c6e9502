#include "actors/workspace/workspace_actor.hpp"

#include <algorithm>
#include <array>
#include <caf/send.hpp>
#include <sstream>

namespace heed {
namespace {

constexpr std::size_t portion = 200;
constexpr auto refused_pause = std::chrono::milliseconds(250);
constexpr std::array live{run_status::pending, run_status::running, run_status::paused};

/// What a lead reads of a campaign; its counters and names are not in it, so equality is the test.
void compare_campaigns(const policy& before, const policy& after, affected& out) {
  for (const auto& [id, c] : after.campaigns) {
    const auto* old = before.find_campaign(id);
    if (old && !(*old == c)) out.campaigns.insert(id.value);
  }
  for (const auto& [id, c] : before.campaigns)
    if (!after.find_campaign(id)) out.campaigns.insert(id.value);
}

void compare_names(const std::set<std::string>& a, const std::set<std::string>& b,
                   std::set<std::string>& out) {
  std::ranges::set_symmetric_difference(a, b, std::inserter(out, out.end()));
}

}  // namespace

void affected::add(const affected& other) {
  all = all || other.all;
  campaigns.insert(other.campaigns.begin(), other.campaigns.end());
}

affected changes(const workspace_view& before, const workspace_view& after) {
  affected out;
  const auto& a = *before.current;
  const auto& b = *after.current;
  out.all = !(a.defaults == b.defaults) || a.accounts != b.accounts ||
            a.allow_recipients != b.allow_recipients || before.stops.global != after.stops.global ||
            before.stops.workspace != after.stops.workspace || before.stops.accounts != after.stops.accounts;
  compare_campaigns(a, b, out);
  compare_names(before.stops.campaigns, after.stops.campaigns, out.campaigns);
  return out;
}

std::string encode_job(const reconsider_job& j) {
  std::string out = j.stamp + (j.who.all ? " *" : " -");
  for (const auto& c : j.who.campaigns)
    out += " " + c;
  return out;
}

std::optional<reconsider_job> decode_job(std::string_view text) {
  std::istringstream in{std::string(text)};
  reconsider_job j;
  std::string all;
  if (!(in >> j.stamp >> all)) return std::nullopt;
  j.who.all = all == "*";
  for (std::string c; in >> c;)
    j.who.campaigns.insert(c);
  return j;
}

workspace_actor::workspace_actor(caf::actor_config& cfg, caf::actor boss, const services* all,
                                 view_port* views, workspace_id ws)
    : component_actor(cfg, "workspaces/" + ws.value, std::move(boss), all->board),
      all_(all),
      views_(views),
      workspace_(std::move(ws)) {}

caf::behavior workspace_actor::running() {
  return {
      [this](reload_workspace& r) {
        if (r.done) waiting_.push_back(std::move(r.done));
        if (!loading_) load(std::exchange(waiting_, {}));
      },
      [this](view_read& r) { take_up(r); },
      [this](const shards_changed& c) {
        if (!c.gained || !c.gained->contains(shard_of(workspace_))) return;
        // Its jobs are this node's now; one that was under way is taken up.
        adopted_ = true;
        if (!loading_) load(std::exchange(waiting_, {}));
      },
      [this](portion_read& p) { tell(p); },
      [this](const portion_accepted& a) {
        if (a.job != job_number_) return;
        if (a.refused)
          delayed_send(this, refused_pause, std::exchange(portion_, {}));
        else
          next_portion();
      },
      [this](tick t) {
        if (t.generation == job_number_) ask_portion();
      },
  };
}

void workspace_actor::restarted() {
  loading_ = false;
  load(std::exchange(waiting_, {}));
}

void workspace_actor::load(std::vector<std::function<void()>> callers) {
  loading_ = true;
  reader_job job{[me = self(), ws = workspace_, views = views_, name = meta_name(), first = !view_ || std::exchange(adopted_, false),
                  callers = std::move(callers)](store_reader& r) mutable {
    view_read out{views->read(r, ws), std::nullopt, std::move(callers)};
    if (first)
      if (auto kept = r.meta(name); kept && *kept) out.unfinished = decode_job(**kept);
    caf::anon_send(me, std::move(out));
  }};
  send(all_->readers.back(), std::move(job));
}

void workspace_actor::take_up(view_read& r) {
  loading_ = false;
  if (!r.view) {
    // The view in force stays in force; callers are told, and the next reload tries again.
    if (all_->board) all_->board->crashed(path(), "reading the policy failed: " + r.view.error().detail);
    for (auto& answer : r.callers)
      answer();
    return;
  }
  auto next = std::make_shared<const workspace_view>(std::move(*r.view));
  auto who = view_ ? changes(*view_, *next) : affected{};
  view_ = next;
  views_->publish(workspace_, std::move(next));
  if (r.unfinished) who.add(r.unfinished->who);
  for (auto& answer : r.callers)
    answer();
  if (!who.none()) {
    send(all_->providers, providers_resume{});
    // Leads are told by one node.
    if (all_->is_ours(workspace_)) start_job(who);
  }
  if (!waiting_.empty()) load(std::exchange(waiting_, {}));
}

void workspace_actor::start_job(const affected& who) {
  // A job under way starts over for both: its keys differ, and deciding twice that nothing changed is
  // harmless.
  job_.who.add(who);
  job_.stamp = std::to_string(view_->current->revision) + "." + std::to_string(to_micros(all_->time->now()));
  ++job_number_;
  status_ = 0;
  after_.clear();
  store_job keep{[name = meta_name(), text = encode_job(job_), me = self(), n = job_number_](store& s) {
    (void)s.put_meta(name, text);
    caf::anon_send(me, tick{n});
  }};
  send(all_->store, std::move(keep));
}

void workspace_actor::ask_portion() {
  reader_job job{[me = self(), ws = workspace_, who = job_.who, n = job_number_, status = live[status_],
                  after = after_](store_reader& r) {
    run_filter filter;
    filter.status = status;
    if (!who.all && who.campaigns.size() == 1) filter.campaign = *who.campaigns.begin();
    portion_read out{n, {}, {}, false};
    auto rows = r.runs(ws, filter, page{portion, after});
    out.failed = !rows;
    if (rows) {
      out.next = rows->next;
      for (const auto& row : rows->items)
        if (who.all || who.campaigns.contains(row.run.campaign.value)) out.leads.push_back(row.lead);
      std::ranges::sort(out.leads);
      out.leads.erase(std::unique(out.leads.begin(), out.leads.end()), out.leads.end());
    }
    caf::anon_send(me, std::move(out));
  }};
  send(all_->readers.back(), std::move(job));
}

void workspace_actor::tell(portion_read& p) {
  if (p.job != job_number_) return;
  if (p.failed) {
    delayed_send(this, refused_pause, tick{job_number_});
    return;
  }
  portion_ = std::move(p);
  if (portion_.leads.empty()) return next_portion();
  auto batch = std::make_shared<submission_batch>();
  const auto now = all_->time->now();
  for (const auto& lead : portion_.leads) {
    stimulus s;
    s.key = "reconsider:" + job_.stamp + ":" + lead.value;
    s.occurred_at = s.received_at = now;
    s.source = "workspace";
    s.body = reconsider{"policy " + job_.stamp, false};
    batch->items.push_back({workspace_, std::move(s), lead});
  }
  batch->done = [me = self(), n = job_number_](const result<std::vector<item_outcome>>& r) {
    caf::anon_send(me, portion_accepted{n, !r.has_value()});
  };
  send(all_->gateway, std::move(batch));
}

void workspace_actor::next_portion() {
  after_ = portion_.next;
  if (after_.empty() && ++status_ == live.size()) {
    job_ = {};
    send(all_->store, store_job{[name = meta_name()](store& s) { (void)s.put_meta(name, {}); }});
    return;
  }
  ask_portion();
}

}  // namespace heed
