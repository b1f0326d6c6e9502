#include <set>

#include "actors/campaign/campaign_json.hpp"
#include "actors/campaign/prepare.hpp"
#include "actors/workspace/policy_json.hpp"
#include "adapters/api/body.hpp"
#include "adapters/api/handlers.hpp"
#include "adapters/api/paging.hpp"
#include "adapters/api/policy_change.hpp"
#include "adapters/api/stops.hpp"

namespace heed::api {

using nlohmann::json;

namespace {

/// Names of the campaigns a kill switch holds.
result<std::set<std::string>> stopped_campaigns(store_reader& r, const policy& p) {
  const auto rows = r.kill_switches();
  if (!rows) return tl::unexpected(rows.error());
  return stops_of(p, *rows).campaigns;
}

json campaign_json(const campaign& c, std::uint64_t revision, bool stopped) {
  auto definition = to_json(c);
  return {{"id", c.id.value},
          {"revision", revision},
          {"etag", etag_of(definition)},
          {"sequence_version", c.sequences.empty() ? 0 : c.current().version},
          {"paused", stopped},
          {"definition", std::move(definition)}};
}

/// With the calls still on the wire, when it is the answer to a stop.
void print_campaign(const call_ptr& c, int status, store_reader& r, const policy& p, const campaign_id& id,
                    json calls = nullptr) {
  const auto* found = p.find_campaign(id);
  if (!found) return c->refuse(not_found());
  const auto stopped = stopped_campaigns(r, p);
  if (!stopped) return c->refuse(stopped.error());
  auto body = campaign_json(*found, p.revision, stopped->contains(id.value));
  if (!calls.is_null()) body["calls_in_flight"] = std::move(calls);
  c->answer(status, body, {{"ETag", body.at("etag").get<std::string>()}});
}

void answer_campaign(const call_ptr& c, int status, std::shared_ptr<const policy> p, const campaign_id& id) {
  reading(c, [c, status, p, id](store_reader& r) { print_campaign(c, status, r, *p, id); });
}
void answer_campaign(const call_ptr& c, int status, const policy& p, const campaign_id& id) {
  answer_campaign(c, status, std::make_shared<const policy>(p), id);
}

campaign_context context_of(const policy& p) {
  return {p.zones.get(), &p.accounts, &p.defaults.default_profile};
}

json present_document(const policy& p, const campaign_id& id) {
  const auto* c = p.find_campaign(id);
  return c ? to_json(*c) : json();
}

void store_campaign(policy& p, campaign next) {
  const auto* old = p.find_campaign(next.id);
  auto id = next.id;
  p.campaigns[id] = old ? next_version(*old, std::move(next)) : std::move(next);
}

stop_target stop_of(const call_ptr& c, const campaign_id& id) {
  return {stop_scope::campaign, c->workspace, id.value};
}

/// A campaign's switch is created with it, released: from then on its row says whether people stopped it.
std::function<result<void>(store&, store_reader&)> with_switch(const call_ptr& c, const campaign_id& id) {
  return [c, id](store& s, store_reader&) {
    return create_switch(s, stop_of(c, id), c->key->name, c->node().now());
  };
}

/// Answers with the campaign and the calls already on the wire, no earlier than the stop's grace.
void answer_stopped(const call_ptr& c, const campaign_id& id) {
  after_grace(c, stop_of(c, id), [c, id](store_reader& r, json calls) {
    const auto p = c->node().current_policy(c->workspace);
    if (!p) return c->refuse(not_found());
    print_campaign(c, 200, r, *p, id, std::move(calls));
  });
}

/// True when the request has no body to speak of: these commands take none.
bool takes_no_body(call& c) {
  const auto body = read_body(c, body_need::optional);
  if (!body) return false;
  problems found;
  object_reader in(*body, "", found);
  in.finish();
  if (!found.empty()) c.refuse(unprocessable(found));
  return found.empty();
}

void set_enabled(const call_ptr& c, bool enabled) {
  if (!takes_no_body(*c)) return;
  const campaign_id id{c->param("campaign")};
  auto edit = [id, enabled](policy& p) -> tl::expected<void, http::problem> {
    auto it = p.campaigns.find(id);
    if (it == p.campaigns.end()) return tl::unexpected(not_found());
    if (it->second.ended)
      return tl::unexpected(
          conflict("campaign_ended", "The campaign has ended.", "Put a new campaign under another id."));
    if (enabled) {
      problems found;
      check_campaign(it->second, found, context_of(p));
      if (!found.empty()) return tl::unexpected(unprocessable(found));
    }
    it->second.enabled = enabled;
    return {};
  };
  auto done = [c, id, enabled](const policy& p) {
    enabled ? answer_campaign(c, 200, p, id) : answer_stopped(c, id);
  };
  change_policy(c, {enabled ? "campaign_enabled" : "campaign_disabled", id.value, edit, done, {}});
}

void set_switch(const call_ptr& c, bool engaged) {
  if (!takes_no_body(*c)) return;
  const campaign_id id{c->param("campaign")};
  const auto p = c->node().current_policy(c->workspace);
  if (!p || !p->find_campaign(id)) return c->refuse(not_found());
  turn_switch(c, stop_of(c, id), engaged, {}, [c, id, engaged] {
    if (engaged) return answer_stopped(c, id);
    const auto current = c->node().current_policy(c->workspace);
    if (!current) return c->refuse(not_found());
    answer_campaign(c, 200, current, id);
  });
}

struct prepare_wish {
  std::string intent;
  std::string name;
  std::string landing_page;
  bool preview = false;  ///< shown, not stored
};

std::optional<prepare_wish> read_wish(call& c) {
  const auto body = read_body(c, body_need::optional);
  if (!body) return std::nullopt;
  problems found;
  object_reader in(*body, "", found);
  prepare_wish w;
  in.read("intent", w.intent);
  in.read("name", w.name);
  in.read("landing_page", w.landing_page);
  in.read("preview", w.preview);
  static const std::set<std::string> intents{"", "investor", "end_user", "re_engagement"};
  if (!intents.contains(w.intent)) in.report("intent", "must be investor, end_user or re_engagement");
  in.finish();
  if (found.empty()) return w;
  c.refuse(unprocessable(found));
  return std::nullopt;
}

/// Keeps what people said of the campaign; channels, spacing and texts come from its intent.
tl::expected<void, http::problem> prepare_into(policy& p, const campaign_id& id, const prepare_wish& w) {
  const auto* old = p.find_campaign(id);
  const auto intent = !w.intent.empty() ? w.intent : old ? old->intent : std::string{};
  if (intent.empty())
    return tl::unexpected(unprocessable("/intent", "A new campaign needs an intent.",
                                        "Send investor, end_user or re_engagement."));
  if (old && old->enabled && !w.preview)
    return tl::unexpected(
        conflict("campaign_enabled", "An enabled campaign is not rewritten.", "Disable it first."));
  auto next = prepare(id, intent, p.defaults);
  if (old) {
    next.name = old->name;
    next.landing_page = old->landing_page;
    next.attribution = old->attribution;
    next.time_zone = old->time_zone;
    next.hours = old->hours;
    next.accounts = old->accounts;
    next.profile = old->profile;
  }
  if (!w.name.empty()) next.name = w.name;
  if (!w.landing_page.empty()) next.landing_page = w.landing_page;
  next.enabled = false;
  problems found;
  check_campaign(next, found, context_of(p));
  if (!found.empty()) return tl::unexpected(unprocessable(found));
  store_campaign(p, std::move(next));
  return {};
}

/// What `prepare` would store, to be looked at and edited first.
void show_prepared(const call_ptr& c, const campaign_id& id, const prepare_wish& w) {
  const auto current = c->node().current_policy(c->workspace);
  if (!current) return c->refuse(not_found());
  auto would_be = std::make_shared<policy>(*current);
  if (auto made = prepare_into(*would_be, id, w); !made) return c->refuse(made.error());
  answer_campaign(c, 200, std::move(would_be), id);
}

}  // namespace

void list_campaigns(const call_ptr& c) {
  const auto page = read_page(*c);
  if (!page) return;
  reading(c, [c, page = *page](store_reader& r) {
    const auto p = c->node().current_policy(c->workspace);
    if (!p) return c->refuse(not_found());
    const auto stopped = stopped_campaigns(r, *p);
    if (!stopped) return c->refuse(stopped.error());
    auto items = json::array();
    std::string next;
    for (auto it = p->campaigns.upper_bound(campaign_id{page.after}); it != p->campaigns.end(); ++it) {
      if (items.size() == page.limit) {
        next = items.back().at("id").get<std::string>();
        break;
      }
      items.push_back(campaign_json(it->second, p->revision, stopped->contains(it->first.value)));
    }
    c->answer(200, page_json(std::move(items), next));
  });
}

void show_campaign(const call_ptr& c) {
  const auto p = c->node().current_policy(c->workspace);
  const auto* found = p ? p->find_campaign(campaign_id{c->param("campaign")}) : nullptr;
  if (!found) return c->refuse(not_found());
  const auto etag = etag_of(to_json(*found));
  if (is_unchanged(c->request, etag)) return c->answer({304, "", "", {{"ETag", etag}}});
  answer_campaign(c, 200, p, found->id);
}

void put_campaign(const call_ptr& c) {
  const auto body = read_body(*c, body_need::required);
  if (!body) return;
  const campaign_id id{c->param("campaign")};
  if (!is_valid_id(id.value))
    return c->refuse(unprocessable("campaign", "This is no campaign's id.",
                                   "Use letters, digits, `-` and single `_`, with no `_` at an end."));
  const auto created = std::make_shared<bool>(false);
  auto edit = [c, id, created, body = *body](policy& p) -> tl::expected<void, http::problem> {
    if (auto ok = check_preconditions(c->request, present_document(p, id)); !ok) return ok;
    auto next = campaign_from_json(body, id, context_of(p));
    if (!next) return tl::unexpected(unprocessable(next.error()));
    *created = p.find_campaign(id) == nullptr;
    store_campaign(p, std::move(*next));
    return {};
  };
  auto done = [c, id, created](const policy& p) { answer_campaign(c, *created ? 201 : 200, p, id); };
  change_policy(c, {"campaign_put", id.value, edit, done, with_switch(c, id)});
}

void enable_campaign(const call_ptr& c) { set_enabled(c, true); }
void disable_campaign(const call_ptr& c) { set_enabled(c, false); }
void pause_campaign(const call_ptr& c) { set_switch(c, true); }
void resume_campaign(const call_ptr& c) { set_switch(c, false); }

void prepare_campaign(const call_ptr& c) {
  const auto wish = read_wish(*c);
  if (!wish) return;
  const campaign_id id{c->param("campaign")};
  if (!is_valid_id(id.value))
    return c->refuse(unprocessable("campaign", "This is no campaign's id.",
                                   "Use letters, digits, `-` and single `_`, with no `_` at an end."));
  if (wish->preview) return show_prepared(c, id, *wish);
  auto edit = [id, w = *wish](policy& p) { return prepare_into(p, id, w); };
  auto done = [c, id](const policy& p) { answer_campaign(c, 200, p, id); };
  change_policy(c, {"campaign_prepared", id.value, edit, done, with_switch(c, id)});
}

}  // namespace heed::api
