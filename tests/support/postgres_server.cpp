#include "tests/support/postgres_server.hpp"

#include <unistd.h>

#include <pqxx/pqxx>
#include <stdexcept>
#include <vector>

#include "tests/support/node_process.hpp"

namespace heed::test {
namespace {

std::string script(const std::filesystem::path& folder, std::vector<std::string> command) {
  command.insert(command.begin(), {HEED_SOURCE_DIR "/scripts/postgres", "--dir", folder.string()});
  const auto done = run_program(command);
  if (done.exit_code != 0) throw std::runtime_error("scripts/postgres: " + done.out);
  return done.out.substr(0, done.out.find('\n'));
}

}  // namespace

postgres_server::postgres_server() {
  auto pattern = (std::filesystem::temp_directory_path() / "heed-postgres-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
  folder_ = pattern;
  url_ = script(folder_, {"--scratch", std::to_string(::getpid()), "start"});
  run("create role heed_app login createrole");
}

std::string postgres_server::url(const std::string& name, const std::string& user) const {
  return "postgres://" + user + "@/" + name + url_.substr(url_.find('?'));
}

std::string postgres_server::new_database() {
  const auto name = "heed_" + std::to_string(++databases_);
  run("create database " + name + " owner heed_app");
  return url(name, "heed_app");
}

void postgres_server::stop(how h) const { (void)script(folder_, {"stop", h == how::fast ? "fast" : "immediate"}); }

void postgres_server::start() const { (void)script(folder_, {"start"}); }

void postgres_server::run(const std::string& sql) const {
  pqxx::connection c(url());
  pqxx::nontransaction(c).exec(sql);
}

std::size_t postgres_server::cut_connections(unsigned one_in) const {
  pqxx::connection c(url());
  return pqxx::nontransaction(c)
      .exec("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'heed_app' and random() < 1.0 / " +
            std::to_string(one_in))
      .size();
}

postgres_server& shared_postgres() {
  static postgres_server server;
  return server;
}

}  // namespace heed::test
