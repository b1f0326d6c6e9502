#include "tests/contract/support/postgres_server.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <pqxx/pqxx>
#include <stdexcept>

#include "persistence/store.hpp"
#include "tests/support/postgres_server.hpp"

namespace heed::contract {
using test::shared_postgres;
namespace {

constexpr auto pattern_database = "heed_pattern";
/// The server writes its log in files of this size; less would stop all of it and not what wants to grow.
constexpr rlim_t smallest_limit = 16 * 1024 * 1024;

/// Only a process of the same user may do it.
void limit_process(const std::string& pid, rlim_t limit) {
  const auto command = std::string(::geteuid() == 0 ? "runuser -u postgres -- " : "") + "prlimit --pid " +
                       pid + " --fsize=" + std::to_string(limit);
  if (std::system(command.c_str()) != 0) throw std::runtime_error("the server's limit cannot be set");
}

/// Migrated once; every other database is a copy.
void make_pattern() {
  shared_postgres().run(std::string("create database ") + pattern_database + " owner heed_app");
  const auto migrated = migrate_store(postgres_url(pattern_database, "heed_app"));
  if (!migrated) throw std::runtime_error(migrated.error().detail);
}

}  // namespace

std::string postgres_url(const std::string& name, const std::string& user) {
  return shared_postgres().url(name, user);
}

postgres_database::postgres_database() {
  static const bool ready = (make_pattern(), true);
  static int made = 0;
  name_ = "heed_" + std::to_string(::getpid()) + "_" + std::to_string(ready ? ++made : 0);
  shared_postgres().run("create database " + name_ + " template " + pattern_database + " owner heed_app");
}

postgres_database::~postgres_database() {
  try {
    shared_postgres().run("drop database if exists " + name_ + " with (force)");
  } catch (const std::exception&) {
    return;  // the server goes with the process
  }
}

void postgres_database::share_file_limit() {
  rlimit ours{};
  if (shared_ || ::getrlimit(RLIMIT_FSIZE, &ours) != 0 || ours.rlim_cur == RLIM_INFINITY) return;
  shared_ = true;
  const auto limit = std::max(ours.rlim_cur, smallest_limit);
  pqxx::connection c(postgres_url("heed"));
  pqxx::nontransaction tx(c);
  for (const auto& row : tx.exec("select pid from pg_stat_activity where datname = '" + name_ + "'"))
    limit_process(row[0].as<std::string>(), limit);
}

}  // namespace heed::contract
