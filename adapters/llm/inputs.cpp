#include "adapters/llm/inputs.hpp"

#include <algorithm>
#include <vector>

namespace heed::llm {

namespace {

std::string name_of(channel c) { return std::string(to_string(c)); }

std::string listed(std::span<const std::string> texts) {
  std::string out;
  for (const auto& t : texts)
    out += (out.empty() ? "- " : "\n- ") + t;
  return out;
}

}  // namespace

std::string transcript_text(std::span<const draft::transcript_line> lines, std::size_t most) {
  std::vector<const draft::transcript_line*> order;
  for (const auto& l : lines)
    order.push_back(&l);
  std::ranges::stable_sort(order, {}, [](const auto* l) { return l->at; });
  const auto from = order.size() > most ? order.size() - most : 0;
  std::string out;
  for (std::size_t i = from; i < order.size(); ++i) {
    const auto& l = *order[i];
    if (!out.empty()) out += "\n\n";
    out += "[" + to_iso(l.at) + "] " + (l.by == draft::speaker::lead ? "lead" : "us") + " (" + name_of(l.on) +
           "): " + l.text;
  }
  return out;
}

variable_values evaluation_inputs(const draft::entry& e, const std::string& text,
                                  const std::string& company) {
  return {{"company_name", company},
          {"channel", name_of(e.on)},
          {"subject", e.subject},
          {"transcript", transcript_text(e.history)},
          {"latest_inbound", e.latest_inbound},
          {"draft", text}};
}

variable_values selection_inputs(const draft::entry& e, const std::string& finding,
                                 std::span<const draft::learnt> offered) {
  std::string list;
  for (const auto& l : offered)
    list += (list.empty() ? "" : "\n") + l.id + ": " + l.text;
  return {{"channel", name_of(e.on)},
          {"latest_inbound", e.latest_inbound},
          {"draft", e.content},
          {"evaluation", finding},
          {"learnings", list}};
}

variable_values revision_inputs(const draft::entry& e, const std::string& finding,
                                std::span<const std::string> learnings, const std::string& company) {
  auto out = evaluation_inputs(e, e.content, company);
  out["evaluation"] = finding;
  out["learnings"] = listed(learnings);
  return out;
}

variable_values strategy_inputs(const brief& b) {
  return {{"sender_name", b.sender_name},
          {"company_name", b.company_name},
          {"channel", name_of(b.on)},
          {"sentiment", std::string(to_string(b.sentiment))},
          {"persona", b.persona},
          {"subject", b.subject},
          {"transcript", transcript_text(b.history, b.lines)},
          {"latest_inbound", b.latest_inbound},
          {"signature", b.signature},
          {"knowledge", b.knowledge},
          {"availability", b.availability}};
}

variable_values generation_inputs(const brief& b, const strategy& plan) {
  auto out = strategy_inputs(b);
  out.erase("sentiment");
  out["language"] = b.language;
  out["strategy"] = to_text(plan);
  return out;
}

variable_values refinement_inputs(channel on, std::string_view received_on, const std::string& subject,
                                  const std::string& text) {
  return {{"channel", name_of(on)},
          {"received_on", std::string(received_on)},
          {"subject", subject},
          {"text", text}};
}

}  // namespace heed::llm
