#include "actors/lead/rendering.hpp"

#include <array>
#include <nlohmann/json.hpp>

#include "actors/lead/gates.hpp"

namespace heed {

tl::expected<rendered_message, missing_values> render_touch(const message_template& text, const step& next, const run& r,
                                                            const lead_state& lead, const policy& p,
                                                            const std::string& address) {
  auto email = address_for(lead, channel::email);
  auto phone = address_for(lead, channel::sms);
  auto rendered = render(text, {&lead.fields, email, phone, &p.defaults, &r.attribution, r.landing_page});
  if (!rendered) return tl::unexpected(rendered.error());
  rendered_message m;
  m.on = next.on;
  m.to = address;
  m.subject = std::move(rendered->subject);
  m.body = std::move(rendered->body);
  if (!text.content_sid.empty()) {
    m.headers["content_sid"] = text.content_sid;
    if (!rendered->variables.empty()) m.headers["content_variables"] = nlohmann::json(rendered->variables).dump();
  }
  if (!rendered->data.empty()) m.headers["data"] = nlohmann::json(rendered->data).dump();
  bool goes_on = next.on == channel::email && m.subject.empty() && !r.thread_subject.empty();
  if (goes_on) {
    m.subject = "Re: " + r.thread_subject;
    m.in_reply_to = r.thread_last;
    if (!r.thread_last.empty()) m.references = {r.thread_last};
  }
  return m;
}

std::string hash_of(const rendered_message& m) {
  static constexpr std::string_view digits = "0123456789abcdef";
  std::string bytes = std::string(to_string(m.on)) + '\n' + m.to + '\n' + m.subject + '\n' + m.body;
  for (const auto& [name, value] : m.headers) bytes += '\n' + name + '=' + value;
  auto h = stable_hash(bytes);
  std::string out(16, '0');
  for (auto& c : out) {
    c = digits[h >> 60];
    h <<= 4;
  }
  return out;
}

}  // namespace heed
