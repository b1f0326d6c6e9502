#include "tests/contract/support/postgres_server.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <pqxx/pqxx>
#include <stdexcept>

#include "persistence/store.hpp"

namespace heed::contract {
namespace {

constexpr auto pattern_database = "heed_pattern";
/// The server writes its log in files of this size; less would stop all of it and not what wants to grow.
constexpr rlim_t smallest_limit = 16 * 1024 * 1024;

std::string first_line_of(const std::string& command) {
  std::string out;
  auto* pipe = ::popen(command.c_str(), "r");
  if (pipe == nullptr) throw std::runtime_error("cannot run " + command);
  std::array<char, 512> part{};
  while (std::fgets(part.data(), static_cast<int>(part.size()), pipe) != nullptr)
    out += part.data();
  if (::pclose(pipe) != 0) throw std::runtime_error(command + " failed");
  return out.substr(0, out.find('\n'));
}

/// The URL of the server's database `heed`.
std::string start_server() {
  auto pattern = (std::filesystem::temp_directory_path() / "heed-postgres-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
  return first_line_of(HEED_SOURCE_DIR "/scripts/postgres --dir " + pattern + " --scratch " +
                       std::to_string(::getpid()) + " start");
}

void run_as_admin(const std::string& sql) {
  pqxx::connection c(postgres_url("heed"));
  pqxx::nontransaction(c).exec(sql);
}

/// Only a process of the same user may do it.
void limit_process(const std::string& pid, rlim_t limit) {
  const auto command = std::string(::geteuid() == 0 ? "runuser -u postgres -- " : "") + "prlimit --pid " +
                       pid + " --fsize=" + std::to_string(limit);
  if (std::system(command.c_str()) != 0) throw std::runtime_error("the server's limit cannot be set");
}

/// Migrated once; every other database is a copy. Its owner is no superuser, so that row-level security holds
/// for it.
void make_pattern() {
  run_as_admin("create role heed_app login createrole");
  run_as_admin(std::string("create database ") + pattern_database + " owner heed_app");
  const auto migrated = migrate_store(postgres_url(pattern_database, "heed_app"));
  if (!migrated) throw std::runtime_error(migrated.error().detail);
}

}  // namespace

std::string postgres_url(const std::string& name, const std::string& user) {
  static const auto server = start_server();
  return "postgres://" + user + "@/" + name + server.substr(server.find('?'));
}

postgres_database::postgres_database() {
  static const bool ready = (make_pattern(), true);
  static int made = 0;
  name_ = "heed_" + std::to_string(::getpid()) + "_" + std::to_string(ready ? ++made : 0);
  run_as_admin("create database " + name_ + " template " + pattern_database + " owner heed_app");
}

postgres_database::~postgres_database() {
  try {
    run_as_admin("drop database if exists " + name_ + " with (force)");
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
