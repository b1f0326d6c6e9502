// What the API asks of a running node.
#include <caf/send.hpp>

#include "runtime/chores.hpp"
#include "runtime/node.hpp"

namespace heed {
namespace {

api::engine::outcome to_outcome(item_outcome&& o) {
  return {o.accepted, std::move(o.leads), o.seq, std::move(o.facts), std::move(o.calls_in_flight)};
}

}  // namespace

void node::submit(std::vector<submission> items, std::chrono::milliseconds wait, submitted done) {
  auto batch = std::make_shared<submission_batch>();
  batch->items.reserve(items.size());
  for (auto& item : items)
    batch->items.push_back({std::move(item.workspace), std::move(item.what), std::move(item.lead)});
  batch->wait = wait;
  batch->done = [done = std::move(done)](result<std::vector<item_outcome>> r) {
    if (!r) return done(tl::unexpected<store_error>(std::move(r.error())));
    std::vector<outcome> out;
    out.reserve(r->size());
    for (auto& o : *r)
      out.push_back(to_outcome(std::move(o)));
    done(std::move(out));
  };
  caf::anon_send(services_.gateway, std::move(batch));
}

void node::read(std::function<void(store_reader&)> f) {
  const auto& readers = services_.readers;
  const auto i = readers.size() == 1 ? 0 : 1 + next_reader_++ % (readers.size() - 1);
  caf::anon_send(readers[i], reader_job{std::move(f)});
}

void node::write(std::function<void(store&)> f) { caf::anon_send(services_.store, store_job{std::move(f)}); }

std::shared_ptr<const policy> node::current_policy(const workspace_id& ws) const {
  const auto view = registry_->view(ws);
  return view ? view->current : nullptr;
}

std::optional<api_key_row> node::find_key(const std::string& hash) const { return registry_->find_key(hash); }

void node::reload(const workspace_id& ws, std::function<void()> taken_up) {
  caf::anon_send(workspace_of(ws), reload_workspace{ws, std::move(taken_up)});
}

nlohmann::json node::actors() const {
  return {{"actors", board_->to_json()},
          {"campaigns", observer_->campaigns()},
          {"resident_leads", resident_.load()},
          {"undecided", door_.undecided.load()},
          {"running", system_->registry().running()}};
}

std::string node::metrics() const { return options_.metrics ? figures_.text() : std::string{}; }

void node::force_due_scan(std::function<void(nlohmann::json)> done) {
  caf::anon_send(services_.timers, due_scan{[done = std::move(done)](std::size_t due, std::size_t held) {
                   done({{"due", due}, {"armed", held}});
                 }});
}

void node::requeue(std::uint64_t inbox, std::function<void(result<void>)> done) {
  write([this, inbox, done = std::move(done)](store& s) {
    auto back = s.requeue(inbox);
    if (back && inbox > 0) {
      reader_job find{[this, inbox](store_reader& r) {
        const auto rows = r.pending(inbox - 1, 1);
        if (!rows || rows->empty() || rows->front().inbox != inbox) return;
        const auto& row = rows->front();
        caf::anon_send(services_.region_of(row.lead), deliver_pending{row.workspace, row.lead});
      }};
      caf::anon_send(services_.readers.front(), std::move(find));
    }
    done(std::move(back));
  });
}

void node::after(std::chrono::milliseconds delay, std::function<void()> f) {
  caf::anon_send(chores_, chore_later{delay, std::move(f)});
}

node_options options_from(const config::config& c) {
  node_options o;
  o.store_url = c.store_url;
  o.time_scale = c.time_scale;
  for (const auto& w : c.workspaces)
    o.workspaces.push_back(
        {w, std::set<std::string>(c.allow_recipients.begin(), c.allow_recipients.end()), c.dry_run});
  o.http.address = c.http.address;
  o.http.port = static_cast<std::uint16_t>(c.http.port);
  o.http.max_body = c.http.max_body;
  o.http.max_connections = c.http.max_connections;
  o.http.threads = c.http.threads;
  o.http.read_timeout = std::chrono::duration_cast<std::chrono::seconds>(c.limits.read_timeout);
  o.http.answer_timeout = std::chrono::duration_cast<std::chrono::seconds>(c.limits.answer_timeout);
  o.cron_secret = c.cron_secret.value_or("");
  o.metrics = c.metrics;
  o.max_connections = c.dispatch.max_connections;
  o.drain = std::min(o.drain, std::chrono::duration_cast<std::chrono::milliseconds>(c.limits.drain_timeout));
  o.residency.resident_limit = c.residency.max_leads;
  o.residency.idle_after = std::chrono::duration_cast<std::chrono::milliseconds>(c.residency.idle_after);
  o.providers.slots = c.dispatch.max_connections;
  o.providers.start_by = std::chrono::milliseconds(c.dispatch.start_by_ms);
  return o;
}

}  // namespace heed
