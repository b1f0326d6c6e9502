#include <charconv>

#include "adapters/api/body.hpp"
#include "adapters/api/handlers.hpp"
#include "adapters/api/paging.hpp"
#include "adapters/api/present.hpp"

namespace heed::api {

using nlohmann::json;

void force_scan(const call_ptr& c) {
  c->node().force_due_scan([c](const json& numbers) { c->answer(200, numbers); });
}

void show_actors(const call_ptr& c) { c->answer(200, c->node().actors()); }

void show_cluster(const call_ptr& c) {
  auto shown = c->node().cluster();
  if (shown.is_null()) return c->refuse(not_found());
  c->answer(200, shown);
}

void drain_node(const call_ptr& c) {
  c->node().write([c](store& s) {
    if (!c->node().drain(c->key->name)) return c->refuse(not_found());
    if (auto told = s.add_audit({{}, c->key->name, "node_drained", "", c->node().now()}); !told)
      return c->refuse(told.error());
    c->answer(202, {{"draining", true}});
  });
}

void restart_actor(const call_ptr& c) {
  const auto& path = c->param("path");
  c->node().write([c, path](store& s) {
    using answer = engine::restart_answer;
    switch (c->node().restart_actor(path, c->key->name)) {
      case answer::unknown:
        return c->refuse({404, "no_such_actor", "Not found", "No running component has the path " + path + ".", {},
                          "GET /admin/actors shows them; write / inside a path as %2F."});
      case answer::restarting:
        return c->refuse(conflict("already_restarting", "It crashed and is about to go on by itself.",
                                  "Look at GET /admin/actors again."));
      case answer::asked: break;
    }
    if (auto told = s.add_audit({{}, c->key->name, "actor_restarted", path, c->node().now()}); !told)
      return c->refuse(told.error());
    c->answer(202, {{"path", path}, {"restart", "asked"}});
  });
}

void inject_chaos(const call_ptr& c) {
  // Where it is not enabled it does not exist.
  if (!c->node().chaos_enabled()) return c->refuse(not_found());
  const auto body = read_body(*c, body_need::required);
  if (!body) return;
  if (auto done = c->node().inject(*body); !done) return c->refuse(unprocessable(done.error()));
  c->answer(202, {{"injected", (*body)["what"]}});
}

void list_dead_letters(const call_ptr& c) {
  const auto p = read_page(*c);
  if (!p) return;
  const std::string named(c->request.query_value("workspace"));
  reading(c, [c, p = *p, named](store_reader& r) {
    const auto found = r.dead_letters(named.empty() ? std::nullopt : std::optional(workspace_id{named}), p);
    if (!found) return c->refuse(found.error());
    c->answer(200, page_json(*found, dead_letter_json));
  });
}

void requeue_dead_letter(const call_ptr& c) {
  const auto& id = c->param("id");
  std::uint64_t inbox = 0;
  const auto [end, ec] = std::from_chars(id.data(), id.data() + id.size(), inbox);
  if (ec != std::errc{} || end != id.data() + id.size() || inbox == 0)
    return c->refuse(unprocessable(
        "id", "This is no stimulus among the dead letters.",
        "A dead effect is tried again through its run: POST /v1/workspaces/{ws}/runs/{run}/retry."));
  c->node().requeue(inbox, [c, id](const result<void>& done) {
    if (!done) return c->refuse(done.error());
    c->answer(200, {{"id", id}, {"requeued", true}});
  });
}

void show_counts(const call_ptr& c) {
  reading(c, [c](store_reader& r) {
    const auto n = r.counts();
    if (!n) return c->refuse(n.error());
    c->answer(200, {{"leads", n->leads},
                    {"pending", n->pending},
                    {"dead", n->dead},
                    {"timers", n->timers},
                    {"effects_planned", n->effects_planned},
                    {"effects_in_flight", n->effects_in_flight},
                    {"effects_unknown", n->effects_unknown}});
  });
}

void show_health(const call_ptr& c) { c->answer(200, {{"status", "ok"}}); }

void show_readiness(const call_ptr& c) {
  if (c->node().ready()) return c->answer(200, {{"status", "ready"}});
  c->refuse({503,
             "not_ready",
             "Service unavailable",
             "The node is starting or stopping.",
             {},
             "Try again after the time named."},
            1);
}

void show_metrics(const call_ptr& c) {
  c->answer({200, "text/plain; version=0.0.4; charset=utf-8", c->node().metrics(), {}});
}

void show_openapi(const call_ptr& c) {
  c->answer({200, "application/json", std::string(openapi_document()), {}});
}

}  // namespace heed::api
