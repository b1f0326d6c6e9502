#include <cstdio>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <map>
#include <poll.h>
#include <string>
#include <unistd.h>

#include "tests/support/client.hpp"
#include "tests/support/stand_in_slack.hpp"

/// Slack on a terminal: shows what reviewers are sent, and what becomes of it, and presses the button for them.
namespace {

using heed::test::client;
using heed::test::stand_in_slack;
using nlohmann::json;

const char* usage =
    "heed_slack_stand_in [--port 8090] [--hook http://127.0.0.1:8080/hooks/acme/slack]\n"
    "Plays Slack on 127.0.0.1 for a bot with the token xoxb-example and shows each message. A line `press` approves the newest one as Mia,\n"
    "`press leo` as Leo. Ends with its input.\n";

std::string text_of(const json& part) {
  if (part.is_object() && part.contains("text")) return part["text"].is_string() ? part["text"].get<std::string>() : text_of(part["text"]);
  return {};
}

void show(const stand_in_slack::posted& m) {
  std::cout << "--- to " << m.channel << (m.updates > 0 ? ", changed" : "") << "\n";
  for (const auto& b : m.body.value("blocks", json::array())) {
    if (const auto text = text_of(b); !text.empty()) std::cout << text << "\n";
    for (const auto& e : b.value("elements", json::array())) std::cout << (b.value("type", "") == "actions" ? "[" + text_of(e) + "]" : text_of(e)) << "\n";
  }
  std::cout << std::flush;
}

bool has_button(const json& body) { return body.dump().find("\"approve_send\"") != std::string::npos; }

void press(const stand_in_slack& slack, const std::string& hook, const std::string& user) {
  const auto all = slack.messages();
  for (auto m = all.rbegin(); m != all.rend(); ++m) {
    if (!has_button(m->body)) continue;
    const auto now = std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
    const auto r = slack.press(*m, "approve_send", user, now);
    client::extra_headers headers;
    for (const auto& [name, value] : r.headers) headers.push_back(name + ": " + value);
    const auto path = hook.find('/', hook.find("://") + 3);
    client to(hook.substr(0, path));
    std::cout << "pressed: " << to.post(hook.substr(path), r.body, headers).status << "\n" << std::flush;
    return;
  }
  std::cout << "there is no button to press\n" << std::flush;
}

/// Until the input ends.
void talk(const stand_in_slack& slack, const std::string& hook) {
  std::map<std::string, int> shown;
  pollfd input{STDIN_FILENO, POLLIN, 0};
  while (true) {
    for (const auto& m : slack.messages())
      if (const auto known = shown.find(m.channel + m.ts); known == shown.end() || known->second != m.updates) {
        shown[m.channel + m.ts] = m.updates;
        show(m);
      }
    if (::poll(&input, 1, 100) <= 0) continue;
    do {
      std::string line;
      if (!std::getline(std::cin, line)) return;
      if (line.starts_with("press")) press(slack, hook, line.find("leo") != std::string::npos ? "U0EXAMPLE2" : "U0EXAMPLE1");
    } while (std::cin.rdbuf()->in_avail() > 0);
  }
}

}  // namespace

int main(int argc, char** argv) {
  std::string hook = "http://127.0.0.1:8080/hooks/acme/slack";
  std::uint16_t port = 8090;
  try {
    for (int i = 1; i < argc; i += 2) {
      const std::string name = argv[i];
      if (i + 1 == argc || (name != "--port" && name != "--hook")) return std::fputs(usage, stderr), 2;
      if (name == "--port") port = static_cast<std::uint16_t>(std::stoul(argv[i + 1]));
      if (name == "--hook") hook = argv[i + 1];
    }
    const stand_in_slack slack(port);
    talk(slack, hook);
    return 0;
  } catch (const std::exception& e) {
    std::fprintf(stderr, "heed_slack_stand_in: %s\n", e.what());
    return 1;
  }
}
