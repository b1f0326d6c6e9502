#include "actors/campaign/campaign_json.hpp"

#include "actors/campaign/guard.hpp"
#include "actors/lead/limits.hpp"

namespace heed {
namespace {

using json = nlohmann::json;

std::optional<delay_rule> read_delay(object_reader& in, std::string_view key) {
  const auto text = in.text(key);
  if (!text) return std::nullopt;
  const auto delay = parse_delay(*text);
  if (!delay) in.report(key, "must be a delay like 90s, 5m, 3h, 2d or 3bd (business days)");
  return delay;
}

/// `at` with its base, or the short form `delay`, which counts from the previous outcome.
void read_timing(object_reader& in, delay_rule& target, bool first, problems& out) {
  const auto* at = in.object("at");
  if (at != nullptr && in.any("delay") != nullptr)
    in.report("delay", "stands beside at; keep one of the two");
  if (at == nullptr) {
    const bool given = in.any("delay") != nullptr;
    if (const auto delay = read_delay(in, "delay")) target = *delay;
    // Without it two touches would go out in one breath: only the first step may leave it out.
    if (!given && !first && in.any("at") == nullptr)
      in.report("delay", "is missing: say how long after the step before");
    return;
  }
  object_reader rule(*at, in.at("at"), out);
  const auto from = rule.text("from").value_or("previous");
  if (from != "previous" && from != "start") rule.report("from", "must be previous or start");
  if (const auto delay = read_delay(rule, "delay"))
    target = *delay;
  else if (rule.any("delay") == nullptr)
    rule.report("delay", "is missing");
  target.from = from == "start" ? delay_rule::base::start : delay_rule::base::previous;
  rule.finish();
}

void read_channel(object_reader& in, channel& target) {
  static const std::vector<std::string> names(channel_names.begin(), channel_names.end());
  const auto text = in.text("channel");
  if (!text && in.any("channel") == nullptr)
    in.report("channel", "is missing: email, sms, whatsapp, linkedin or ai_voice");
  if (!text) return;
  if (const auto parsed = parse_channel(*text))
    target = *parsed;
  else
    in.report("channel", "must be email, sms, whatsapp, linkedin or ai_voice" + did_you_mean(*text, names));
}

step read_step(const json& value, std::size_t index, std::size_t count, const std::string& where,
               problems& out) {
  object_reader in(value, where, out);
  step s;
  s.id = step_id{in.text("id").value_or("s" + std::to_string(index + 1))};
  read_channel(in, s.on);
  in.read("template", s.uses.value);
  read_timing(in, s.at, index == 0, out);
  if (const auto* guard = in.any("guard")) s.guard = guard_from_json(*guard, in.at("guard"), out);
  in.read("requires_approval", s.requires_approval);
  s.essential = in.flag("essential").value_or(index == 0 || index + 1 == count);
  in.finish();
  return s;
}

void read_attribution(const json& value, const std::string& where, campaign& c, problems& out) {
  for (const auto& [key, field] : value.items()) {
    if (!field.is_string())
      out.push_back({pointer_to(where, key), "must be a text; put it in quotes"});
    else if (key == "landing_page")
      c.landing_page = field.get<std::string>();
    else
      c.attribution[key] = field.get<std::string>();
  }
}

void read_variables(const json& value, const std::string& where, field_map& target, problems& out) {
  for (const auto& [name, text] : value.items()) {
    if (text.is_string())
      target[name] = text.get<std::string>();
    else
      out.push_back({pointer_to(where, name), "must be a text; put it in quotes"});
  }
}

void read_templates(const json& value, const std::string& where, campaign& c, problems& out) {
  for (const auto& [key, text] : value.items()) {
    object_reader in(text, pointer_to(where, key), out);
    auto& target = c.templates[key];
    in.read("subject", target.subject);
    in.read("body", target.body);
    in.read("content_sid", target.content_sid);
    if (const auto* variables = in.object("content_variables"))
      read_variables(*variables, in.at("content_variables"), target.content_variables, out);
    if (const auto* data = in.object("data")) read_variables(*data, in.at("data"), target.data, out);
    in.finish();
  }
}

void read_accounts(const json& value, const std::string& where, campaign& c, problems& out) {
  object_reader in(value, where, out);
  for (const auto name : channel_names) {
    const auto ids = in.texts(name);
    auto& target = c.accounts[*parse_channel(name)];
    for (const auto& id : ids)
      target.emplace_back(id);
  }
  std::erase_if(c.accounts, [](const auto& entry) { return entry.second.empty(); });
  in.finish();
}

json to_json(const step& s) {
  json out{{"id", s.id.value},
           {"channel", to_string(s.on)},
           {"template", s.uses.value},
           {"requires_approval", s.requires_approval},
           {"essential", s.essential}};
  if (s.at.from == delay_rule::base::start)
    out["at"] = {{"from", "start"}, {"delay", to_string(s.at)}};
  else
    out["delay"] = to_string(s.at);
  if (s.guard) out["guard"] = heed::to_json(*s.guard);
  return out;
}

/// How replies to this campaign are answered (AS-4, AS-7, AS-11, ZRG-91).
void read_answers(object_reader& in, campaign& c, problems& out) {
  in.read("persona", c.persona);
  if (const auto mode = in.text("response_mode")) {
    if (const auto parsed = draft::parse_response_mode(*mode))
      c.response_mode = *parsed;
    else
      in.report("response_mode", "must be SETTER_MANAGED or AI_AUTO_SEND");
  }
  if (const auto* share = in.any("auto_send_threshold")) {
    const auto sure = share->is_number() ? draft::confidence::of(share->get<double>()) : std::nullopt;
    if (sure)
      c.auto_send_threshold = *sure;
    else
      in.report("auto_send_threshold", "must be a share from 0 to 1, like 0.9");
  }
  const auto* window = in.any("auto_send_delay");
  if (!window || window->is_null()) return;
  object_reader bounds(*window, in.at("auto_send_delay"), out);
  duration from = std::chrono::minutes(3), to = std::chrono::minutes(7);
  bounds.read("from", from, duration::zero(), std::chrono::hours(24));
  bounds.read("to", to, duration::zero(), std::chrono::hours(24));
  bounds.finish();
  c.auto_send_delay = draft::delay_window::of(std::chrono::floor<std::chrono::seconds>(from), std::chrono::floor<std::chrono::seconds>(to));
  if (!c.auto_send_delay) in.report("auto_send_delay", "must not end before it begins");
  // No time at all is no window: at once.
  if (to == duration::zero()) c.auto_send_delay.reset();
}

json delay_json(const std::optional<draft::delay_window>& w) {
  if (!w) return {{"from", "0s"}, {"to", "0s"}};
  return {{"from", span_text(w->at_least())}, {"to", span_text(w->at_most())}};
}

}  // namespace

std::vector<step> read_steps(const json& list, const std::string& where, problems& out) {
  std::vector<step> steps;
  for (std::size_t i = 0; i < list.size(); ++i)
    steps.push_back(read_step(list[i], i, list.size(), pointer_to(where, i), out));
  return steps;
}

json steps_to_json(const std::vector<step>& steps) {
  json list = json::array();
  for (const auto& s : steps)
    list.push_back(to_json(s));
  return list;
}

campaign read_campaign(const json& document, const campaign_id& id, const std::string& where, problems& out,
                       const campaign_context& context) {
  object_reader in(document, where, out);
  campaign c;
  c.id = id;
  if (const auto named = in.text("id"); named && *named != id.value)
    in.report("id", "names another campaign; leave it out or make it " + id.value);
  in.read("name", c.name);
  in.read("intent", c.intent);
  in.read("enabled", c.enabled);
  in.read("ended", c.ended);
  if (const auto* attribution = in.object("attribution"))
    read_attribution(*attribution, in.at("attribution"), c, out);
  in.read("time_zone", c.time_zone);
  if (const auto* hours = in.any("business_hours"))
    c.hours = read_hours(*hours, in.at("business_hours"), out);
  sequence steps;
  in.read("sequence_version", steps.version, 1, 1'000'000'000);
  if (const auto* list = in.array("sequence")) steps.steps = read_steps(*list, in.at("sequence"), out);
  c.sequences.push_back(std::move(steps));
  if (const auto* templates = in.object("templates")) read_templates(*templates, in.at("templates"), c, out);
  if (const auto* accounts = in.object("accounts")) read_accounts(*accounts, in.at("accounts"), c, out);
  if (const auto* profile = in.any("profile"))
    c.profile = read_profile(*profile, in.at("profile"), out);
  else if (context.default_profile != nullptr)
    c.profile = *context.default_profile;
  in.read("requires_approval", c.requires_approval);
  if (in.any("timing_window") != nullptr)
    in.read("timing_window", c.timing_window.emplace(), std::chrono::hours(1), std::chrono::hours(24 * 7));
  if (in.any("peak_share_permille") != nullptr) in.read("peak_share_permille", c.peak_share_permille.emplace(), 1, 1'000);
  read_answers(in, c, out);
  in.finish();
  return c;
}

tl::expected<campaign, problems> campaign_from_json(const json& document, const campaign_id& id,
                                                    const campaign_context& context) {
  problems found;
  auto c = read_campaign(document, id, "", found, context);
  if (document.is_object()) check_campaign(c, found, context);
  if (!found.empty()) return tl::unexpected(std::move(found));
  return c;
}

json to_json(const campaign& c) {
  json attribution = c.attribution;
  if (!c.landing_page.empty()) attribution["landing_page"] = c.landing_page;
  json templates = json::object();
  for (const auto& [name, text] : c.templates)
    templates[name] = {{"subject", text.subject},
                       {"body", text.body},
                       {"content_sid", text.content_sid},
                       {"content_variables", text.content_variables},
                       {"data", text.data}};
  json accounts = json::object();
  for (const auto& [on, ids] : c.accounts)
    for (const auto& id : ids)
      accounts[std::string(to_string(on))].push_back(id.value);
  return {{"id", c.id.value},
          {"name", c.name},
          {"intent", c.intent},
          {"enabled", c.enabled},
          {"ended", c.ended},
          {"attribution", std::move(attribution)},
          {"time_zone", c.time_zone},
          {"business_hours", c.hours ? to_json(*c.hours) : json()},
          {"sequence", c.sequences.empty() ? json::array() : steps_to_json(c.current().steps)},
          {"sequence_version", c.sequences.empty() ? 1u : c.current().version},
          {"templates", std::move(templates)},
          {"accounts", std::move(accounts)},
          {"profile", to_json(c.profile)},
          {"requires_approval", c.requires_approval},
          {"timing_window", c.timing_window ? json(span_text(*c.timing_window)) : json()},
          {"peak_share_permille", c.peak_share_permille ? json(*c.peak_share_permille) : json()},
          {"response_mode", to_string(c.response_mode)},
          {"auto_send_threshold", c.auto_send_threshold.share()},
          {"auto_send_delay", delay_json(c.auto_send_delay)},
          {"persona", c.persona}};
}

campaign next_version(const campaign& old, campaign next) {
  std::vector<step> steps = next.sequences.empty() ? std::vector<step>{} : next.current().steps;
  next.sequences = old.sequences;
  if (old.sequences.empty())
    next.sequences.push_back({1, std::move(steps)});
  else if (old.current().steps != steps)
    next.sequences.push_back({old.current().version + 1, std::move(steps)});
  return next;
}

}  // namespace heed
