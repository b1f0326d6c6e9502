#include <algorithm>
#include <set>

#include "actors/campaign/campaign_json.hpp"
#include "actors/lead/limits.hpp"
#include "actors/lead/template/template.hpp"
#include "actors/workspace/policy.hpp"

/// The rules a campaign must keep to be saved. Reading its form is campaign_json.cpp.
namespace heed {
namespace {

std::string place_of(std::size_t index, std::string_view member) {
  return pointer_to(pointer_to("/sequence", index), member);
}

bool looks_like_answer(std::string_view subject) {
  const auto from = subject.find_first_not_of(" \t");
  std::string start(from == subject.npos ? std::string_view{} : subject.substr(from, 4));
  for (char& c : start)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return start.starts_with("re:") || start.starts_with("fwd:") || start.starts_with("fw:");
}

void check_ids(const std::vector<step>& steps, problems& out) {
  std::set<std::string> seen;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const auto& id = steps[i].id.value;
    if (!is_valid_id(id))
      out.push_back({place_of(i, "id"), "must be letters, digits, - and single _, at most " +
                                            std::to_string(limits::id_length)});
    else if (!seen.insert(id).second)
      out.push_back({place_of(i, "id"),
                     "is used twice: every step needs an id of its own (without one, step n is called sn)"});
  }
}

void check_references(const campaign& c, problems& out) {
  std::vector<std::string> names;
  for (const auto& [name, text] : c.templates)
    names.push_back(name);
  const auto& steps = c.current().steps;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const auto& uses = steps[i].uses.value;
    if (uses.empty())
      out.push_back({place_of(i, "template"), "is missing: name one of the templates"});
    else if (!c.templates.contains(uses))
      out.push_back({place_of(i, "template"), "no template is called " + uses + did_you_mean(uses, names)});
  }
}

/// The first email opens the thread: it carries the subject, and it does not pretend to be an answer.
void check_first_email(const campaign& c, problems& out) {
  const auto& steps = c.current().steps;
  const auto first = std::ranges::find(steps, channel::email, &step::on);
  if (first == steps.end()) return;
  const auto text = c.templates.find(first->uses.value);
  if (text == c.templates.end()) return;
  const auto where = pointer_to(pointer_to("/templates", text->first), "subject");
  if (text->second.subject.find_first_not_of(" \t") == std::string::npos)
    out.push_back({where, "is missing: the first email opens the thread"});
  else if (looks_like_answer(text->second.subject))
    out.push_back({where, "must not begin with Re: or Fwd:, a first email answers nothing"});
}

void check_text(const std::string& text, const std::string& where, problems& out) {
  if (text.size() > limits::message_text)
    out.push_back({where, "is longer than " + std::to_string(limits::message_text) + " bytes"});
  for (const auto& token : unknown_tokens(text)) {
    std::string name = token;
    std::erase_if(name, [](char c) { return c == '{' || c == '}' || c == ' '; });
    const auto detail = name.empty()              ? " is no variable: write {{ or }} for a brace"
                        : token.starts_with("{{") ? " is written with single braces: {" + name + "}"
                                                  : " is no variable" + did_you_mean(name, known_tokens());
    out.push_back({where, token + detail});
  }
}

void check_templates(const campaign& c, problems& out) {
  for (const auto& [name, text] : c.templates) {
    const auto where = pointer_to("/templates", name);
    if (name.empty() || name.size() > limits::id_length)
      out.push_back(
          {where, "a template's name has 1 to " + std::to_string(limits::id_length) + " characters"});
    check_text(text.subject, pointer_to(where, "subject"), out);
    check_text(text.body, pointer_to(where, "body"), out);
    if (text.subject.find_first_of("\r\n") != std::string::npos)
      out.push_back({pointer_to(where, "subject"), "must be one line"});
    if (text.body.find_first_not_of(" \t\r\n") == std::string::npos)
      out.push_back({pointer_to(where, "body"), "is missing"});
  }
}

void check_attribution(const campaign& c, problems& out) {
  if (c.attribution.size() > limits::fields)
    out.push_back({"/attribution", "has more than " + std::to_string(limits::fields) + " fields"});
  for (const auto& [name, value] : c.attribution)
    if (value.size() > limits::field_length)
      out.push_back({pointer_to("/attribution", name),
                     "is longer than " + std::to_string(limits::field_length) + " bytes"});
}

void check_accounts(const campaign& c, const campaign_context& context, problems& out) {
  if (context.accounts == nullptr) return;
  std::vector<std::string> names;
  for (const auto& [id, a] : *context.accounts)
    names.push_back(id.value);
  for (const auto& [on, ids] : c.accounts)
    for (std::size_t i = 0; i < ids.size(); ++i) {
      const auto where = pointer_to(pointer_to("/accounts", to_string(on)), i);
      const auto found = context.accounts->find(ids[i]);
      if (found == context.accounts->end())
        out.push_back({where, "no account is called " + ids[i].value + did_you_mean(ids[i].value, names)});
      else if (found->second.on != on)
        out.push_back({where, ids[i].value + " sends " + std::string(to_string(found->second.on))});
    }
}

}  // namespace

bool is_valid_id(std::string_view text) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  };
  return !text.empty() && text.size() <= limits::id_length && std::ranges::all_of(text, allowed) &&
         text.find("__") == text.npos && text.front() != '_' && text.back() != '_';
}

void check_zone(const std::string& name, const zone_table* zones, const std::string& where, problems& out) {
  if (zones == nullptr || name.empty() || zones->zones.contains(name)) return;
  std::vector<std::string> names;
  for (const auto& [zone, rules] : zones->zones)
    names.push_back(zone);
  out.push_back({where, "must be an IANA zone like Europe/Berlin" + did_you_mean(name, names)});
}

void check_campaign(const campaign& c, problems& out, const campaign_context& context) {
  if (!is_valid_id(c.id.value))
    out.push_back({"/id", "must be letters, digits, - and single _ inside, at most " +
                              std::to_string(limits::id_length)});
  const auto& steps = c.current().steps;
  if (steps.empty() && c.enabled)
    out.push_back({"/sequence", "needs at least one step before the campaign is enabled"});
  if (steps.size() > limits::steps)
    out.push_back({"/sequence", "has more than " + std::to_string(limits::steps) + " steps"});
  check_ids(steps, out);
  check_references(c, out);
  check_first_email(c, out);
  check_templates(c, out);
  check_attribution(c, out);
  check_accounts(c, context, out);
  check_zone(c.time_zone, context.zones, "/time_zone", out);
  check_profile(c.profile, "/profile", out);
}

}  // namespace heed
