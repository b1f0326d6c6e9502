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

bool is_blank(std::string_view text) { return text.find_first_not_of(" \t\r\n") == text.npos; }

/// WhatsApp lets a business begin only with a text it has approved; later steps may lie within an answer's 24
/// hours.
void check_first_whatsapp(const campaign& c, problems& out) {
  const auto& steps = c.current().steps;
  const auto first = std::ranges::find(steps, channel::whatsapp, &step::on);
  if (first == steps.end()) return;
  const auto text = c.templates.find(first->uses.value);
  if (text != c.templates.end() && text->second.content_sid.empty())
    out.push_back({pointer_to(pointer_to("/templates", text->first), "content_sid"),
                   "is missing: outside the 24 hours after the lead's own message WhatsApp takes an approved "
                   "template only"});
}

/// Only WhatsApp has approved templates: every other step sends the body.
bool needs_body(const campaign& c, const std::string& name, const message_template& text) {
  const auto sends_it = [&](const step& s) { return s.uses.value == name && s.on != channel::whatsapp; };
  return text.content_sid.empty() || std::ranges::any_of(c.current().steps, sends_it);
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

bool is_content_sid(std::string_view text) {
  const auto is_hex = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  };
  return text.size() == 34 && text.starts_with("HX") && std::ranges::all_of(text.substr(2), is_hex);
}

bool is_variable_number(std::string_view text) {
  return !text.empty() && text.size() <= 2 && text.front() != '0' &&
         text.find_first_not_of("0123456789") == text.npos;
}

void check_content(const message_template& text, const std::string& where, problems& out) {
  if (!text.content_sid.empty() && !is_content_sid(text.content_sid))
    out.push_back(
        {pointer_to(where, "content_sid"), "must be HX and 32 hexadecimal digits, as Twilio shows it"});
  const auto variables = pointer_to(where, "content_variables");
  if (text.content_sid.empty() && !text.content_variables.empty())
    out.push_back({variables, "belong to a content_sid; name it or leave them out"});
  for (const auto& [number, value] : text.content_variables) {
    const auto place = pointer_to(variables, number);
    if (!is_variable_number(number))
      out.push_back({place, "must be called by its number in the approved template, from 1 to 99"});
    if (is_blank(value)) out.push_back({place, "is empty: WhatsApp refuses an empty variable"});
    if (value.find_first_of("\r\n\t") != std::string::npos)
      out.push_back({place, "must be one line without tabs"});
    check_text(value, place, out);
  }
}

bool is_data_name(std::string_view text) {
  return !text.empty() && text.size() <= 40 &&
         text.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == text.npos;
}

void check_data(const message_template& text, const std::string& where, problems& out) {
  const auto data = pointer_to(where, "data");
  if (text.data.size() > limits::fields)
    out.push_back({data, "has more than " + std::to_string(limits::fields) + " members"});
  for (const auto& [name, value] : text.data) {
    const auto place = pointer_to(data, name);
    if (!is_data_name(name)) out.push_back({place, "must be called by 1 to 40 letters, digits and _"});
    check_text(value, place, out);
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
    if (is_blank(text.body) && needs_body(c, name, text))
      out.push_back({pointer_to(where, "body"), "is missing"});
    check_content(text, where, out);
    check_data(text, where, out);
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
  check_first_whatsapp(c, out);
  check_templates(c, out);
  check_attribution(c, out);
  check_accounts(c, context, out);
  check_zone(c.time_zone, context.zones, "/time_zone", out);
  check_profile(c.profile, "/profile", out);
}

}  // namespace heed
