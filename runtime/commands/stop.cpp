#include "runtime/commands/stop.hpp"

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <ostream>

#include "adapters/outbound/wire.hpp"
#include "persistence/store.hpp"
#include "runtime/commands/http_client.hpp"

namespace heed::commands {
namespace {

using json = nlohmann::json;

constexpr int done = 0, refused = 1, unreachable = 2;
constexpr std::size_t calls_max = 10'000;
constexpr auto by_whom = "command line";

std::string words_for(const stop_target& t) {
  switch (t.scope) {
    case stop_scope::global:
      return "everything";
    case stop_scope::workspace:
      return "workspace " + t.workspace;
    case stop_scope::campaign:
    case stop_scope::account:
      break;
  }
  return std::string(to_string(t.scope)) + " " + t.name + " of " + t.workspace;
}

struct outcome {
  bool engaged = false;
  std::string since;
  std::string by;
  std::vector<std::string> calls;
};

void print(const stop_target& t, const outcome& o, std::ostream& out) {
  out << (o.engaged ? "stopped: " : "goes on: ") << words_for(t);
  if (!o.since.empty()) out << ", since " << o.since;
  if (!o.by.empty()) out << ", by " << o.by;
  out << "\n";
  if (!o.engaged) {
    out << "other stops above or below it hold as before\n";
  } else if (o.calls.empty()) {
    out << "no call was on the wire\n";
  } else {
    out << o.calls.size() << (o.calls.size() == 1 ? " call was" : " calls were")
        << " on the wire and may arrive:\n";
    for (const auto& id : o.calls)
      out << "  " << id << "\n";
  }
}

std::string text_of(const json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

// ---- by the API ----

/// The node's own words, with the field and the fix.
void print_problem(const http_answer& a, std::ostream& err) {
  err << "refused with " << a.status;
  const auto problem = json::parse(a.body, nullptr, false);
  std::string_view before = ": ";
  for (const auto* name : {"field", "detail", "fix"}) {
    const auto text = problem.is_object() ? text_of(problem, name) : std::string();
    if (text.empty()) continue;
    err << before << text;
    before = std::string_view(name) == "field" ? ": " : " ";
  }
  err << "\n";
}

std::optional<outcome> read_answer(const std::string& body, bool engaged) {
  const auto answer = json::parse(body, nullptr, false);
  if (!answer.is_object() || !answer.contains("stopped") || answer["stopped"] != json(engaged))
    return std::nullopt;
  outcome o{engaged, text_of(answer, "at"), text_of(answer, "by"), {}};
  if (const auto calls = answer.find("calls_in_flight"); calls != answer.end() && calls->is_array())
    for (const auto& id : *calls)
      if (id.is_string()) o.calls.push_back(id.get<std::string>());
  return o;
}

int by_api(const stop_options& o, const stop_target& t, bool engaged, std::ostream& out, std::ostream& err) {
  if (o.api_key.empty() || o.api_key.find_first_of("\r\n") != std::string::npos) {
    err << "an API key is needed: --key KEY, or HEED_API_KEY; without a node that runs, --config FILE or "
           "--store URL\n";
    return unreachable;
  }
  auto base = o.url;
  while (base.ends_with('/'))
    base.pop_back();
  const json body = o.reason.empty() ? json::object() : json{{"reason", o.reason}};
  const auto text = body.dump(-1, ' ', false, json::error_handler_t::replace);
  const auto answer = call_node(engaged ? "PUT" : "DELETE", base + path_of(t), o.api_key, text);
  if (!answer) {
    err << base << " does not answer: " << answer.error().detail << "\n";
    err << (answer.error().sent ? "whether it heard is not known: say it again\n"
                                : "when no node runs, name the store with --config FILE or --store URL\n");
    return unreachable;
  }
  if (answer->status >= 300) return print_problem(*answer, err), refused;
  const auto read = read_answer(answer->body, engaged);
  if (!read) return err << base << " answers, but not as Heed does: is it the right address?\n", unreachable;
  print(t, *read, out);
  return done;
}

// ---- in the store itself ----

bool covers(const stop_target& t, const effect_row& e) {
  if (t.scope == stop_scope::global) return true;
  if (e.workspace.value != t.workspace) return false;
  if (t.scope == stop_scope::campaign) return e.campaign.value == t.name;
  return t.scope == stop_scope::workspace || e.account.value == t.name;
}

/// The audit's words are those of the API.
std::string audit_word(stop_scope scope, bool engaged) {
  if (scope == stop_scope::campaign) return engaged ? "campaign_paused" : "campaign_resumed";
  return std::string(to_string(scope)) + (engaged ? "_stopped" : "_released");
}

result<void> write_switch(store& s, const stop_target& t, bool engaged, const std::string& reason,
                          time_point now) {
  const workspace_id ws{t.workspace};
  if (auto put = s.put_kill_switch({ws, t.scope, t.name, engaged, by_whom, now}); !put) return put;
  const auto detail = t.name + (t.name.empty() || reason.empty() ? "" : ": ") + reason;
  return s.add_audit({ws, by_whom, audit_word(t.scope, engaged), detail, now});
}

/// Turns the switch, unless it is so already; rows exist with their objects, so what has none is nothing
/// here.
result<outcome> turn(store& s, const stop_target& t, bool engaged, const std::string& reason) {
  auto reader = s.reader();
  if (!reader) return tl::unexpected(reader.error());
  const auto rows = (*reader)->kill_switches();
  if (!rows) return tl::unexpected(rows.error());
  const auto row = std::ranges::find_if(*rows, [&](const kill_switch_row& r) {
    return r.scope == t.scope && r.workspace.value == t.workspace && r.name == t.name;
  });
  if (row == rows->end() && t.scope != stop_scope::global)
    return fail(errc::not_found, "the store knows no " + words_for(t));
  const auto open = (*reader)->open_effects(std::nullopt, effect_state::in_flight, calls_max);
  if (!open) return tl::unexpected(open.error());
  const bool as_is = row != rows->end() && row->engaged == engaged;
  const auto now = std::chrono::time_point_cast<duration>(std::chrono::system_clock::now());
  if (!as_is)
    if (auto written = write_switch(s, t, engaged, reason, now); !written)
      return tl::unexpected(written.error());
  outcome o{engaged, to_iso(as_is ? row->at : now), as_is ? row->by : by_whom, {}};
  for (const auto& e : *open)
    if (covers(t, e)) o.calls.push_back(e.id.value);
  return o;
}

int in_store(const stop_options& o, const stop_target& t, bool engaged, std::ostream& out,
             std::ostream& err) {
  auto opened = open_store(o.store_url, open_mode::read_write);
  if (!opened) {
    err << opened.error().detail << "\n";
    if (opened.error().code == errc::not_found) return unreachable;
    err << "when a node runs on it, ask the node: --url and --key in place of --config and --store\n";
    return refused;
  }
  const auto turned = turn(**opened, t, engaged, o.reason);
  if (!turned) return err << turned.error().detail << "\n", refused;
  print(t, *turned, out);
  out << "written into the store; no node was asked, the next one to start obeys\n";
  return done;
}

}  // namespace

tl::expected<stop_target, std::string> target_of(const stop_options& o) {
  const auto fault = [](const char* words) { return tl::unexpected(std::string(words)); };
  const bool named = !o.workspace.empty() || !o.campaign.empty() || !o.account.empty();
  if (o.all && named) return fault("--all is everything: name nothing beside it");
  if (o.all) return stop_target{};
  if (o.workspace.empty())
    return fault("say what: --workspace W, with --campaign C or --account A, or --all");
  if (!o.campaign.empty() && !o.account.empty()) return fault("--campaign or --account, one at a time");
  if (!o.campaign.empty()) return stop_target{stop_scope::campaign, o.workspace, o.campaign};
  if (!o.account.empty()) return stop_target{stop_scope::account, o.workspace, o.account};
  return stop_target{stop_scope::workspace, o.workspace, {}};
}

std::string path_of(const stop_target& t) {
  if (t.scope == stop_scope::global) return "/admin/stop";
  std::string path = "/v1/workspaces/" + outbound::percent_encoded(t.workspace);
  if (t.scope == stop_scope::campaign) path += "/campaigns/" + outbound::percent_encoded(t.name);
  if (t.scope == stop_scope::account) path += "/accounts/" + outbound::percent_encoded(t.name);
  return path + "/stop";
}

int run_stop(const stop_options& o, bool engaged, std::ostream& out, std::ostream& err) {
  const auto t = target_of(o);
  if (!t) return err << t.error() << "\n", unreachable;
  return o.store_url.empty() ? by_api(o, *t, engaged, out, err) : in_store(o, *t, engaged, out, err);
}

}  // namespace heed::commands
