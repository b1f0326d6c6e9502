#include "config/mailboxes.hpp"

#include <algorithm>
#include <set>

#include "actors/campaign/campaign_json.hpp"
#include "config/urls.hpp"

namespace heed::config {
namespace {

using namespace std::chrono_literals;

constexpr duration shortest_poll = 10s;
constexpr duration longest_poll = 1h;
constexpr duration longest_look_back = 24h * 30;

void check_url(object_reader& in, const std::string& url) {
  if (in.any("url") == nullptr)
    in.report("url", "is missing: name the server, like imaps://imap.example.com");
  else if ((!url.starts_with("imaps://") && !url.starts_with("imap://")) || host_of(url).empty() ||
           url.find('/', url.find("://") + 3) != url.npos)
    in.report("url",
              "must be a server alone, like imaps://imap.example.com or imap://imap.example.com:143 (with "
              "STARTTLS)");
}

bool is_folder(const std::string& name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) { return c >= 0x20 && c < 0x7f; });
}

mailbox_config read_mailbox(const nlohmann::json& value, const std::string& where,
                            const secret_reader& secrets, problems& out) {
  object_reader in(value, where, out);
  mailbox_config m;
  in.read("id", m.id);
  if (!is_valid_id(m.id)) in.report("id", "must be letters, digits, - and single _ inside");
  in.read("url", m.url);
  check_url(in, m.url);
  m.require_tls = !(m.url.starts_with("imap://") && is_on_this_machine(m.url));
  in.read("username", m.username);
  if (m.username.empty()) in.report("username", "is missing: name who logs in, often the address itself");
  in.read("folder", m.folder);
  if (!is_folder(m.folder))
    in.report("folder", "must be written as the server lists it: ASCII, modified UTF-7 for other letters");
  in.read("poll", m.poll, shortest_poll, longest_poll);
  in.read("look_back", m.look_back, duration::zero(), longest_look_back);
  auto found = secrets.read_all(in, in.object("secrets"), "secrets", "imap", out);
  m.password = std::move(found["password"]);
  in.finish();
  return m;
}

}  // namespace

std::vector<mailbox_config> read_mailboxes(const nlohmann::json& list, const std::string& where,
                                           const secret_reader& secrets, problems& out) {
  std::vector<mailbox_config> all;
  std::set<std::string> seen;
  for (std::size_t i = 0; i < list.size(); ++i) {
    auto m = read_mailbox(list[i], pointer_to(where, i), secrets, out);
    if (!m.id.empty() && !seen.insert(m.id).second)
      out.push_back({pointer_to(pointer_to(where, i), "id"), "is used twice in this workspace"});
    all.push_back(std::move(m));
  }
  return all;
}

}  // namespace heed::config
