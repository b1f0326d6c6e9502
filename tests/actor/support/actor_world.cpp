#include "tests/actor/support/actor_world.hpp"

#include <stdexcept>

#include "actors/campaign/campaign_json.hpp"
#include "actors/gateway/gateway_actor.hpp"
#include "persistence/codec/codec.hpp"
#include "persistence/commit_builder.hpp"
#include "runtime/zones.hpp"

namespace heed::test {
namespace {

constexpr auto epoch_start = std::chrono::sys_days{std::chrono::year{2026} / 11 / 16} + std::chrono::hours(9);

template <class T>
T must(result<T> r) {
  if (!r) throw std::runtime_error(r.error().detail);
  return std::move(*r);
}
void must(const result<void>& r) {
  if (!r) throw std::runtime_error(r.error().detail);
}

std::shared_ptr<const zone_table> utc_only() {
  auto zones = std::make_shared<zone_table>();
  zones->version = "test";
  zones->zones.emplace("UTC", utc_zone());
  return zones;
}

}  // namespace

std::shared_ptr<const workspace_view> settable_policies::view(const workspace_id& id) const {
  if (broken.contains(id)) throw std::runtime_error("this workspace breaks every decision");
  const auto found = views.find(id);
  return found == views.end() ? nullptr : found->second;
}

caf::behavior store_relay::make_behavior() {
  set_default_handler([](caf::scheduled_actor* self, caf::message_view& m) -> caf::result<caf::message> {
    auto* me = static_cast<store_relay*>(self);
    me->send(me->target_, m.move_content_to_message());
    return caf::message{};
  });
  return {
      [this](commit_work& w) {
        ++commits_seen;
        if (hold_commits)
          commits.push_back(std::move(w));
        else
          send(target_, std::move(w));
      },
      [this](claim_work& w) {
        if (hold_claims)
          claims.push_back(std::move(w));
        else
          send(target_, std::move(w));
      },
      [this](accept_work& w) { send(target_, std::move(w)); },
      [this](finish_work& w) {
        if (hold_finishes)
          finishes.push_back(std::move(w));
        else
          send(target_, std::move(w));
      },
      [this](store_job& j) { send(target_, std::move(j)); },
  };
}

void store_relay::on_exit() {
  commits.clear();
  claims.clear();
  finishes.clear();
  target_ = nullptr;
}

void store_relay::release() {
  // Called by the test, outside of any message.
  for (auto& w : commits)
    caf::anon_send(target_, std::move(w));
  for (auto& w : claims)
    caf::anon_send(target_, std::move(w));
  for (auto& w : finishes)
    caf::anon_send(target_, std::move(w));
  commits.clear();
  claims.clear();
  finishes.clear();
}

void puppet_transport::start(outbound::call c, std::function<bool()> may_start, done when_done) {
  if (!may_start()) {
    outbound::answer late;
    late.error = "start_by";
    return when_done(std::move(late));
  }
  ++started;
  if (on_start) on_start();
  calls.push_back({std::move(c), std::move(when_done)});
  if (accepts) answer(200, R"({"id":"re_)" + std::to_string(started) + R"("})");
}

void puppet_transport::answer(int status, const std::string& body,
                              std::vector<std::pair<std::string, std::string>> headers) {
  if (calls.empty()) throw std::runtime_error("no call waits for an answer");
  auto p = std::move(calls.front());
  calls.pop_front();
  outbound::answer a;
  a.reached = outbound::answer::phase::answered;
  a.status = status;
  a.body = body;
  a.headers = std::move(headers);
  p.when_done(std::move(a));
}

void puppet_transport::lose_answer() {
  auto p = std::move(calls.front());
  calls.pop_front();
  outbound::answer a;
  a.reached = outbound::answer::phase::sent_no_answer;
  a.error = "connection closed";
  p.when_done(std::move(a));
}

std::optional<outbound::sending_account> one_account::find(const workspace_id& w,
                                                           const account_id& id) const {
  outbound::sending_account a;
  a.workspace = w;
  a.public_part = {id, channel::email, provider, "mia@mail.example.com", {}, true};
  a.secrets["api_key"] = "re_example_key";
  a.secrets["secret"] = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  return a;
}

actor_world::actor_world()
    : store_url("sqlite:" + (directory.path() / "heed.db").string()), time(epoch_start) {
  must(migrate_store(store_url));
  target = must(open_store(store_url, open_mode::read_write));
  all.epoch = must(target->attach(time.now())).epoch;
  reader_ = must(target->reader());
  for (const auto& id : {ws, workspace_id{"other"}}) {
    must(target->create_workspace(id, time.now()));
    publish(id, make_policy(id));
    must(target->put_kill_switch({id, stop_scope::campaign, spring.value, false, "test", time.now()}));
    must(target->put_kill_switch({id, stop_scope::account, "mail", false, "test", time.now()}));
  }
  config.set("scheduler.policy", caf::atom("testing"));
  config.set("logger.inline-output", true);
  system = std::make_unique<caf::actor_system>(config);
  schedule = dynamic_cast<caf::scheduler::test_coordinator*>(&system->scheduler());
  schedule->clock().current_time += std::chrono::hours(1);

  all.time = &time;
  all.policies = &policies;
  all.board = &board;
  all.door = &door;
  all.over = &over;
  all.rooms = &rooms;
  store_actor_options at_once;
  at_once.linger = std::chrono::microseconds(0);
  caf::actor writer = system->spawn<store_actor>("store", caf::actor{}, &board, *target, figures, at_once);
  relay = system->spawn<store_relay>(writer);
  caf::actor reading = system->spawn<reader_actor>("readers/0", caf::actor{}, &board, *target);
  all.store = caf::actor_cast<store_handle>(relay);
  all.readers.push_back(caf::actor_cast<reader_handle>(reading));
  senders = {&all, &account, &transport, nullptr, {}, nullptr, &rooms, nullptr, nullptr, &pulses};
  providers = system->spawn<providers_actor>(caf::actor{}, caf::actor{}, &senders);
  all.providers = caf::actor_cast<providers_handle>(providers);
  caf::actor gateway = system->spawn<gateway_actor>(caf::actor{}, &all, nullptr, 7);
  all.gateway = caf::actor_cast<gateway_handle>(gateway);
  keep = {writer, relay, reading, providers, gateway};
}

actor_world::~actor_world() {
  for (auto& a : keep)
    caf::anon_send_exit(a, caf::exit_reason::kill);
  settle();
  schedule->clock().cancel_all();
  settle();
  keep.clear();
  relay = providers = nullptr;
  all = {};
  senders = {};
  transport.calls.clear();
}

void actor_world::settle() {
  while (schedule->try_run_once()) {
  }
}

bool actor_world::step() {
  auto& jobs = schedule->jobs;
  if (jobs.empty()) return false;
  if (const auto k = random() % jobs.size()) std::swap(jobs[0], jobs[k]);
  return schedule->try_run_once();
}

void actor_world::move_time(caf::actor_clock::duration_type d) {
  schedule->clock().current_time += d;
  time.advance(std::chrono::duration_cast<duration>(d));
}

void actor_world::advance(duration d) {
  auto& clock = schedule->clock();
  const auto end = clock.current_time + d;
  for (;;) {
    settle();
    auto& timeouts = clock.schedule();
    if (timeouts.empty() || timeouts.begin()->first > end) break;
    if (timeouts.begin()->first > clock.current_time) move_time(timeouts.begin()->first - clock.current_time);
    clock.trigger_expired_timeouts();
  }
  move_time(end - clock.current_time);
  settle();
}

caf::actor actor_world::spawn_region(std::size_t resident_limit) {
  region_options o;
  o.resident_limit = resident_limit;
  caf::actor r = system->spawn<region_actor>("regions/0", caf::actor{}, &all, o, resident);
  all.regions = {caf::actor_cast<region_handle>(r)};
  keep.insert(keep.begin(), r);
  return r;
}

void actor_world::spawn_timers(timers_options o) {
  caf::actor t = system->spawn<timers_actor>(caf::actor{}, &all, figures, o);
  all.timers = caf::actor_cast<timers_handle>(t);
  keep.insert(keep.begin(), t);
}

policy actor_world::make_policy(const workspace_id& id, const std::string& delay) {
  const nlohmann::json document{
      {"name", "Spring"},
      {"intent", "end_user"},
      {"enabled", true},
      {"attribution", {{"landing_page", "https://example.com/spring"}}},
      {"sequence",
       {{{"id", "hello"}, {"channel", "email"}, {"template", "t"}, {"delay", "0s"}},
        {{"id", "again"}, {"channel", "email"}, {"template", "t"}, {"delay", delay}, {"essential", true}}}},
      {"templates", {{"t", {{"subject", "Hello {firstName}"}, {"body", "Hello {firstName}"}}}}}};
  policy p;
  p.workspace = id;
  p.revision = 1;
  p.zones = utc_only();
  auto c = campaign_from_json(document, spring);
  if (!c) throw std::runtime_error(c.error().front().field + " " + c.error().front().detail);
  p.campaigns.emplace(spring, std::move(*c));
  const account_id mail{"mail"};
  p.accounts.emplace(mail, heed::account{mail, channel::email, "sandbox", "mia@mail.example.com", {}, true});
  return p;
}

void actor_world::publish(const workspace_id& id, const policy& p) {
  auto v = std::make_shared<workspace_view>();
  v->current = std::make_shared<const policy>(p);
  if (const auto old = policies.views[id]) v->stops = old->stops;
  policies.views[id] = std::move(v);
}

void actor_world::stop(stop_scope scope, const std::string& name, bool engaged) {
  must(target->put_kill_switch({ws, scope, name, engaged, "test", time.now()}));
}

void actor_world::show_stops(const active_stops& stops, const workspace_id& id) {
  auto v = std::make_shared<workspace_view>(*policies.views[id]);
  v->stops = stops;
  policies.views[id] = std::move(v);
}

parcel_ptr actor_world::accept(stimulus s, const workspace_id& id) {
  static lead_namer names(11);
  write_batch batch;
  batch.accepts.push_back(to_inbox_item({id, s, std::nullopt}, names, time.now()));
  const auto answer = must(target->write(batch)).accepts.front();
  if (answer.outcome != accept_result::what::accepted) throw std::runtime_error("not accepted: " + s.key);
  auto p = std::make_shared<parcel>();
  p->workspace = id;
  p->lead = answer.leads.front().lead;
  p->inbox = answer.leads.front().inbox;
  p->what = std::move(s);
  return p;
}

stimulus actor_world::enrolment(const std::string& name) const {
  stimulus s;
  s.key = "enrol:" + name;
  s.occurred_at = s.received_at = time.now();
  s.source = "test";
  s.keys = {{key_kind::email, {}, name + "@example.com"}};
  s.campaign = spring;
  lead_upserted u;
  u.fields["firstName"] = name;
  u.landing_page = "https://example.com/spring";
  u.consents.push_back({channel::email, consent_status::granted, "test", {}, time.now()});
  s.body = std::move(u);
  return s;
}

stimulus actor_world::page_view(const std::string& name, const std::string& key) const {
  stimulus s;
  s.key = "view:" + name + ":" + key;
  s.occurred_at = s.received_at = time.now();
  s.source = "test";
  s.keys = {{key_kind::email, {}, name + "@example.com"}};
  s.body = page_viewed{"https://example.com/" + key};
  return s;
}

std::uint64_t actor_world::version_of(const lead_id& lead) {
  const lead_id ids[] = {lead};
  return must(reader_->leads(ids)).at(0).version;
}

lead_state actor_world::state_of(const lead_id& lead) {
  const lead_id ids[] = {lead};
  return must(codec::decode_lead_state(must(reader_->leads(ids)).at(0).snapshot));
}

std::vector<journal_row> actor_world::journal_of(const lead_id& lead) {
  return must(reader_->journal(lead, 0, 10'000)).items;
}

}  // namespace heed::test
