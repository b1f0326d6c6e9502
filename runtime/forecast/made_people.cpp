#include "runtime/forecast/made_people.hpp"

#include <nlohmann/json.hpp>
#include <set>

#include "actors/lead/template/template.hpp"

namespace heed::forecast {
namespace {

using nlohmann::json;

std::set<std::string> tokens_of(const campaign& c) {
  std::set<std::string> all;
  const auto add = [&](std::string_view text) {
    for (auto& token : tokens_in(text))
      if (source_of(token) == token_source::lead) all.insert(std::move(token));
  };
  for (const auto& [name, text] : c.templates) {
    add(text.subject);
    add(text.body);
    for (const auto* more : {&text.content_variables, &text.data})
      for (const auto& [key, value] : *more)
        add(value);
  }
  return all;
}

/// A value for a variable, where a person would have it.
void fill(json& person, const std::string& token) {
  constexpr std::string_view lead = "lead.", attribution = "attribution.";
  if (token == "email" || token == "phone" || token == "landingPage") return;
  if (token == "leadCompany")
    person["fields"]["company"] = "Example";
  else if (token.starts_with(lead))
    person["fields"][token.substr(lead.size())] = "example";
  else if (token.starts_with(attribution))
    person["attribution"][token.substr(attribution.size())] = "example";
  else
    person["fields"][token] = "Example";
}

}  // namespace

std::string made_people(std::size_t count, const campaign& c, const settings& workspace) {
  constexpr std::size_t numbers_from = 2'015'550'100;  // of an exchange that is given to nobody
  json person{{"fields", json::object()},
              {"time_zone", c.time_zone.empty() ? workspace.time_zone : c.time_zone}};
  person["landing_page"] = c.landing_page.empty() ? "https://example.com/" : c.landing_page;
  if (!c.attribution.empty()) person["attribution"] = c.attribution;
  for (const auto& token : tokens_of(c))
    fill(person, token);
  std::string lines;
  for (std::size_t i = 0; i < count; ++i) {
    person["email"] = "person-" + std::to_string(i + 1) + "@example.com";
    person["phone"] = "+1" + std::to_string(numbers_from + i);
    lines += person.dump() + "\n";
  }
  return lines;
}

}  // namespace heed::forecast
