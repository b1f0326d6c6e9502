#include "runtime/commands/cluster.hpp"

#include <iomanip>
#include <nlohmann/json.hpp>
#include <optional>
#include <ostream>

#include "runtime/cluster/certs.hpp"
#include "runtime/commands/http_client.hpp"

namespace heed::commands {
namespace {

using nlohmann::json;

constexpr int done = 0, not_so = 1, unreachable = 2;

std::string base_of(std::string url) {
  while (url.ends_with('/'))
    url.pop_back();
  return url;
}

/// The answer's document; else the exit code is in `code`.
std::optional<json> ask(const cluster_status_options& o, const char* method, const std::string& path, int& code,
                        std::ostream& err) {
  if (o.api_key.empty()) {
    err << "an operator's API key is needed: --key KEY, or HEED_API_KEY\n";
    code = unreachable;
    return std::nullopt;
  }
  const auto base = base_of(o.url);
  const auto answer = call_node(method, base + path, o.api_key, "");
  if (!answer) {
    err << base << " does not answer: " << answer.error().detail << "\n";
    code = unreachable;
    return std::nullopt;
  }
  if (answer->status == 404) err << "this node is alone: cluster.enabled is not set\n";
  if (answer->status >= 300) {
    err << "refused with " << answer->status << "\n";
    code = not_so;
    return std::nullopt;
  }
  auto read = json::parse(answer->body, nullptr, false);
  if (read.is_object()) return read;
  err << base << " answers, but not as Heed does: is it the right address?\n";
  code = unreachable;
  return std::nullopt;
}

bool print(const json& c, std::ostream& out) {
  bool sound = c.at("unowned").empty();
  out << std::left << std::setw(20) << "node" << std::setw(26) << "id" << std::setw(24) << "address" << std::right
      << std::setw(7) << "shards" << std::setw(10) << "up" << std::setw(10) << "lease" << "  link\n";
  for (const auto& n : c.at("nodes")) {
    const bool self = n.at("self");
    const bool linked = self || n.at("link").at("up").get<bool>();
    sound = sound && linked;
    out << std::left << std::setw(20) << n.at("name").get<std::string>() << std::setw(26) << n.at("node").get<std::string>()
        << std::setw(24) << n.at("address").get<std::string>() << std::right << std::setw(7) << n.at("shards").get<int>()
        << std::setw(8) << n.at("up_seconds").get<std::int64_t>() << " s" << std::setw(7)
        << n.at("lease_left_ms").get<std::int64_t>() << " ms  " << (self ? "asked" : linked ? "up" : "DOWN")
        << (n.at("draining").get<bool>() ? ", draining" : "") << "\n";
  }
  out << c.at("shards") << " shards, " << c.at("unowned").size() << " without an owner, newest epoch " << c.at("epoch")
      << ", oldest undecided stimulus here " << c.at("oldest_undecided_ms") << " ms\n";
  return sound;
}

}  // namespace

int run_cluster_certs(const certs_options& o, std::ostream& out, std::ostream& err) {
  const auto made = cluster::make_certs(o.directory, o.nodes);
  if (!made) return err << "heed cluster certs: " << made.error() << "\n", unreachable;
  for (const auto& file : made->files)
    out << file.string() << "\n";
  if (made->new_ca) out << "ca.key makes nodes: keep it off the nodes' machines\n";
  return done;
}

int run_cluster_status(const cluster_status_options& o, std::ostream& out, std::ostream& err) {
  int code = done;
  const auto read = ask(o, "GET", "/admin/cluster", code, err);
  if (!read) return code;
  if (o.as_json) return out << read->dump(2) << "\n", done;
  return print(*read, out) ? done : not_so;
}

int run_cluster_drain(const cluster_status_options& o, std::ostream& out, std::ostream& err) {
  int code = done;
  if (!ask(o, "POST", "/admin/drain", code, err)) return code;
  out << "it gives its shards to the others; `heed cluster status` shows how far it is\n";
  return done;
}

}  // namespace heed::commands
