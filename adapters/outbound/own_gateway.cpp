#include "actors/workspace/own_gateway.hpp"

#include "adapters/outbound/senders.hpp"
#include "adapters/outbound/wire.hpp"

/// A gateway of the user's own, over HTTP: LinkedIn tools, a carrier, an in-house mailer. Its account's options say the
/// shape of a request and whether doubt ends by a repeat with the same key, by a look-up, or by neither.
namespace heed::outbound {
namespace {

using nlohmann::json;

/// What a message has a name for; empty for what it does not have.
class message_values {
 public:
  message_values(const sending_account& a, const send_effect& e) : account_(a), effect_(e) {
    if (const auto found = e.message.headers.find("data"); found != e.message.headers.end())
      data_ = json::parse(found->second, nullptr, false);
  }

  [[nodiscard]] std::string operator()(std::string_view name) const {
    if (name.starts_with("data.")) return text_member(data_, std::string(name.substr(5)).c_str());
    if (name == "id") return effect_.id.value;
    if (name == "channel") return std::string(to_string(effect_.message.on));
    if (name == "from") return account_.public_part.from;
    if (name == "reply_to") return account_.public_part.reply_to;
    if (name == "to") return effect_.message.to;
    if (name == "cc") return copies();
    if (name == "in_reply_to") return effect_.message.in_reply_to;
    if (name == "subject") return effect_.message.subject;
    if (name == "text") return effect_.message.body;
    if (name == "campaign") return effect_.campaign.value;
    if (name == "step") return effect_.step.value;
    return {};
  }

  [[nodiscard]] std::string copies() const {
    std::string all;
    for (const auto& copy : effect_.message.cc)
      all += (all.empty() ? "" : ",") + copy;
    return all;
  }

  [[nodiscard]] std::string fill(std::string_view text) const {
    std::string out;
    for (const auto& piece : gateway_pieces(text))
      out += piece.is_name ? (*this)(piece.text) : piece.text;
    return out;
  }

  /// As part of a URL: no value can end its place in it.
  [[nodiscard]] std::string fill_url(std::string_view text) const {
    std::string out;
    for (const auto& piece : gateway_pieces(text))
      out += piece.is_name ? percent_encoded((*this)(piece.text)) : piece.text;
    return out;
  }

  [[nodiscard]] json fill(const json& shape) const {
    if (shape.is_string()) return fill(std::string_view(shape.get_ref<const std::string&>()));
    json out = shape;
    if (shape.is_object() || shape.is_array())
      for (auto& member : out)
        member = fill(json(member));
    return out;
  }

 private:
  const sending_account& account_;
  const send_effect& effect_;
  json data_ = json::object();
};

const json& usual_shape(const account& a) {
  static const json shape{{"id", "{id}"},           {"channel", "{channel}"},   {"from", "{from}"}, {"to", "{to}"},
                          {"subject", "{subject}"}, {"text", "{text}"},         {"step", "{step}"}, {"campaign", "{campaign}"}};
  static const json with_copies = [] {
    auto more = shape;
    more["cc"] = "{cc}";
    return more;
  }();
  return a.copies ? with_copies : shape;
}

const json* option(const sending_account& a, const char* name) {
  if (!a.options.is_object()) return nullptr;
  const auto found = a.options.find(name);
  return found == a.options.end() || found->is_null() ? nullptr : &*found;
}

/// `{"count": n}` or `{"found": true}`; none when it says neither.
std::optional<bool> says_found(const json& document) {
  if (!document.is_object()) return std::nullopt;
  if (const auto count = document.find("count"); count != document.end() && count->is_number_integer())
    return count->get<std::int64_t>() > 0;
  if (const auto found = document.find("found"); found != document.end() && found->is_boolean())
    return found->get<bool>();
  return std::nullopt;
}

class gateway final : public sender {
 public:
  call build(const sending_account& a, const send_effect& e) const override {
    const message_values values(a, e);
    const auto path = text_option(a, "path");
    call c = prepared(a, "POST", values.fill_url(path.empty() ? "/" : path));
    c.headers.emplace_back("content-type", "application/json");
    if (const auto header = text_option(a, "idempotency_header"); !header.empty())
      c.headers.emplace_back(header, single_line(e.id.value));
    const auto* shape = option(a, "body");
    c.body = values.fill(shape ? *shape : usual_shape(a.public_part)).dump(-1, ' ', false, json::error_handler_t::replace);
    return c;
  }

  send_report read(const answer& a) const override {
    const auto code = code_word({}, a.status);
    if (auto common = common_report(a, code)) return *common;
    if (a.status >= 400) return report(send_result::refused_final, code);
    auto r = report(send_result::accepted, {});
    // It need not name its messages: its callbacks name our effect.
    r.provider_id = text_member(json_body(a), "id");
    return r;
  }

  std::optional<std::chrono::hours> idempotency_window(const sending_account& a) const override {
    const auto hours = number_option(a, "idempotency_hours");
    if (!hours || text_option(a, "idempotency_header").empty()) return std::nullopt;
    return std::chrono::hours(*hours);
  }

  std::optional<call> build_look_up(const sending_account& a, const send_effect& e, time_point) const override {
    const auto path = text_option(a, "look_up");
    if (path.empty()) return std::nullopt;
    return prepared(a, "GET", message_values(a, e).fill_url(path));
  }

  look_up_report read_look_up(const answer& a, const send_effect&, time_point,
                              const std::set<std::string>&) const override {
    using what = look_up_report::what;
    if (a.reached != answer::phase::answered) return {what::cannot_tell, {}, a.error};
    if (a.status == 404) return {what::absent, {}, {}};
    if (a.status != 200) return {what::cannot_tell, {}, "http_" + std::to_string(a.status)};
    const auto body = json_body(a);
    const auto found = says_found(body);
    if (!found) return {what::cannot_tell, {}, "answer_not_understood"};
    return {*found ? what::present : what::absent, text_member(body, "id"), {}};
  }

 private:
  static call prepared(const sending_account& a, const char* method, const std::string& path) {
    call c;
    c.method = method;
    c.url = base_or(a, {}) + path;
    if (const auto key = secret(a, "api_key"); !key.empty()) c.headers.emplace_back("authorization", "Bearer " + key);
    c.timeout = call_timeout(a);
    return c;
  }
};

}  // namespace

const sender& own_gateway_sender() {
  static const gateway instance;
  return instance;
}

}  // namespace heed::outbound
