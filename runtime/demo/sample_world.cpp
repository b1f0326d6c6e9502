#include "runtime/demo/sample_world.hpp"

#include <array>
#include <random>
#include <stdexcept>

#include "actors/campaign/campaign_json.hpp"

namespace heed::demo {
namespace {

constexpr std::array first_names{"Ada",  "Ben",  "Cleo",  "Dario", "Elif", "Finn", "Greta",
                                 "Hugo", "Ines", "Jonas", "Kaya",  "Liam", "Mira", "Noah",
                                 "Olga", "Paul", "Quinn", "Rosa",  "Sami", "Tara"};
constexpr std::array last_names{"Almond", "Birch",  "Cedar",   "Dale",  "Elder", "Fern",  "Grove",
                                "Heath",  "Ivy",    "Juniper", "Kelp",  "Larch", "Maple", "Nettle",
                                "Oak",    "Poplar", "Quince",  "Rowan", "Sorrel"};
constexpr std::array companies{"Example Mills", "Example Freight", "Example Optics", "Example Gardens",
                               "Example Cycles"};

constexpr auto investor = R"({
  "name": "Investor relations", "intent": "investor", "enabled": true,
  "attribution": {"landing_page": "https://example.com/investors"},
  "sequence": [
    {"id": "hello", "channel": "email", "template": "hello", "delay": "0s"},
    {"id": "numbers", "channel": "email", "template": "numbers", "delay": "25m"},
    {"id": "call", "channel": "sms", "template": "call", "delay": "40m", "guard": {"not": {"signal": "reply_received"}}}],
  "templates": {
    "hello": {"subject": "Thank you for your interest, {firstName}",
              "body": "Hello {firstName},\n\nthank you for reaching out. I would be glad to answer what {company} wants to know.\n\n{senderName}"},
    "numbers": {"body": "Hello {firstName},\n\nthe figures of the last quarter are ready whenever you are.\n\n{senderName}"},
    "call": {"body": "Hello {firstName}, shall we talk this week? {senderName}"}}})";

constexpr auto end_user = R"({
  "name": "Requests from the web site", "intent": "end_user", "enabled": true,
  "attribution": {"landing_page": "https://example.com/request"},
  "sequence": [
    {"id": "hello", "channel": "email", "template": "hello", "delay": "0s"},
    {"id": "reminder", "channel": "sms", "template": "reminder", "delay": "15m"},
    {"id": "details", "channel": "whatsapp", "template": "details", "delay": "30m"}],
  "templates": {
    "hello": {"subject": "What happens next, {firstName}",
              "body": "Hello {firstName},\n\nwe received your request. Tell us what you need and you decide.\n\n{senderName}"},
    "reminder": {"body": "Hello {firstName}, we sent you an email about your request. Any questions? {senderName}"},
    "details": {"content_sid": "HX00000000000000000000000000000000", "content_variables": {"1": "{firstName}"},
                "body": "Hello {firstName}, which of the details may I send you? {senderName}"}}})";

constexpr auto re_engagement = R"({
  "name": "Have you thought about it", "intent": "re_engagement", "enabled": true,
  "attribution": {"landing_page": "https://example.com/again"},
  "sequence": [
    {"id": "hello", "channel": "email", "template": "hello", "delay": "0s"},
    {"id": "farewell", "channel": "email", "template": "farewell", "delay": "20m", "requires_approval": true}],
  "templates": {
    "hello": {"subject": "Still on your list, {firstName}?",
              "body": "Hello {firstName},\n\nsome months have passed. Is this still of interest to {company}?\n\n{senderName}"},
    "farewell": {"body": "Hello {firstName},\n\nI will not take more of your time. A reply is enough, whenever that may be.\n\n{senderName}"}}})";

campaign read(const char* document, const char* id, const campaign_context& context) {
  auto c = campaign_from_json(nlohmann::json::parse(document), campaign_id{id}, context);
  if (!c)
    throw std::logic_error(std::string("demo campaign ") + id + ": " + c.error().front().field + " " +
                           c.error().front().detail);
  return *c;
}

config::account_config sandbox(const char* id, channel on, const char* from) {
  config::account_config a;
  a.public_part = {account_id{id}, on, "sandbox", from, {}, true};
  return a;
}

std::string lower(std::string text) {
  for (auto& c : text)
    c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  return text;
}

}  // namespace

config::workspace_config sample_workspace(const zone_table* zones) {
  config::workspace_config w;
  w.id = workspace_id{workspace_name};
  w.defaults.name = "Demo";
  w.defaults.time_zone = zone_name;
  w.defaults.sender_name = "Sam of Heed";
  w.defaults.company_name = "Example Works";
  // Without a model answers come from texts; people approve them.
  w.defaults.drafts.templates = {
      {"information_requested", "Hello {firstName},\n\nthank you for asking. Our prices start at 10 a month for each person; shall I send "
                                "you the list?\n\nSam"},
      {"any", "Hello {firstName},\n\nthank you, I am glad to hear that. Which day would suit you for a short call?\n\nSam"}};
  w.accounts = {sandbox("mail", channel::email, "sam@mail.example.com"),
                sandbox("text", channel::sms, "+15550100000"),
                sandbox("chat", channel::whatsapp, "+15550100000")};
  campaign_context context;
  context.zones = zones;
  w.campaigns = {read(investor, "investor", context), read(end_user, "end-user", context),
                 read(re_engagement, "re-engagement", context)};
  return w;
}

time_point monday_morning(const zone_table& zones, time_point real_now) {
  using namespace std::chrono;
  const auto& zone = zones.find(zone_name);
  const auto today = floor<days>(to_local(zone, real_now));
  const auto monday = today - (weekday{today} - Monday);
  return to_utc(zone, local_point{monday + hours(9)});
}

std::vector<person> sample_persons(std::size_t count, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  const std::array<std::pair<const char*, const char*>, 3> campaigns{
      std::pair{"investor", "https://example.com/investors"},
      std::pair{"end-user", "https://example.com/request"},
      std::pair{"re-engagement", "https://example.com/again"}};
  std::vector<person> out;
  for (std::size_t i = 0; i < count; ++i) {
    person p;
    p.number = i;
    p.first_name = first_names[random() % first_names.size()];
    p.last_name = last_names[random() % last_names.size()];
    p.company = companies[random() % companies.size()];
    p.email = lower(p.first_name + "." + p.last_name) + "." + std::to_string(i) + "@example.com";
    p.phone = "+1555" + std::to_string(2'000'000 + i);
    const auto& [campaign, page] = campaigns[random() % campaigns.size()];
    p.campaign = campaign_id{campaign};
    p.landing_page = page;
    out.push_back(std::move(p));
  }
  return out;
}

stimulus enrolment_of(const person& p, time_point now) {
  stimulus s;
  s.key = "demo:" + p.email + ":enrol";
  s.occurred_at = s.received_at = now;
  s.source = "demo";
  s.keys = {{key_kind::email, {}, p.email}, {key_kind::phone, {}, p.phone}};
  s.campaign = p.campaign;
  lead_upserted u;
  u.fields = {{"firstName", p.first_name}, {"lastName", p.last_name}, {"company", p.company}};
  u.landing_page = p.landing_page;
  u.attribution = {{"utm_source", "demo"}};
  u.time_zone = zone_name;
  for (const auto on : {channel::email, channel::sms, channel::whatsapp})
    u.consents.push_back({on, consent_status::granted, "sample form", "made for the demo", now});
  s.body = std::move(u);
  return s;
}

}  // namespace heed::demo
