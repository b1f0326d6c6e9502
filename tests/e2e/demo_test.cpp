#include <set>

#include "tests/support/world.hpp"

#define CAF_SUITE demo
#include <caf/test/dsl.hpp>

using namespace heed::test;

/// The README's first command, as a person would watch it: within two minutes everything Heed is about has happened.
namespace {

std::string after(const std::string& text, const std::string& mark) {
  auto at = text.find(mark);
  if (at == std::string::npos) return {};
  auto rest = text.substr(at + mark.size());
  rest = rest.substr(rest.find_first_not_of(" :="));
  return rest.substr(0, rest.find_first_of(" \n\r"));
}

}  // namespace

CAF_TEST(the demo shows sends over two channels and a brake and an opt-out and a ticket wait and a hold within 120 seconds) {
  scratch directory;
  auto port = free_port();
  auto base = "http://127.0.0.1:" + std::to_string(port);
  node_process node({HEED_BINARY, "demo", "--dir", (directory.path() / "demo").string(), "--port", std::to_string(port), "--store", new_store_url(directory)},
                    directory.path() / "log");
  CAF_REQUIRE(node.wait_ready(base));
  auto key = after(node.log(), "API key");
  CAF_REQUIRE(!key.empty());
  client api(base, key);
  const std::string ws = "/v1/workspaces/demo";
  std::set<std::string> channels;
  std::size_t sends = 0, brakes = 0, opt_outs = 0, ticket_waits = 0, holds = 0;
  auto seen = [&] {
    channels.clear();
    sends = 0;
    std::string next;
    do {
      auto page = api.get(ws + "/sandbox?limit=200" + (next.empty() ? "" : "&after=" + next)).json();
      for (const auto& m : page["items"]) ++sends, channels.insert(m["channel"].get<std::string>());
      next = page.value("next", nlohmann::json()).is_string() ? page["next"].get<std::string>() : "";
    } while (!next.empty());
    brakes = opt_outs = 0;
    auto actions = api.get(ws + "/audience-actions?limit=200").json();
    for (const auto& a : actions["items"]) {
      brakes += a["type"] == "sender.suppressed_hot";
      opt_outs += a["type"] == "sender.suppressed_opt_out";
    }
    auto context = api.get(ws + "/reports/decisions").json()["context"];
    ticket_waits = 0;
    for (const auto& [gate, n] : context["waited"].items())
      if (gate.find("ticket") != std::string::npos || gate == "circuit_breaker") ticket_waits += n.get<std::size_t>();
    holds = context.value("held_for_approval", 0u);
    return sends >= 20 && channels.size() >= 2 && brakes && opt_outs && ticket_waits && holds;
  };
  auto started = std::chrono::steady_clock::now();
  auto end = started + std::chrono::seconds(120);
  bool all = false;
  while (!(all = seen()) && std::chrono::steady_clock::now() < end && node.running()) {
  }
  CAF_MESSAGE("after " << std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() - started).count() << " s: sends "
                       << sends << " over " << channels.size() << " channels, brakes " << brakes << ", opt-outs " << opt_outs
                       << ", ticket waits " << ticket_waits << ", holds " << holds);
  CAF_CHECK(all);
  // Neither addresses nor keys stand in the log but the one key that is shown once.
  auto log = node.log();
  CAF_CHECK(log.find("@example.com") == std::string::npos);
  CAF_CHECK(log.find(key, log.find(key) + 1) == std::string::npos);
  CAF_CHECK(node.stop() == 0);
}
