#include "tests/support/cluster_world.hpp"

#include <pqxx/pqxx>

#include <poll.h>

#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace heed::test {
namespace {

using namespace std::chrono_literals;

std::string read_file(const std::string& path) {
  std::ifstream in(path);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

std::string option(const std::string& url, const std::string& name) {
  const auto at = url.find(name + "=") + name.size() + 1;
  return url.substr(at, url.find('&', at) - at);
}

/// The line that begins so, replaced.
std::string with_line(std::string text, const std::string& begins, const std::string& by) {
  const auto at = text.find(begins);
  if (at == std::string::npos) throw std::runtime_error("no line " + begins);
  return text.replace(at, text.find('\n', at) - at, by);
}

std::uint16_t port_of(const std::string& base_url) {
  return static_cast<std::uint16_t>(std::stoi(base_url.substr(base_url.rfind(':') + 1)));
}

}  // namespace

cluster_world::cluster_world(cluster_options o) : o_(std::move(o)), url_(server_.new_database()) {
  auto wo = o_.world;
  wo.store_url = url_;
  w_ = std::make_unique<world>(o_.heed_binary, wo);
  const auto made = run_program({o_.heed_binary, "key", "create", "--workspace", "acme", "--role", "operator", "--store", url_});
  auto line = made.out.substr(0, made.out.find_last_not_of("\n ") + 1);
  operator_key_ = line.substr(line.find_last_of("\n ") == std::string::npos ? 0 : line.find_last_of("\n ") + 1);
  std::vector<std::string> certs{o_.heed_binary, "cluster", "certs", "--dir", (w_->directory().path() / "certs").string()};
  auto strange = certs;
  strange[4] = (w_->directory().path() / "strange").string();
  const auto socket = option(url_, "host") + "/.s.PGSQL." + option(url_, "port");
  for (std::size_t i = 0; i < o_.nodes; ++i) {
    auto n = std::make_unique<seat>();
    n->name = "n" + std::to_string(i + 1);
    n->http_port = free_port();
    n->cluster_port = free_port();
    n->database = std::make_unique<cut_proxy>([socket] { return connect_to_file(socket); });
    n->peers = std::make_unique<cut_proxy>([port = n->cluster_port] { return connect_to_port(port); });
    certs.push_back(n->name);
    strange.push_back(n->name);
    nodes_.push_back(std::move(n));
  }
  for (const auto& command : {certs, strange})
    if (const auto done = run_program(command); done.exit_code != 0) throw std::runtime_error("certs: " + done.out);
  for (std::size_t i = 0; i < nodes_.size(); ++i)
    configure(i, "certs");
  ready_ = std::make_unique<std::atomic<bool>[]>(nodes_.size());
  balancer_ = std::make_unique<cut_proxy>(
      [this] {
        for (std::size_t tried = 0; tried < nodes_.size(); ++tried) {
          const auto i = next_++ % nodes_.size();
          if (!ready_[i]) continue;
          if (const int s = connect_to_port(nodes_[i]->http_port); s >= 0) return s;
        }
        return -1;
      },
      port_of(w_->base_url()));
  health_ = std::jthread([this](const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      for (std::size_t i = 0; i < nodes_.size(); ++i)
        ready_[i] = ready(i);
      poll(nullptr, 0, 50);
    }
  });
}

cluster_world::~cluster_world() {
  health_ = {};
  balancer_.reset();
  for (auto& n : nodes_)
    if (n->process && n->process->running()) {
      n->process->signal(SIGCONT);
      n->process->kill_now();
    }
}

void cluster_world::configure(std::size_t at, const std::string& certificates) {
  auto& n = *nodes_[at];
  const auto database = "postgres://heed_app@127.0.0.1:" + std::to_string(n.database->port()) + "/" + database_name() + "?sslmode=disable";
  auto text = read_file(w_->config_file());
  text = with_line(text, "store: ", "store: {url: \"" + database + "\"}");
  text = with_line(text, "http: ", "http: {port: " + std::to_string(n.http_port) + ", threads: 2}");
  text += "cluster: {enabled: true, name: " + n.name + ", port: " + std::to_string(n.cluster_port) +
          ", advertised_port: " + std::to_string(n.peers->port()) + ", ca_file: " + certificates + "/ca.pem, certificate_file: " +
          certificates + "/" + n.name + ".pem, key_file: " + certificates + "/" + n.name +
          ".key, drain_notice_ms: 500, proof_by_process: " + (o_.proof_by_process ? "true" : "false") + o_.node_yaml + "}\n";
  n.config_file = w_->directory().write(n.name + ".yaml", text);
}

void cluster_world::use_strange_certificate(std::size_t at) { configure(at, "strange"); }

void cluster_world::execute(const std::string& sql) {
  pqxx::connection owner(server_.url(database_name()));
  pqxx::nontransaction(owner).exec(sql);
}

void cluster_world::launch(std::size_t at) {
  auto& n = *nodes_[at];
  auto environment = test_secrets();
  for (const auto& [name, value] : n.environment)
    environment[name] = value;
  n.process = std::make_unique<node_process>(
      std::vector<std::string>{n.binary.empty() ? o_.heed_binary : n.binary, "serve", "--config", n.config_file},
      w_->directory().path() / (n.name + "-" + std::to_string(++n.lives) + ".log"), environment);
}

void cluster_world::start() {
  std::vector<std::size_t> all;
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    launch(i);
    all.push_back(i);
  }
  const auto up = [&] {
    for (const auto i : all)
      if (!ready(i)) return false;
    return is_whole(all);
  };
  if (!eventually(up, 40s)) throw std::runtime_error("the cluster did not come up: " + view(0).dump() + log(0).substr(0, 4'000));
  auto c = api(0);
  if (const auto answer = c.call("DELETE", "/v1/workspaces/acme/stop", "", {}); answer.status != 200)
    throw std::runtime_error("DELETE stop: " + answer.body);
}

std::string cluster_world::base_url(std::size_t at) const {
  return "http://127.0.0.1:" + std::to_string(nodes_[at]->http_port);
}

bool cluster_world::ready(std::size_t at) const {
  const auto s = connect_to_port(nodes_[at]->http_port);
  if (s < 0) return false;
  // A frozen node takes connections and says nothing.
  const std::string ask = "GET /readyz HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";
  char said[16] = {};
  pollfd one{s, POLLIN, 0};
  const bool ok = ::write(s, ask.data(), ask.size()) == static_cast<ssize_t>(ask.size()) && poll(&one, 1, 500) == 1 &&
                  ::read(s, said, sizeof said - 1) > 11 && std::string_view(said).find(" 200") != std::string_view::npos;
  ::close(s);
  return ok;
}

nlohmann::json cluster_world::view(std::size_t at) const {
  const auto answer = admin(at).get("/admin/cluster");
  return answer.status == 200 ? answer.json() : nlohmann::json();
}

bool cluster_world::is_whole(const std::vector<std::size_t>& among) const {
  for (const auto i : among) {
    const auto v = view(i);
    if (!v.is_object() || !v.at("unowned").empty() || v.at("nodes").size() != among.size()) return false;
    for (const auto& n : v.at("nodes"))
      if (n.at("shards") == 0 || n.at("draining") == true || (n.at("self") == false && n.at("link").at("up") == false)) return false;
  }
  return true;
}

double cluster_world::figure(std::size_t at, const std::string& name) const {
  const auto answer = admin(at).get("/metrics");
  if (answer.status == 0 || answer.status == 503) return 0;
  const auto found = answer.body.find("\n" + name + " ");
  // Else a figure that cannot be read would be taken for none.
  if (answer.status != 200 || found == std::string::npos)
    throw std::runtime_error("no figure " + name + ": answer " + std::to_string(answer.status));
  return std::strtod(answer.body.c_str() + found + name.size() + 2, nullptr);
}

}  // namespace heed::test
