#include "actors/lead/draft/entry.hpp"

#include "actors/lead/limits.hpp"

namespace heed::draft {

namespace {

template <class T>
T required(std::optional<T>& value, const char* where, problems& out) {
  if (value) return std::move(*value);
  out.push_back({where, "is missing: the caller knows it, the tree does not guess it"});
  return T();
}

void check_named(bool named, const char* where, problems& out) {
  if (!named) out.push_back({where, "is empty: name it"});
}

void check(const entry& e, problems& out) {
  check_named(!e.workspace.empty(), "/workspace", out);
  check_named(!e.lead.empty(), "/lead", out);
  check_named(!e.about.draft.empty(), "/draft", out);
  check_named(!e.about.trigger.empty(), "/trigger", out);
  check_named(e.about.trigger_seq > 0, "/trigger_seq", out);
  check_named(e.about.version > 0, "/version", out);
  if (e.content.find_first_not_of(" \t\r\n") == std::string::npos)
    out.push_back({"/content", "is empty: there is nothing to send"});
  if (e.content.size() > limits::message_text)
    out.push_back(
        {"/content", "is longer than " + std::to_string(limits::message_text) + " bytes: shorten it"});
}

}  // namespace

tl::expected<entry, problems> complete(entry_form form) {
  problems out;
  entry e;
  e.workspace = required(form.workspace, "/workspace", out);
  e.lead = required(form.lead, "/lead", out);
  e.about = required(form.about, "/draft", out);
  e.content = required(form.content, "/content", out);
  e.on = required(form.on, "/channel", out);
  e.latest_inbound = required(form.latest_inbound, "/latest_inbound", out);
  e.subject = std::move(form.subject).value_or(std::string());
  e.history = required(form.history, "/history", out);
  e.sentiment = required(form.sentiment, "/sentiment", out);
  e.sent_at = required(form.sent_at, "/sent_at", out);
  e.rules = required(form.rules, "/rules", out);
  e.validate_immediate_send = required(form.validate_immediate_send, "/validate_immediate_send", out);
  e.preview_in_slack = required(form.preview_in_slack, "/preview_in_slack", out);
  if (out.empty()) check(e, out);
  if (!out.empty()) return tl::unexpected(std::move(out));
  return e;
}

}  // namespace heed::draft
