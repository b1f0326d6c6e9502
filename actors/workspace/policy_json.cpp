#include "actors/workspace/policy_json.hpp"

#include <algorithm>

#include "actors/lead/limits.hpp"
#include "actors/lead/sender_identity.hpp"
#include "actors/lead/template/template.hpp"

namespace heed {
namespace {

using json = nlohmann::json;
using namespace std::chrono_literals;

constexpr duration longest = limits::longest_delay;

/// One duration of the settings with the range it may be saved with.
struct span_setting {
  const char* name;
  duration settings::*member;
  duration low;
  duration high;
};

constexpr span_setting spans[] = {
    {"enrol_max_age", &settings::enrol_max_age, 1min, longest},
    {"backfill_age", &settings::backfill_age, 1h, longest},
    {"signal_life", &settings::signal_life, 24h, longest},
    {"human_silence", &settings::human_silence, 0s, longest},
    {"ticket_cooldown", &settings::ticket_cooldown, 0s, longest},
    {"max_lateness", &settings::max_lateness, 1min, longest},
    {"max_wait", &settings::max_wait, 1min, longest},
    {"effect_life", &settings::effect_life, 1min, 24h},
    {"unknown_counts_as_sent", &settings::unknown_counts_as_sent, 1h, longest},
    {"auto_reply_hold", &settings::auto_reply_hold, 1h, longest},
    {"resume_spread", &settings::resume_spread, 0s, 24h},
    {"lead_gap", &settings::lead_gap, 0s, 24h * 30},
};

struct text_setting {
  const char* name;
  std::string settings::*member;
};

constexpr text_setting texts[] = {
    {"name", &settings::name},
    {"time_zone", &settings::time_zone},
    {"sender_name", &settings::sender_name},
    {"signature", &settings::signature},
    {"company_name", &settings::company_name},
    {"target_result", &settings::target_result},
    {"question_1", &settings::question_1},
    {"question_2", &settings::question_2},
    {"calendar_link", &settings::calendar_link},
    {"language", &settings::language},
    {"postal_address", &settings::postal_address},
};

handoff_settings read_handoff(const json& value, const std::string& where, problems& out) {
  object_reader in(value, where, out);
  handoff_settings h;
  h.to = in.texts("to");
  in.read("webhook", h.webhook);
  in.read("remind_after", h.remind_after, duration::zero(), longest);
  in.finish();
  return h;
}

json to_json(const handoff_settings& h) {
  return {{"to", h.to}, {"webhook", h.webhook}, {"remind_after", span_text(h.remind_after)}};
}

tripwire_settings read_tripwire(const json& value, const std::string& where, problems& out) {
  object_reader in(value, where, out);
  tripwire_settings t;
  in.read("window", t.window, 1, 100'000);
  in.read("at_least", t.at_least, 1, 100'000);
  in.read("hard_bounces_permille", t.hard_bounces_permille, 0, 1'000);
  in.read("complaints_permille", t.complaints_permille, 0, 1'000);
  in.finish();
  return t;
}

json to_json(const tripwire_settings& t) {
  return {{"window", t.window},
          {"at_least", t.at_least},
          {"hard_bounces_permille", t.hard_bounces_permille},
          {"complaints_permille", t.complaints_permille}};
}

timing_settings read_timing(const json& value, const std::string& where, problems& out) {
  object_reader in(value, where, out);
  timing_settings t;
  in.read("minute_grid", t.minute_grid);
  in.read("latency", t.latency);
  in.read("hot_paths", t.hot_paths);
  in.read("hot_weight_pct", t.hot_weight_pct, 0, 1'000);
  in.read("hot_life", t.hot_life, 1min, 24h * 7);
  in.read("priors", t.priors);
  in.read("peak_share_permille", t.peak_share_permille, 1, 1'000);
  in.finish();
  return t;
}

json to_json(const timing_settings& t) {
  return {{"minute_grid", t.minute_grid},
          {"latency", t.latency},
          {"hot_paths", t.hot_paths},
          {"hot_weight_pct", t.hot_weight_pct},
          {"hot_life", span_text(t.hot_life)},
          {"priors", t.priors},
          {"peak_share_permille", t.peak_share_permille}};
}

identity_settings read_identity(const json& value, const std::string& where, problems& out) {
  object_reader in(value, where, out);
  identity_settings i;
  in.read("probabilistic", i.probabilistic);
  in.finish();
  return i;
}

json to_json(const identity_settings& i) { return {{"probabilistic", i.probabilistic}}; }

void read_texts_by_name(object_reader& in, const char* key, std::map<std::string, std::string>& target, problems& out) {
  const auto* all = in.object(key);
  if (!all) return;
  for (const auto& [name, text] : all->items()) {
    if (text.is_string())
      target[name] = text.get<std::string>();
    else
      out.push_back({pointer_to(in.at(key), name), "must be a text; put it in quotes"});
  }
}

draft_settings read_drafts(const json& value, const std::string& where, problems& out) {
  object_reader in(value, where, out);
  draft_settings d;
  in.read("model", d.model);
  read_texts_by_name(in, "templates", d.templates, out);
  in.read("auto_send_disabled", d.auto_send_disabled);
  in.read("refine_replies", d.refine_replies);
  in.read("revision_disabled", d.revision_disabled);
  in.read("validate_immediate_send", d.validate_immediate_send);
  in.read("hold_limit", d.hold_limit, 1min, longest);
  in.read("slack", d.slack);
  d.reviewers = in.texts("reviewers");
  in.read("preview_in_slack", d.preview_in_slack);
  in.read("persona", d.persona);
  in.read("knowledge", d.knowledge);
  read_texts_by_name(in, "learnings", d.learnings, out);
  in.finish();
  return d;
}

json to_json(const draft_settings& d) {
  return {{"model", d.model},
          {"templates", d.templates},
          {"auto_send_disabled", d.auto_send_disabled},
          {"refine_replies", d.refine_replies},
          {"revision_disabled", d.revision_disabled},
          {"validate_immediate_send", d.validate_immediate_send},
          {"hold_limit", span_text(d.hold_limit)},
          {"slack", d.slack},
          {"reviewers", d.reviewers},
          {"preview_in_slack", d.preview_in_slack},
          {"persona", d.persona},
          {"knowledge", d.knowledge},
          {"learnings", d.learnings}};
}

/// A text for a class that never gets an answer would never be used; a hole nobody can fill would never be sent.
void check_drafts(const draft_settings& d, const std::string& where, problems& out) {
  const auto texts_at = pointer_to(where, "templates");
  for (const auto& [name, text] : d.templates) {
    const auto kind = reply::parse_reply_class(name);
    if (name != "any" && !(kind && draft::wants_answer(*kind)))
      out.push_back({pointer_to(texts_at, name),
                     "is no class that gets an answer: meeting_accepted, meeting_requested, call_requested, information_requested, "
                     "follow_up_later, interested, or any for all of them"});
    if (text.empty()) out.push_back({pointer_to(texts_at, name), "is empty"});
    for (const auto& token : unknown_tokens(text))
      out.push_back({pointer_to(texts_at, name), token + " is not known here"});
  }
  for (std::size_t i = 0; i < d.reviewers.size(); ++i)
    if (d.reviewers[i].find('@') == std::string::npos || d.reviewers[i].find_first_of(" \t\r\n,;<>") != std::string::npos)
      out.push_back({pointer_to(pointer_to(where, "reviewers"), i), "must be one email address, the one they have in Slack"});
  if (!d.reviewers.empty() && d.slack.empty())
    out.push_back({pointer_to(where, "slack"), "is missing: the id of the account of provider slack through which reviewers are asked"});
}

/// More harm than this nobody may allow a campaign (SS-43's spirit): the tripwire can be tightened, not taken out.
constexpr std::uint32_t most_bounces_permille = 100;
constexpr std::uint32_t most_complaints_permille = 10;

void check_handoff(const handoff_settings& h, const std::string& where, problems& out) {
  for (std::size_t i = 0; i < h.to.size(); ++i)
    if (h.to[i].find('@') == std::string::npos || h.to[i].find_first_of(" \t\r\n,;<>") != std::string::npos)
      out.push_back({pointer_to(pointer_to(where, "to"), i), "must be one email address"});
  const bool https = h.webhook.starts_with("https://") || h.webhook.starts_with("http://127.0.0.1");
  if (!h.webhook.empty() && !https)
    out.push_back({pointer_to(where, "webhook"), "must be an https:// URL"});
  if (h.remind_after < 1min)
    out.push_back({pointer_to(where, "remind_after"), "must be at least 1m"});
}

void check_tripwire(const tripwire_settings& t, const std::string& where, problems& out) {
  if (t.at_least > t.window)
    out.push_back({pointer_to(where, "at_least"), "must not be more than the window"});
  if (t.hard_bounces_permille > most_bounces_permille)
    out.push_back({pointer_to(where, "hard_bounces_permille"), "must be from 0 to 100"});
  if (t.complaints_permille > most_complaints_permille)
    out.push_back({pointer_to(where, "complaints_permille"), "must be from 0 to 10"});
}

json sequences_to_json(const std::vector<sequence>& all) {
  json list = json::array();
  for (const auto& s : all)
    list.push_back({{"version", s.version}, {"steps", steps_to_json(s.steps)}});
  return list;
}

std::vector<sequence> read_sequences(const json& list, const std::string& where, problems& out) {
  std::vector<sequence> all;
  for (std::size_t i = 0; i < list.size(); ++i) {
    object_reader in(list[i], pointer_to(where, i), out);
    sequence s;
    in.read("version", s.version, 1, 1'000'000'000);
    if (const auto* steps = in.array("steps")) s.steps = read_steps(*steps, in.at("steps"), out);
    in.finish();
    all.push_back(std::move(s));
  }
  return all;
}

/// A campaign of a revision: its document, beside all versions of its sequence.
void read_saved_campaign(const json& value, const std::string& id, const std::string& where, policy& p,
                         problems& out) {
  object_reader in(value, where, out);
  const auto* document = in.object("document");
  const auto* sequences = in.array("sequences");
  in.finish();
  if (document == nullptr || sequences == nullptr || sequences->empty()) {
    out.push_back({where, "must hold a document and at least one of its sequences"});
    return;
  }
  auto c = read_campaign(*document, campaign_id{id}, in.at("document"), out);
  c.sequences = read_sequences(*sequences, in.at("sequences"), out);
  p.campaigns.emplace(c.id, std::move(c));
}

void read_saved_accounts(const json& list, const std::string& where, policy& p, problems& out) {
  for (std::size_t i = 0; i < list.size(); ++i) {
    object_reader in(list[i], pointer_to(where, i), out);
    auto a = read_account(in);
    in.finish();
    p.accounts.emplace(a.id, std::move(a));
  }
}

}  // namespace

const std::vector<std::string>& settings_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    const json document = to_json(settings{});
    for (const auto& [name, unused] : document.items())
      all.push_back(name);
    return all;
  }();
  return names;
}

settings read_settings(object_reader& in, problems& out) {
  settings s;
  for (const auto& x : texts)
    in.read(x.name, s.*x.member);
  for (const auto& x : spans)
    in.read(x.name, s.*x.member, duration::zero(), longest);
  if (const auto* hours = in.any("business_hours"))
    s.hours = read_hours(*hours, in.at("business_hours"), out);
  in.read("message_attempts", s.message_attempts, 0, 1'000'000);
  in.read("dry_run", s.dry_run);
  if (const auto* handoff = in.any("handoff")) s.handoff = read_handoff(*handoff, in.at("handoff"), out);
  if (const auto* tripwire = in.any("tripwire")) s.tripwire = read_tripwire(*tripwire, in.at("tripwire"), out);
  if (const auto* drafts = in.any("drafts")) s.drafts = read_drafts(*drafts, in.at("drafts"), out);
  if (const auto* timing = in.any("timing")) s.timing = read_timing(*timing, in.at("timing"), out);
  if (const auto* identity = in.any("identity")) s.identity = read_identity(*identity, in.at("identity"), out);
  if (const auto until = in.text("paused_until")) {
    s.paused_until = parse_iso(*until);
    if (!s.paused_until) in.report("paused_until", "must be an instant like 2026-12-01T08:00:00Z");
  }
  s.scanner_agents = in.texts("scanner_agents");
  s.own_link_parts = in.texts("own_link_parts");
  if (const auto* profile = in.any("default_profile"))
    s.default_profile = read_profile(*profile, in.at("default_profile"), out);
  return s;
}

void check_settings(const settings& s, const std::string& where, problems& out, const zone_table* zones) {
  check_profile(s.default_profile, pointer_to(where, "default_profile"), out);
  check_zone(s.time_zone, zones, pointer_to(where, "time_zone"), out);
  if (s.time_zone.empty())
    out.push_back({pointer_to(where, "time_zone"), "must be an IANA zone like Europe/Berlin"});
  for (const auto& x : spans)
    if (s.*x.member < x.low || s.*x.member > x.high)
      out.push_back(
          {pointer_to(where, x.name), "must be from " + span_text(x.low) + " to " + span_text(x.high)});
  check_handoff(s.handoff, pointer_to(where, "handoff"), out);
  check_drafts(s.drafts, pointer_to(where, "drafts"), out);
  check_tripwire(s.tripwire, pointer_to(where, "tripwire"), out);
  if (std::ranges::find(languages(), s.language) == languages().end())
    out.push_back({pointer_to(where, "language"), "must be en, de, es, fr, pt, it or nl"});
  if (s.message_attempts < 1 || s.message_attempts > 20)
    out.push_back({pointer_to(where, "message_attempts"), "must be from 1 to 20"});
  for (const auto& x : texts)
    if ((s.*x.member).size() > limits::field_length)
      out.push_back(
          {pointer_to(where, x.name), "is longer than " + std::to_string(limits::field_length) + " bytes"});
}

tl::expected<settings, problems> settings_from_json(const json& document, const zone_table* zones) {
  problems found;
  object_reader in(document, "", found);
  auto s = read_settings(in, found);
  in.finish();
  check_settings(s, "", found, zones);
  if (!found.empty()) return tl::unexpected(std::move(found));
  return s;
}

json to_json(const settings& s) {
  json out = json::object();
  for (const auto& x : texts)
    out[x.name] = s.*x.member;
  for (const auto& x : spans)
    out[x.name] = span_text(s.*x.member);
  out["business_hours"] = s.hours ? to_json(*s.hours) : json();
  out["message_attempts"] = s.message_attempts;
  out["dry_run"] = s.dry_run;
  out["handoff"] = to_json(s.handoff);
  out["tripwire"] = to_json(s.tripwire);
  out["timing"] = to_json(s.timing);
  out["identity"] = to_json(s.identity);
  out["drafts"] = to_json(s.drafts);
  out["paused_until"] = s.paused_until ? json(to_iso(*s.paused_until)) : json();
  out["scanner_agents"] = s.scanner_agents;
  out["own_link_parts"] = s.own_link_parts;
  out["default_profile"] = to_json(s.default_profile);
  return out;
}

account read_account(object_reader& in) {
  static const std::vector<std::string> names(channel_names.begin(), channel_names.end());
  account a;
  in.read("id", a.id.value);
  if (a.id.empty() && in.any("id") == nullptr)
    in.report("id", "is missing");
  else if (!is_valid_id(a.id.value))
    in.report("id", "must be letters, digits, - and single _ inside");
  in.read("provider", a.provider);
  if (a.provider.empty())
    in.report("provider", "is missing: the name of its sender, like resend, twilio, smtp or sandbox");
  const auto* given = in.any("channel");
  // What is asked, and where people are, carries nothing to leads.
  const bool service = is_service(a);
  if (service && given && !given->is_null()) in.report("channel", "stands at an account that reaches no lead; leave it out");
  const auto on = service ? std::nullopt : in.text("channel");
  if (!service && !on && given == nullptr)
    in.report("channel", "is missing: email, sms, whatsapp, linkedin or ai_voice");
  if (on) {
    if (const auto parsed = parse_channel(*on))
      a.on = *parsed;
    else
      in.report("channel", "must be email, sms, whatsapp, linkedin or ai_voice" + did_you_mean(*on, names));
  }
  in.read("from", a.from);
  in.read("reply_to", a.reply_to);
  in.read("enabled", a.enabled);
  in.read("thread_recipient", a.thread_recipient);
  in.read("copies", a.copies);
  const bool mail_gateway = a.provider == "http" && a.on == channel::email;
  for (const auto& [name, set] : {std::pair{"thread_recipient", a.thread_recipient}, std::pair{"copies", a.copies}})
    if (set && !mail_gateway) in.report(name, "is for email through a gateway of one's own (provider http); leave it out");
  // A real account is bounded unless it says otherwise: one message a second, and fifty a day from a mailbox.
  const bool real = is_real(a);
  a.max_per_second = real ? 1 : 0;
  a.max_per_day = real && a.on == channel::email ? 50 : 0;
  in.read("max_per_second", a.max_per_second, 0, 10'000);
  in.read("max_per_day", a.max_per_day, 0, 10'000'000);
  return a;
}

json to_json(const account& a) {
  json out{{"id", a.id.value}, {"channel", is_service(a) ? json() : json(to_string(a.on))}, {"provider", a.provider},
           {"from", a.from},   {"reply_to", a.reply_to},     {"enabled", a.enabled},
           {"max_per_second", a.max_per_second}, {"max_per_day", a.max_per_day}};
  if (a.thread_recipient) out["thread_recipient"] = true;
  if (a.copies) out["copies"] = true;
  return out;
}

tl::expected<policy_document, problems> policy_from_json(const json& document) {
  problems found;
  object_reader in(document, "", found);
  policy_document d;
  in.read("workspace", d.value.workspace.value);
  if (const auto revision = in.number("revision", 0, std::numeric_limits<std::int64_t>::max()))
    d.value.revision = static_cast<std::uint64_t>(*revision);
  in.read("tzdb", d.tzdb_version);
  if (const auto* body = in.object("settings")) {
    object_reader members(*body, in.at("settings"), found);
    d.value.defaults = read_settings(members, found);
    members.finish();
  }
  if (const auto* campaigns = in.object("campaigns"))
    for (const auto& [id, value] : campaigns->items())
      read_saved_campaign(value, id, pointer_to(in.at("campaigns"), id), d.value, found);
  if (const auto* accounts = in.array("accounts"))
    read_saved_accounts(*accounts, in.at("accounts"), d.value, found);
  in.read("public_url", d.value.public_url);
  // Absent means everybody, an empty list nobody.
  if (in.any("allow_recipients") != nullptr) {
    auto names = in.texts("allow_recipients");
    d.value.allow_recipients.emplace(names.begin(), names.end());
  }
  in.finish();
  if (!found.empty()) return tl::unexpected(std::move(found));
  return d;
}

json to_json(const policy& p) {
  json campaigns = json::object();
  for (const auto& [id, c] : p.campaigns)
    campaigns[id.value] = {{"document", to_json(c)}, {"sequences", sequences_to_json(c.sequences)}};
  json accounts = json::array();
  for (const auto& [id, a] : p.accounts)
    accounts.push_back(to_json(a));
  json document{{"workspace", p.workspace.value},
                {"revision", p.revision},
                {"tzdb", p.zones ? p.zones->version : std::string{}},
                {"settings", to_json(p.defaults)},
                {"campaigns", std::move(campaigns)},
                {"accounts", std::move(accounts)},
                {"public_url", p.public_url}};
  if (p.allow_recipients) document["allow_recipients"] = *p.allow_recipients;
  return document;
}

}  // namespace heed
