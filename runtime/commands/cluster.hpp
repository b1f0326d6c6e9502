#pragma once

#include <iosfwd>
#include <string>
#include <vector>

/// `heed cluster`: certificates before there is one, and how it stands.
namespace heed::commands {

struct certs_options {
  std::string directory = "certs";
  std::vector<std::string> nodes;
};
/// 0 = made, 2 = not, with the reason.
int run_cluster_certs(const certs_options& o, std::ostream& out, std::ostream& err);

struct cluster_status_options {
  std::string url = "http://127.0.0.1:8080";
  std::string api_key = {};
  bool as_json = false;
};
/// 0 = every shard has an owner and every link is up, 1 = not so or refused, 2 = nobody answered.
int run_cluster_status(const cluster_status_options& o, std::ostream& out, std::ostream& err);
/// Asks the node at that address to give everything away. 0 = it does, 1 = refused, 2 = nobody answered.
int run_cluster_drain(const cluster_status_options& o, std::ostream& out, std::ostream& err);

}  // namespace heed::commands
