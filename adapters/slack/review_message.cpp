#include "adapters/slack/review_message.hpp"

#include "adapters/outbound/wire.hpp"

namespace heed::slack {

namespace {

using nlohmann::json;
using nlohmann::ordered_json;

/// Slack refuses longer ones with the whole message; ours leave room for marks.
constexpr std::size_t longest_quote = 2'500;
constexpr std::size_t longest_line = 300;

template <class... F>
struct overload : F... {
  using F::operator()...;
};

/// Slack's three: nothing that a lead wrote becomes a mention, a link or a command.
std::string_view escape_of(char c) {
  switch (c) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    default:
      return {};
  }
}

bool begins_character(char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }

/// Escaped, at most `most` bytes of it, cut between characters with a mark; `after_line` follows every line
/// end.
std::string escaped(std::string_view text, std::size_t most, std::string_view after_line = {}) {
  std::string out;
  for (const char c : text) {
    if (c == '\r') continue;
    if (out.size() + 8 > most && (begins_character(c) || out.size() > most)) return out + "…";
    const auto escape = escape_of(c);
    if (escape.empty())
      out += c;
    else
      out += escape;
    if (c == '\n') out += after_line;
  }
  return out;
}

std::string line(const std::string& text) { return escaped(outbound::single_line(text), longest_line); }

/// Every line of it as a quotation.
std::string quoted(const std::string& text) { return ">" + escaped(text, longest_quote, ">"); }

ordered_json mrkdwn(const std::string& text) { return {{"type", "mrkdwn"}, {"text", text}}; }
ordered_json plain(const std::string& text) {
  return {{"type", "plain_text"}, {"text", text}, {"emoji", true}};
}
ordered_json section(const std::string& text) { return {{"type", "section"}, {"text", mrkdwn(text)}}; }
ordered_json context(const std::string& text) {
  return {{"type", "context"}, {"elements", ordered_json::array({mrkdwn(text)})}};
}

/// `0.71`; exact below in steps of a ten-thousandth, so that 0.8999 does not look like 0.9.
std::string decimal(draft::confidence c) {
  auto digits = std::to_string(10'000 + c.ppm() / 100);
  auto out = (c.ppm() == 1'000'000 ? "1." : "0.") + digits.substr(digits.size() - 4);
  while (out.size() > 4 && out.back() == '0')
    out.pop_back();
  return out;
}

std::string verdict_line(const review& r) {
  std::string out = "*Confidence:* " + (r.sure ? decimal(*r.sure) : std::string("not judged"));
  if (r.threshold) out += " of " + decimal(*r.threshold) + " needed";
  return out + "\n*Reason:* " + line(r.reason);
}

std::string head_line(const review& r) {
  std::string out = "*Lead:* " + line(r.lead_name) + "\n*Channel:* " + std::string(to_string(r.on));
  if (!r.campaign.empty()) out += "\n*Campaign:* " + line(r.campaign);
  if (!r.subject.empty()) out += "\n*Subject:* " + line(r.subject);
  return out;
}

/// Workspace, lead and draft, so that the console opens what the message is about (ZRG-11, ZRG-94).
std::string console_link(const review& r) {
  const auto& d = r.about;
  auto base = r.public_url;
  while (base.ends_with('/'))
    base.pop_back();
  return base + "/?view=inbox&clientId=" + outbound::percent_encoded(d.workspace) +
         "&leadId=" + outbound::percent_encoded(d.lead) + "&draftId=" + outbound::percent_encoded(d.draft);
}

ordered_json edit_button(const review& r) {
  return {{"type", "button"},
          {"text", plain("Edit in dashboard")},
          {"url", console_link(r)},
          {"action_id", "view_dashboard"}};
}

ordered_json approve_button(const review& r) {
  return {{"type", "button"},
          {"text", plain("Approve & Send")},
          {"style", "primary"},
          {"action_id", "approve_send"},
          {"value", to_value(r.about)}};
}

ordered_json actions(const review& r, ordered_json buttons) {
  return {
      {"type", "actions"}, {"block_id", "review_actions_" + r.about.draft}, {"elements", std::move(buttons)}};
}

ordered_json story(const review& r, const char* title) {
  auto blocks = ordered_json::array();
  blocks.push_back({{"type", "header"}, {"text", plain(title)}});
  blocks.push_back(section(head_line(r)));
  blocks.push_back(section("*Their message:*\n" + quoted(r.latest_inbound)));
  if (r.preview) blocks.push_back(section("*Draft:*\n" + quoted(*r.preview)));
  blocks.push_back(section(verdict_line(r)));
  return blocks;
}

std::string outcome_line(const review_outcome& o) {
  return std::visit(overload{[](const sent_by& x) { return "Approved and sent by " + line(x.who); },
                             [](const sent_already&) { return std::string("Was sent already"); },
                             [](const not_sent& x) { return "Not sent: " + line(x.why); },
                             [](const rejected_by& x) { return "Rejected by " + line(x.who); }},
                    o);
}

}  // namespace

std::string to_value(const draft_ref& d) {
  return ordered_json{
      {"draftId", d.draft}, {"leadId", d.lead}, {"clientId", d.workspace}, {"version", d.version}}
      .dump();
}

std::optional<draft_ref> read_value(std::string_view value) {
  const auto j = json::parse(value, nullptr, false);
  draft_ref d{outbound::text_member(j, "clientId"), outbound::text_member(j, "leadId"),
              outbound::text_member(j, "draftId"), 0};
  if (d.workspace.empty() || d.lead.empty() || d.draft.empty() || j.size() != 4) return std::nullopt;
  const auto version = j.find("version");
  if (version == j.end() || !version->is_number_unsigned() || *version == 0u || *version > 1'000'000u)
    return std::nullopt;
  d.version = version->get<std::uint32_t>();
  return d;
}

message ask_message(const review& r) {
  auto blocks = story(r, "Draft needs review");
  blocks.push_back(actions(r, ordered_json::array({edit_button(r), approve_button(r)})));
  return {"Draft for " + line(r.lead_name) + " needs review", std::move(blocks)};
}

message outcome_message(const review& r, const review_outcome& o) {
  const auto said = outcome_line(o);
  auto blocks = story(r, "Draft reviewed");
  blocks.push_back(context(said));
  // Nothing left to decide by a click; what was not sent can still be opened.
  if (std::holds_alternative<not_sent>(o))
    blocks.push_back(actions(r, ordered_json::array({edit_button(r)})));
  return {"Draft for " + line(r.lead_name) + ": " + said, std::move(blocks)};
}

}  // namespace heed::slack
