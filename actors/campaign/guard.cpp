#include "actors/campaign/guard.hpp"

#include <algorithm>

#include "actors/lead/limits.hpp"

namespace heed {
namespace {

using json = nlohmann::json;
using op = guard_rule::op;
using parsed = std::optional<guard_rule>;

guard_rule rule_of(op what, std::vector<guard_rule> parts = {}) {
  guard_rule rule;
  rule.what = what;
  rule.parts = std::move(parts);
  return rule;
}

parsed parse(const json& value, const std::string& where, problems& out, std::size_t depth);

parsed parse_list(op what, const json& list, const std::string& where, problems& out, std::size_t depth) {
  if (!list.is_array() || list.empty() || list.size() > limits::guard_parts) {
    out.push_back({where, "must be a list of 1 to " + std::to_string(limits::guard_parts) + " conditions"});
    return std::nullopt;
  }
  guard_rule rule = rule_of(what);
  for (std::size_t i = 0; i < list.size(); ++i)
    if (auto part = parse(list[i], pointer_to(where, i), out, depth + 1))
      rule.parts.push_back(std::move(*part));
  return rule.parts.size() == list.size() ? parsed{std::move(rule)} : std::nullopt;
}

parsed parse_signal(object_reader& in, problems& out) {
  const auto before = out.size();
  guard_rule rule = rule_of(op::signal);
  in.read("signal", rule.name);
  rule.within = in.span("within", std::chrono::seconds(1), limits::longest_delay);
  if (const auto& known = guard_signals();
      !rule.name.empty() && std::ranges::find(known, rule.name) == known.end())
    in.report("signal", "must be one of reply_received, form_submitted, link_clicked, page_viewed" +
                            did_you_mean(rule.name, known));
  return out.size() == before && !rule.name.empty() ? parsed{std::move(rule)} : std::nullopt;
}

parsed parse_field(object_reader& in, problems& out) {
  const auto before = out.size();
  guard_rule rule;
  in.read("field", rule.name);
  const auto exists = in.flag("exists");
  const auto equals = in.text("eq");
  const bool has_list = in.any("in") != nullptr;
  const auto list = in.texts("in");
  if (rule.name.empty() && out.size() == before) in.report("field", "must name a field of the lead");
  if (exists.has_value() + equals.has_value() + has_list != 1 && out.size() == before)
    out.push_back({in.where(), "needs exactly one of exists, eq and in"});
  if (has_list && list.empty() && out.size() == before) in.report("in", "must hold at least one text");
  if (out.size() != before) return std::nullopt;
  rule.what = exists ? op::field_exists : equals ? op::field_equals : op::field_in;
  if (equals) rule.values = {*equals};
  if (has_list) rule.values = list;
  if (exists && !*exists) return rule_of(op::negate, {std::move(rule)});
  return rule;
}

parsed parse_score(object_reader& in) {
  const auto score = in.number("score_at_least", 1, 1'000);
  if (!score) return std::nullopt;
  guard_rule rule = rule_of(op::score_at_least);
  rule.number = *score;
  return rule;
}

parsed parse_kind(std::string_view kind, object_reader& in, problems& out, std::size_t depth) {
  if (kind == "all") return parse_list(op::all, *in.any("all"), in.at("all"), out, depth);
  if (kind == "any") return parse_list(op::any, *in.any("any"), in.at("any"), out, depth);
  if (kind == "signal") return parse_signal(in, out);
  if (kind == "field") return parse_field(in, out);
  if (kind == "score_at_least") return parse_score(in);
  auto part = parse(*in.any("not"), in.at("not"), out, depth + 1);
  return part ? parsed{rule_of(op::negate, {std::move(*part)})} : std::nullopt;
}

parsed parse(const json& value, const std::string& where, problems& out, std::size_t depth) {
  if (depth > limits::guard_depth) {
    out.push_back({where, "is nested deeper than " + std::to_string(limits::guard_depth) + " levels"});
    return std::nullopt;
  }
  const auto before = out.size();
  object_reader in(value, where, out);
  if (out.size() != before) return std::nullopt;
  static const std::vector<std::string> kinds{"all", "any", "not", "signal", "field", "score_at_least"};
  const auto kind =
      std::ranges::find_if(kinds, [&](const auto& k) { return value.contains(k) && !value[k].is_null(); });
  if (kind == kinds.end()) {
    const auto hint = value.empty() ? std::string{} : did_you_mean(value.begin().key(), kinds);
    out.push_back({where, "must hold one of all, any, not, signal, field and score_at_least" + hint});
    return std::nullopt;
  }
  auto rule = parse_kind(*kind, in, out, depth);
  in.finish();
  return out.size() == before ? rule : std::nullopt;
}

json list_json(const std::vector<guard_rule>& parts) {
  json list = json::array();
  for (const auto& part : parts)
    list.push_back(to_json(part));
  return list;
}

}  // namespace

const std::vector<std::string>& guard_signals() {
  static const std::vector<std::string> names{"reply_received", "form_submitted", "link_clicked",
                                              "page_viewed"};
  return names;
}

std::optional<guard_rule> guard_from_json(const json& value, const std::string& where, problems& out) {
  return parse(value, where, out, 1);
}

json to_json(const guard_rule& g) {
  switch (g.what) {
    case op::all:
      return {{"all", list_json(g.parts)}};
    case op::any:
      return {{"any", list_json(g.parts)}};
    case op::negate:
      return {{"not", g.parts.empty() ? json() : to_json(g.parts.front())}};
    case op::field_exists:
      return {{"field", g.name}, {"exists", true}};
    case op::field_equals:
      return {{"field", g.name}, {"eq", g.values.empty() ? json() : json(g.values.front())}};
    case op::field_in:
      return {{"field", g.name}, {"in", g.values}};
    case op::score_at_least:
      return {{"score_at_least", g.number}};
    case op::signal:
      break;
  }
  json out{{"signal", g.name}};
  if (g.within) out["within"] = span_text(*g.within);
  return out;
}

}  // namespace heed
