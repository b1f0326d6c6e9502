// What the API asks of a running node.
#include <spdlog/spdlog.h>

#include <caf/send.hpp>
#include <random>

#include "persistence/codec/codec.hpp"
#include "runtime/chores.hpp"
#include "runtime/node.hpp"

namespace heed {
namespace {

std::string random_text() {
  std::random_device source;
  std::string out;
  for (int i = 0; i < 4; ++i) out += std::to_string(source());
  return out;
}

api::engine::outcome to_outcome(item_outcome&& o) {
  return {o.accepted, std::move(o.leads), o.seq, std::move(o.facts), std::move(o.calls_in_flight)};
}

}  // namespace

void node::submit(std::vector<submission> items, patience wait, submitted done) {
  if (overloaded()) {
    figures_.refused_overload();
    return done(fail(errc::retry, "too many undecided stimuli"));
  }
  auto batch = std::make_shared<submission_batch>();
  batch->counted = std::make_shared<arriving_items>(door_, items.size());
  batch->items.reserve(items.size());
  for (auto& item : items)
    batch->items.push_back({std::move(item.workspace), std::move(item.what), std::move(item.lead)});
  batch->wait = wait.most;
  batch->facts = wait.facts;
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

/// Here first, then at all other nodes; answered when all that can be reached have it.
void node::reload(const workspace_id& ws, std::function<void()> taken_up) {
  if (!in_cluster()) return reload_here(ws, std::move(taken_up));
  reload_here(ws, [this, ws, taken_up = std::move(taken_up)]() mutable {
    caf::anon_send(links_, cluster::tell_config{ws, std::move(taken_up)});
  });
}

void node::reload_here(const workspace_id& ws, std::function<void()> taken_up) {
  caf::anon_send(workspace_of(ws), reload_workspace{ws, std::move(taken_up)});
}

nlohmann::json node::actors() const {
  auto shown = board_->to_json();
  return {{"tree", std::move(shown["tree"])},
          {"crashed_leads", std::move(shown["crashed_leads"])},
          {"campaigns", observer_->campaigns()},
          {"resident_leads", resident_.load()},
          {"undecided", door_.undecided.load()},
          {"running", system_->registry().running()}};
}

api::engine::restart_answer node::restart_actor(const std::string& path, const std::string& by) {
  using a = restart_answer;
  constexpr std::string_view of_leads = "/lead/";
  const auto lead = path.find(of_leads);
  const auto component = path.substr(0, lead);
  const auto who = board_->component(component);
  if (!who) return a::unknown;
  if (board_->is_restarting(component)) return a::restarting;
  const auto why = "asked by " + by;
  board_->restart_wanted(component, lead == path.npos ? why : why + " for " + path.substr(lead + of_leads.size()));
  caf::anon_send(who, restart_asked{why, lead == path.npos ? std::string{} : path.substr(lead + of_leads.size())});
  return a::asked;
}

tl::expected<void, problems> node::inject(const nlohmann::json& fault) {
  auto r = read_chaos(fault);
  if (!r) return tl::unexpected(std::move(r.error()));
  spdlog::warn("chaos.injected what={}", fault.value("what", ""));
  switch (r->is) {
    case chaos_request::what::crash:
    case chaos_request::what::hang: {
      const auto who = board_->component(r->path);
      if (!who) return tl::unexpected(problems{{"/path", "is no running component; see GET /admin/actors"}});
      caf::anon_send(who, chaos_order{r->is == chaos_request::what::crash, r->lasts});
      return {};
    }
    case chaos_request::what::poison: chaos_.poison(lead_id{r->lead}, r->times); return {};
    case chaos_request::what::throw_every: chaos_.throw_every(r->times); return {};
    case chaos_request::what::exit: std::_Exit(137);
  }
  return {};
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

void node::raise(alert_row alert) {
  spdlog::warn("alert what={} workspace={} subject={} detail=\"{}\"", alert.what, alert.workspace.value, alert.subject,
               alert.detail);
  figures_.alert(alert.what);
  write([this, alert = std::move(alert)](store& s) {
    const auto view = registry_->view(alert.workspace);
    const auto carried_by = carriers_of(alert, view ? view->current->defaults.handoff : handoff_settings{});
    (void)s.add_alert(alert, carried_by);
  });
}

std::vector<workspace_id> node::workspaces() const { return registry_->known(); }

std::optional<api::engine::account_setup> node::account_of(const workspace_id& ws, const account_id& id) const {
  auto found = accounts_.find(ws, id);
  if (!found) return std::nullopt;
  return account_setup{std::move(*found), accounts_.is_from_file(ws, id)};
}

result<bytes> node::seal_account(const outbound::sending_account& a) const {
  return heed::seal_account(a, options_.secret_key);
}

void node::use_account(const outbound::sending_account& a) { accounts_.put(a); }

void node::send_test(const workspace_id& ws, const account_id& through, rendered_message m,
                     std::function<void(outbound::send_report)> done) {
  const auto refuse = [&](const char* why) {
    outbound::send_report r;
    r.result = send_result::refused_final;
    r.detail = why;
    done(std::move(r));
  };
  const auto account = accounts_.find(ws, through);
  const auto* how = account ? outbound::find_sender(account->public_part.provider) : nullptr;
  if (!how) return refuse("account_cannot_send");
  send_effect e;
  e.id = effect_id{"test-" + random_text()};
  e.key = e.id.value;
  e.account = through;
  e.from = origin::human;
  e.message = std::move(m);
  e.not_after = clock_->real_now();
  try {
    transport_->start(how->build(*account, e), [] { return true; },
                      [how, done](outbound::answer a) { done(how->read(a)); });
  } catch (const std::exception&) {
    refuse("unbuildable_request");
  }
}

void node::resolve_effect(const workspace_id& ws, const effect_id& id, bool delivered, const std::string& by,
                          std::function<void(result<void>)> done) {
  write([this, ws, id, delivered, by, done = std::move(done)](store& s) {
    auto reader = s.reader();
    if (!reader) return done(tl::unexpected<store_error>(reader.error()));
    const auto row = (*reader)->effect(id);
    if (!row) return done(tl::unexpected<store_error>(row.error()));
    if (!*row || (*row)->workspace != ws) return done(fail(errc::not_found, "no such effect"));
    if ((*row)->state != effect_state::unknown)
      return done(fail(errc::conflict, "the outcome is not unknown: " + std::string(to_string((*row)->state))));
    const auto& e = **row;
    const auto now = clock_->now();
    effect_outcome o;
    o.effect = id;
    o.attempt = e.attempt;
    o.result = delivered ? send_result::accepted : send_result::absent;
    o.evidence = "operator";
    o.started_at = e.claimed_at;
    finish_request f;
    f.id = id;
    f.attempt = e.attempt;
    f.result = o.result;
    f.from_unknown = true;
    f.evidence = "operator";
    f.now = now;
    f.body = codec::encode(codec::outcome_stimulus(o, now));
    write_batch batch;
    batch.finishes.push_back(std::move(f));
    const auto written = s.write(batch);
    if (!written) return done(tl::unexpected<store_error>(written.error()));
    if (written->finishes.front().outcome != finish_result::what::finished)
      return done(fail(errc::conflict, "somebody else settled it meanwhile"));
    (void)s.add_audit({ws, by, "effect_resolved", id.value + (delivered ? " delivered" : " not delivered"), now});
    caf::anon_send(services_.region_of(e.lead), deliver_pending{ws, e.lead});
    done({});
  });
}

namespace {

std::optional<std::set<std::string>> recipients_of(const config::config& c) {
  if (!c.allow_recipients) return std::nullopt;
  return std::set<std::string>(c.allow_recipients->begin(), c.allow_recipients->end());
}

}  // namespace

node_options options_from(const config::config& c) {
  node_options o;
  o.store_url = c.store_url;
  o.time_scale = c.time_scale;
  for (const auto& w : c.workspaces)
    o.workspaces.push_back({w, recipients_of(c), c.dry_run, c.public_url, c.auto_send_disabled, c.auto_send_revision_disabled});
  o.prompts = c.prompts;
  o.secret_key = c.secret_key.value_or("");
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
  o.supervision.max_restarts = c.supervision.max_restarts;
  o.supervision.window = std::chrono::duration_cast<std::chrono::milliseconds>(c.supervision.window);
  o.stuck_after = std::chrono::duration_cast<std::chrono::milliseconds>(c.supervision.stuck_after);
  o.chaos = c.chaos;
  auto& k = o.cluster;
  k.enabled = c.cluster.enabled;
  k.name = c.cluster.name;
  k.listen = c.cluster.listen;
  k.address = c.cluster.address;
  k.port = static_cast<std::uint16_t>(c.cluster.port);
  k.advertised_port = static_cast<std::uint16_t>(c.cluster.advertised_port);
  k.ca = c.cluster.ca_file;
  k.certificate = c.cluster.certificate_file;
  k.key = c.cluster.key_file;
  k.times = {std::chrono::milliseconds(c.cluster.lease_ms), std::chrono::milliseconds(c.cluster.renew_ms)};
  k.proof_by_process = c.cluster.proof_by_process;
  k.notice = std::chrono::milliseconds(c.cluster.drain_notice_ms);
  return o;
}

}  // namespace heed
