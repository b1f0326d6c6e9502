// A definition looked at while it is written: what would be refused, and how its texts come out.
#include "actors/campaign/campaign_json.hpp"
#include "actors/lead/template/template.hpp"
#include "adapters/api/body.hpp"
#include "adapters/api/handlers.hpp"
#include "adapters/api/present.hpp"

namespace heed::api {

using nlohmann::json;

namespace {

/// Nobody: every variable of a person shows its own name.
field_map example_fields(const message_template& text) {
  field_map out;
  for (const auto* part : {&text.subject, &text.body})
    for (const auto& token : tokens_in(*part)) {
      constexpr std::string_view lead = "lead.";
      const auto name = token == "leadCompany"    ? std::string("company")
                        : token.starts_with(lead) ? token.substr(lead.size())
                                                  : token;
      out.emplace(name, "\u2039" + token + "\u203a");
    }
  return out;
}

field_map example_attribution(const message_template& text) {
  field_map out;
  constexpr std::string_view family = "attribution.";
  for (const auto* part : {&text.subject, &text.body})
    for (const auto& token : tokens_in(*part))
      if (token.starts_with(family)) out.emplace(token.substr(family.size()), "\u2039" + token + "\u203a");
  return out;
}

json sample_json(const step& s, const campaign& c, const settings& workspace) {
  json out{{"step_id", s.id.value},
           {"channel", std::string(to_string(s.on))},
           {"subject", nullptr},
           {"body", nullptr},
           {"missing", json::array()}};
  const auto text = c.templates.find(s.uses.value);
  if (text == c.templates.end()) return out;
  const auto fields = example_fields(text->second);
  const auto attribution = example_attribution(text->second);
  template_values v;
  v.fields = &fields;
  v.email = "\u2039email\u203a";
  v.phone = "\u2039phone\u203a";
  v.workspace = &workspace;
  v.attribution = &attribution;
  v.landing_page = c.landing_page.empty() ? "\u2039landingPage\u203a" : std::string_view(c.landing_page);
  const auto shown = render(text->second, v);
  if (shown) {
    out["subject"] = text_or_null(shown->subject);
    out["body"] = shown->body;
    return out;
  }
  for (const auto* names :
       {&shown.error().lead, &shown.error().workspace, &shown.error().booking, &shown.error().availability})
    for (const auto& name : *names)
      out["missing"].push_back(name);
  return out;
}

json problems_json(const problems& all) {
  auto out = json::array();
  for (const auto& p : all)
    out.push_back({{"field", p.field}, {"detail", p.detail}});
  return out;
}

}  // namespace

void check_campaign_text(const call_ptr& c) {
  const auto body = read_body(*c, body_need::required);
  if (!body) return;
  const auto rules = c->node().current_policy(c->workspace);
  if (!rules) return c->refuse(not_found());
  const campaign_context context{rules->zones.get(), &rules->accounts, &rules->defaults.default_profile};
  const campaign_id id{c->param("campaign")};
  const auto checked = campaign_from_json(*body, id, context);
  auto samples = json::array();
  if (checked)
    for (const auto& s : checked->current().steps)
      samples.push_back(sample_json(s, *checked, rules->defaults));
  c->answer(200, {{"problems", checked ? json::array() : problems_json(checked.error())},
                  {"samples", std::move(samples)},
                  {"variables", known_tokens()}});
}

}  // namespace heed::api
