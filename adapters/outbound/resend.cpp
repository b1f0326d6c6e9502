#include <algorithm>
#include <cctype>

#include "adapters/outbound/senders.hpp"
#include "adapters/outbound/wire.hpp"

/// Resend, e-mail over HTTPS. A message is named by our Idempotency-Key (24 h) and by tags. No look-up: the
/// list has no tags, and after a doubtful call the provider's id, by which one could ask, is exactly what is
/// not known. Doubt ends by repeating with the same key or by a callback.
namespace heed::outbound {

namespace {

constexpr std::string_view own_url = "https://api.resend.com";
constexpr auto quota_pause = std::chrono::hours(1);

/// Letters, digits, `_`, `-`, at most 256: anything else is refused by Resend with the whole message.
bool fits_tag(const std::string& value) {
  return !value.empty() && value.size() <= 256 && std::all_of(value.begin(), value.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-';
  });
}

void append_html(std::string& out, char c) {
  switch (c) {
    case '&':
      out += "&amp;";
      break;
    case '<':
      out += "&lt;";
      break;
    case '>':
      out += "&gt;";
      break;
    default:
      out += c;
  }
}

/// The address inside the header's angle brackets; empty when the message has none.
std::string unsubscribe_url(const field_map& headers) {
  const auto found = headers.find("List-Unsubscribe");
  if (found == headers.end()) return {};
  const auto open = found->second.find('<');
  const auto close = found->second.find('>', open);
  if (close == std::string::npos) return {};
  const auto url = found->second.substr(open + 1, close - open - 1);
  return url.find('"') == std::string::npos && (url.starts_with("https://") || url.starts_with("http://"))
             ? url
             : std::string();
}

/// True where the text says this very address, not a longer one that begins with it.
bool stands_at(std::string_view text, std::size_t at, std::string_view url) {
  if (url.empty() || text.substr(at, url.size()) != url) return false;
  const auto rest = text.substr(at + url.size());
  return rest.empty() || rest.find_first_of(" \t\r\n") == 0;
}

/// The plain text as paragraphs, for readers that show HTML only. Looks are not added, and no link but the way
/// out, which has to work with one click.
std::string simple_html(std::string_view text, std::string_view way_out) {
  std::string out = "<p>";
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\r') continue;
    if (c == '\n') {
      std::size_t lines = 0;
      while (i < text.size() && (text[i] == '\n' || text[i] == '\r'))
        lines += text[i++] == '\n' ? 1u : 0u;
      --i;
      if (i + 1 < text.size()) out += lines > 1 ? "</p><p>" : "<br>";
    } else if (stands_at(text, i, way_out)) {
      std::string shown;
      for (const char u : way_out)
        append_html(shown, u);
      out += "<a href=\"" + shown + "\">" + shown + "</a>";
      i += way_out.size() - 1;
    } else {
      append_html(out, c);
    }
  }
  return out + "</p>";
}

nlohmann::ordered_json tags_of(const sending_account& a, const send_effect& e) {
  auto tags = nlohmann::ordered_json::array();
  const auto add = [&](const char* name, const std::string& value) {
    if (fits_tag(value)) tags.push_back(nlohmann::ordered_json{{"name", name}, {"value", value}});
  };
  add("workspace", a.workspace.value);
  add("run", run_of(e));
  add("step", e.step.value);
  return tags;
}

send_report read_conflict(const std::string& name) {
  // The key was used with another body: what was sent then counts, and must be found before anything else.
  if (name == "invalid_idempotent_request") return report(send_result::unknown, name);
  // The first call is still running and may deliver: only its own end, or a repeat with the key, can tell.
  if (name == "concurrent_idempotent_requests") return report(send_result::unknown, name);
  if (name == "resource_locked") return report(send_result::refused_message, name);
  return report(send_result::refused_final, name);
}

class resend final : public sender {
 public:
  call build(const sending_account& a, const send_effect& e) const override {
    nlohmann::ordered_json body;
    body["from"] = single_line(a.public_part.from);
    body["to"] = nlohmann::ordered_json::array({single_line(e.message.to)});
    for (const auto& copy : e.message.cc)
      body["cc"].push_back(single_line(copy));
    if (!a.public_part.reply_to.empty()) body["reply_to"] = single_line(a.public_part.reply_to);
    body["subject"] = single_line(e.message.subject);
    body["text"] = e.message.body;
    body["html"] = simple_html(e.message.body, unsubscribe_url(safe_headers(e)));
    body["headers"] = nlohmann::ordered_json::object();
    for (const auto& [name, value] : safe_headers(e))
      body["headers"][name] = value;
    body["tags"] = tags_of(a, e);

    call c = prepared(a, "POST", "/emails");
    c.headers.emplace_back("content-type", "application/json");
    c.headers.emplace_back("idempotency-key", single_line(e.id.value));
    c.body = body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    return c;
  }

  send_report read(const answer& a) const override {
    const auto body = json_body(a);
    const std::string code = code_word(text_member(body, "name"), a.status);
    if (auto common = common_report(a, code)) {
      if (a.status == 429 && code.ends_with("quota_exceeded") && header(a, "retry-after").empty())
        common->retry_after = quota_pause;
      return *common;
    }
    if (a.status == 409) return read_conflict(code);
    if (a.status >= 400) return report(send_result::refused_final, code);
    const std::string id = text_member(body, "id");
    if (id.empty()) return report(send_result::unknown, "answer_not_understood");
    auto r = report(send_result::accepted, {});
    r.provider_id = id;
    return r;
  }

  std::optional<std::chrono::hours> idempotency_window(const sending_account&) const override {
    return std::chrono::hours(24);
  }

  std::optional<call> build_look_up(const sending_account&, const send_effect&, time_point) const override {
    return std::nullopt;
  }
  look_up_report read_look_up(const answer&, const send_effect&, time_point, const std::set<std::string>&) const override {
    return {look_up_report::what::cannot_tell, {}, "no_look_up"};
  }

  std::optional<call> build_fetch_reply(const sending_account& a,
                                        const std::string& provider_id) const override {
    return prepared(a, "GET", "/emails/receiving/" + percent_encoded(provider_id));
  }

  std::optional<nlohmann::json> read_fetch_reply(const answer& a) const override {
    if (a.reached != answer::phase::answered || a.status != 200) return std::nullopt;
    const auto body = json_body(a);
    if (!body.is_object() || text_member(body, "from").empty()) return std::nullopt;
    nlohmann::json out{{"subject", text_member(body, "subject")},
                       {"text", text_member(body, "text")},
                       {"html", text_member(body, "html")},
                       {"from", text_member(body, "from")},
                       {"message_id", text_member(body, "message_id")},
                       {"headers", nlohmann::json::object()}};
    if (const auto headers = body.find("headers"); headers != body.end() && headers->is_object())
      out["headers"] = *headers;
    return out;
  }

 private:
  static call prepared(const sending_account& a, const char* method, const std::string& path) {
    call c;
    c.method = method;
    c.url = base_or(a, own_url) + path;
    c.headers.emplace_back("authorization", "Bearer " + secret(a, "api_key"));
    c.timeout = call_timeout(a);
    return c;
  }
};

}  // namespace

const sender& resend_sender() {
  static const resend instance;
  return instance;
}

}  // namespace heed::outbound
