#include "config/secrets.hpp"

#include <algorithm>

#include "config/yaml.hpp"

namespace heed::config {
namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return out;
}

/// What example files and manuals write where a secret belongs.
bool is_placeholder(std::string_view value) {
  const auto text = lower(value);
  for (const char* whole : {"secret", "password", "token", "todo", "none", "null", "test", "example"})
    if (text == whole) return true;
  for (const char* part : {"changeme", "change_me", "change-me", "your_", "your-", "yourapikey", "replace_me",
                           "replaceme", "replace-me", "placeholder", "xxxxxx", "****", "...", "<", "${"})
    if (text.find(part) != text.npos) return true;
  return false;
}

}  // namespace

const std::vector<known_secret>& known_secrets() {
  static const std::vector<known_secret> all{
      {"resend", "api_key", {"HEED_RESEND_API_KEY", "RESEND_API_KEY"}},
      {"twilio", "account_sid", {"HEED_TWILIO_ACCOUNT_SID", "TWILIO_ACCOUNT_SID"}},
      {"twilio", "auth_token", {"HEED_TWILIO_AUTH_TOKEN", "TWILIO_AUTH_TOKEN"}},
      {"smtp", "username", {"HEED_SMTP_USERNAME", "SMTP_USERNAME"}, false},
      {"smtp", "password", {"HEED_SMTP_PASSWORD", "SMTP_PASSWORD"}, false},
      {"imap", "password", {"HEED_IMAP_PASSWORD", "IMAP_PASSWORD"}},
      {"openai", "api_key", {"HEED_OPENAI_API_KEY", "OPENAI_API_KEY"}},
      {"slack", "bot_token", {"HEED_SLACK_BOT_TOKEN", "SLACK_BOT_TOKEN"}},
      {"hook:slack", "secret", {"HEED_SLACK_SIGNING_SECRET", "SLACK_SIGNING_SECRET"}},
      {"hook:resend", "secret", {"HEED_RESEND_WEBHOOK_SECRET", "RESEND_WEBHOOK_SECRET"}},
      {"hook:twilio", "secret", {"HEED_TWILIO_AUTH_TOKEN", "TWILIO_AUTH_TOKEN"}},
      {"cron", "secret", {"HEED_CRON_SECRET", "CRON_SECRET"}, false},
      {"installation", "secret_key", {"HEED_SECRET_KEY"}, false},
  };
  return all;
}

std::string listed(const std::vector<std::string>& names) {
  std::string out;
  for (const auto& name : names)
    out += (out.empty() ? "" : " or ") + name;
  return out;
}

std::vector<std::string> variables_of(std::string_view owner, std::string_view name) {
  for (const auto& known : known_secrets())
    if (known.owner == owner && known.name == name) return known.variables;
  return {};
}

std::optional<std::string> clean_secret(std::string_view value, const std::string& name, problems& out) {
  constexpr std::string_view space = " \t\r\n\f\v";
  const auto from = value.find_first_not_of(space);
  if (from == value.npos) {
    out.push_back({name, "is empty"});
    return std::nullopt;
  }
  value = value.substr(from, value.find_last_not_of(space) - from + 1);
  if (value.find_first_of(space) != value.npos) {
    out.push_back({name, "has white space inside; copy the secret again, without it"});
    return std::nullopt;
  }
  if (is_placeholder(value)) {
    out.push_back({name, "is a placeholder; put the real secret there"});
    return std::nullopt;
  }
  return std::string(value);
}

std::optional<std::string> secret_reader::from_variables(const std::vector<std::string>& names,
                                                         problems& out) const {
  for (const auto& name : names)
    if (const auto found = environment_->find(name); found != environment_->end())
      return clean_secret(found->second, name, out);
  return std::nullopt;
}

std::optional<std::string> secret_reader::from_variable(const std::string& name, const std::string& where,
                                                        problems& out) const {
  const auto found = environment_->find(name);
  if (found != environment_->end()) return clean_secret(found->second, name, out);
  out.push_back({where, "the variable " + name + " is not set"});
  return std::nullopt;
}

std::optional<std::string> secret_reader::from_file(const std::string& path, const std::string& where,
                                                    problems& out) const {
  const auto text = read_file(directory_ / path);
  if (text) return clean_secret(*text, where, out);
  out.push_back({where, "the file " + path + " cannot be read"});
  return std::nullopt;
}

std::map<std::string, std::string> secret_reader::read_all(object_reader& in, const nlohmann::json* object,
                                                           std::string_view key, std::string_view owner,
                                                           problems& out) const {
  std::map<std::string, std::string> secrets;
  std::vector<std::string> told;  // named in the file, whether they could be read or not
  const auto take = [&](const std::string& name, std::optional<std::string> value) {
    told.push_back(name);
    if (value) secrets[name] = std::move(*value);
  };
  if (object != nullptr)
    for (const auto& [member, value] : object->items()) {
      const auto where = pointer_to(in.at(key), member);
      const bool env = member.ends_with("_env");
      if (!env && !member.ends_with("_file")) {
        out.push_back({where, "secrets are not written here: name a variable with " + member +
                                  "_env or a file with " + member + "_file"});
        told.push_back(member);
      } else if (!value.is_string()) {
        out.push_back({where, "must be a text; put it in quotes"});
      } else {
        const auto& target = value.get_ref<const std::string&>();
        take(member.substr(0, member.size() - (env ? 4 : 5)),
             env ? from_variable(target, where, out) : from_file(target, where, out));
      }
    }
  for (const auto& known : known_secrets()) {
    const std::string name(known.name);
    if (known.owner != owner || std::ranges::find(told, name) != told.end()) continue;
    const auto before = out.size();
    if (auto value = from_variables(known.variables, out))
      secrets[name] = std::move(*value);
    else if (known.required && out.size() == before)
      out.push_back({pointer_to(in.at(key), name), "is missing: set " + listed(known.variables) +
                                                       ", or name " + name + "_env or " + name + "_file"});
  }
  return secrets;
}

}  // namespace heed::config
