#include "config/config.hpp"

#include <algorithm>

#include "config/overrides.hpp"
#include "config/secrets.hpp"
#include "config/urls.hpp"
#include "config/workspaces.hpp"
#include "config/yaml.hpp"

extern "C" char** environ;

namespace heed::config {
namespace {

using json = nlohmann::json;
using namespace std::chrono_literals;

/// A section's reader, or none when the document leaves the section out.
template <class F>
void section(object_reader& in, std::string_view key, problems& out, F read) {
  const auto* value = in.any(key);
  if (value == nullptr) return;
  object_reader members(*value, in.at(key), out);
  read(members);
  members.finish();
}

void read_choice(object_reader& in, std::string_view key, std::string& target,
                 const std::vector<std::string>& choices) {
  in.read(key, target);
  if (std::ranges::find(choices, target) != choices.end()) return;
  std::string list;
  for (const auto& choice : choices)
    list += (list.empty() ? "" : ", ") + choice;
  in.report(key, "must be one of " + list + did_you_mean(target, choices));
}

void read_http(object_reader& in, http_config& http) {
  in.read("address", http.address);
  in.read("port", http.port, 0, 65'535);
  in.read("max_body", http.max_body, 1'024, 1'024 * 1'024 * 1'024);
  in.read("max_connections", http.max_connections, 1, 1'000'000);
  in.read("threads", http.threads, 1, 256);
}

/// A password in the file would be a secret in clear; the variable may carry it.
void check_store(const json& file_document, problems& out) {
  const json::json_pointer place("/store/url");
  if (!file_document.contains(place) || !file_document[place].is_string()) return;
  const auto& url = file_document[place].get_ref<const std::string&>();
  const auto from = url.find("://");
  const auto at = from == url.npos ? url.npos : url.find('@', from);
  if (at != url.npos && url.substr(from + 3, at - from - 3).find(':') != url.npos)
    out.push_back({"/store/url", "must not hold a password; put the whole URL into HEED_STORE_URL"});
}

std::optional<std::vector<std::string>> read_recipients(object_reader& in, problems& out) {
  if (in.any("allow_recipients") == nullptr) return std::nullopt;
  auto list = in.texts("allow_recipients");
  for (std::size_t i = 0; i < list.size(); ++i) {
    std::ranges::transform(list[i], list[i].begin(), [](char c) {
      return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    if (list[i].empty() || list[i].find_first_of(" \t\r\n,;<>*") != std::string::npos)
      out.push_back({pointer_to(in.at("allow_recipients"), i),
                     "must be one address, number or domain, like me@example.com or example.com"});
  }
  return list;
}

std::string read_public_url(object_reader& in) {
  auto url = in.text("public_url").value_or("");
  while (url.ends_with('/'))
    url.pop_back();
  if (!url.empty())
    if (const auto fault = fault_of_public_url(url); !fault.empty()) in.report("public_url", fault);
  return url;
}

/// A short key can be guessed by whoever holds a copy of the store.
std::optional<std::string> read_secret_key(object_reader& in, const secret_reader& secrets, problems& out) {
  constexpr std::size_t shortest = 32;
  const auto* section = in.object("installation");
  auto found = secrets.read_all(in, section, "installation", "installation", out);
  const auto key = found.find("secret_key");
  if (key == found.end()) return std::nullopt;
  if (key->second.size() < shortest) {
    const bool named = section != nullptr && !section->empty();
    out.push_back({named ? pointer_to(in.at("installation"), "secret_key")
                         : variables_of("installation", "secret_key").front(),
                   "is shorter than 32 characters; make one with: openssl rand -base64 32"});
  }
  return key->second;
}

void read_cluster(object_reader& in, cluster_config& c) {
  in.read("enabled", c.enabled);
  in.read("name", c.name);
  in.read("listen", c.listen);
  in.read("address", c.address);
  in.read("port", c.port, 0, 65'535);
  in.read("advertised_port", c.advertised_port, 0, 65'535);
  in.read("ca_file", c.ca_file);
  in.read("certificate_file", c.certificate_file);
  in.read("key_file", c.key_file);
  in.read("lease_ms", c.lease_ms, 500, 600'000);
  in.read("renew_ms", c.renew_ms, 50, 200'000);
  in.read("proof_by_process", c.proof_by_process);
  in.read("drain_notice_ms", c.drain_notice_ms, 0, 300'000);
  if (c.renew_ms * 3 > c.lease_ms) in.report("renew_ms", "must be at most a third of cluster.lease_ms: renewals may be lost");
}

void read_sections(object_reader& in, config& c, problems& out) {
  section(in, "store", out, [&](object_reader& s) { s.read("url", c.store_url); });
  section(in, "http", out, [&](object_reader& s) { read_http(s, c.http); });
  section(in, "clock", out, [&](object_reader& s) { s.read("time_scale", c.time_scale, 1, 100'000); });
  section(in, "residency", out, [&](object_reader& s) {
    s.read("max_leads", c.residency.max_leads, 1, 100'000'000);
    s.read("idle_after", c.residency.idle_after, 1s, 24h);
  });
  section(in, "dispatch", out, [&](object_reader& s) {
    s.read("max_connections", c.dispatch.max_connections, 1, 10'000);
    s.read("start_by_ms", c.dispatch.start_by_ms, 10, 10'000);
  });
  section(in, "supervision", out, [&](object_reader& s) {
    s.read("max_restarts", c.supervision.max_restarts, 0, 1'000);
    s.read("window", c.supervision.window, 1s, 1h);
    s.read("stuck_after", c.supervision.stuck_after, 0s, 1h);
  });
  section(in, "chaos", out, [&](object_reader& s) { s.read("enabled", c.chaos); });
  section(in, "cluster", out, [&](object_reader& s) { read_cluster(s, c.cluster); });
  section(in, "limits", out, [&](object_reader& s) {
    s.read("read_timeout", c.limits.read_timeout, 1s, 1h);
    s.read("answer_timeout", c.limits.answer_timeout, 1s, 1h);
    s.read("drain_timeout", c.limits.drain_timeout, 0s, 1h);
  });
  section(in, "log", out, [&](object_reader& s) {
    read_choice(s, "level", c.log.level, {"trace", "debug", "info", "warn", "error", "off"});
    read_choice(s, "format", c.log.format, {"text", "json"});
  });
  section(in, "prompts", out, [&](object_reader& s) { s.read("directory", c.prompts); });
  section(in, "metrics", out, [&](object_reader& s) { s.read("enabled", c.metrics); });
}

/// DESIGN 9: people must not be written to in fast motion. A stand-in on this machine reaches nobody.
void check_time_scale(const config& c, problems& out) {
  if (c.time_scale == 1) return;
  for (const auto& w : c.workspaces)
    for (const auto& a : w.accounts)
      if (a.public_part.enabled && is_real(a.public_part) && !is_on_this_machine(a.base_url)) {
        out.push_back(
            {"/clock/time_scale", "must be 1 while an account sends for real: " + a.public_part.id.value});
        return;
      }
}

/// Faults on request are for tests on one machine.
void check_chaos(const config& c, problems& out) {
  if (c.chaos && c.http.address != "127.0.0.1" && c.http.address != "::1" && c.http.address != "localhost")
    out.push_back({"/chaos/enabled", "must be false unless http.address is 127.0.0.1: it lets a caller break this node"});
}

/// Links without certificates would be open to everybody; a store in a file is one process's.
void check_cluster(const config& c, const std::filesystem::path& directory, problems& out) {
  if (!c.cluster.enabled) return;
  if (!c.store_url.starts_with("postgres")) out.push_back({"/cluster/enabled", "needs a Postgres store: set store.url"});
  const auto check_file = [&](const char* name, const std::string& file) {
    const auto place = std::string("/cluster/") + name;
    if (file.empty())
      out.push_back({place, "is needed: `heed cluster certs` makes a CA and certificates"});
    else if (std::error_code failed; !std::filesystem::is_regular_file(directory / file, failed))
      out.push_back({place, "is no file: " + file});
  };
  check_file("ca_file", c.cluster.ca_file);
  check_file("certificate_file", c.cluster.certificate_file);
  check_file("key_file", c.cluster.key_file);
}

config read_config(const json& document, const source& from, problems& out) {
  const auto directory = from.file.parent_path();
  const secret_reader secrets(from.environment, directory);
  object_reader in(document, "", out);
  config c;
  read_sections(in, c, out);
  c.public_url = read_public_url(in);
  c.allow_recipients = read_recipients(in, out);
  c.secret_key = read_secret_key(in, secrets, out);
  in.read("dry_run", c.dry_run);
  in.read("auto_send_disabled", c.auto_send_disabled);
  in.read("auto_send_revision_disabled", c.auto_send_revision_disabled);
  auto cron = secrets.read_all(in, in.object("cron"), "cron", "cron", out);
  if (const auto secret = cron.find("secret"); secret != cron.end()) c.cron_secret = secret->second;
  if (const auto* list = in.array("workspaces"))
    c.workspaces =
        read_workspaces(*list, in.at("workspaces"), {directory, secrets, from.zones, c.public_url}, out);
  in.finish();
  for (auto& w : c.workspaces)
    w.defaults.dry_run = w.defaults.dry_run || c.dry_run;
  if (!c.prompts.empty()) c.prompts = (directory / c.prompts).string();
  check_time_scale(c, out);
  check_chaos(c, out);
  check_cluster(c, directory, out);
  for (auto* file : {&c.cluster.ca_file, &c.cluster.certificate_file, &c.cluster.key_file})
    if (!file->empty()) *file = (directory / *file).string();
  return c;
}

}  // namespace

tl::expected<config, problems> load(const source& from) {
  problems found;
  json document = json::object();
  if (!from.file.empty()) {
    const auto text = read_file(from.file);
    if (!text) return tl::unexpected(problems{text.error()});
    auto parsed = parse_yaml(*text);
    if (!parsed) return tl::unexpected(std::move(parsed.error()));
    if (!parsed->is_null()) document = std::move(*parsed);
  }
  if (!document.is_object()) return tl::unexpected(problems{{"", "must be an object of sections"}});
  check_store(document, found);
  const auto set_by = apply_overrides(document, from, found);
  auto c = read_config(document, from, found);
  for (auto& p : found)
    if (const auto name = set_by.find(p.field); name != set_by.end())
      p.detail += " (set by " + name->second + ")";
  if (!found.empty()) return tl::unexpected(std::move(found));
  return c;
}

std::map<std::string, std::string> process_environment() {
  std::map<std::string, std::string> all;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    if (const auto equals = text.find('='); equals != text.npos)
      all.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return all;
}

}  // namespace heed::config
