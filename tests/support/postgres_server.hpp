#pragma once

#include <filesystem>
#include <string>

/// A Postgres of a test's own, by `scripts/postgres`: without fsync, behind a socket in a folder that goes with the process.
namespace heed::test {

class postgres_server {
 public:
  enum class how : std::uint8_t { fast, immediate };  ///< as of `pg_ctl -m`

  postgres_server();
  postgres_server(const postgres_server&) = delete;
  postgres_server& operator=(const postgres_server&) = delete;

  /// Of its database `name`. `heed` may do everything; `heed_app` is who a store is run by, and no superuser, so that
  /// row-level security holds for it.
  [[nodiscard]] std::string url(const std::string& name = "heed", const std::string& user = "heed") const;
  /// An empty database of `heed_app`'s.
  [[nodiscard]] std::string new_database();

  void stop(how h) const;
  /// Returns when it takes connections.
  void start() const;
  /// Statements of the superuser; throws when one fails.
  void run(const std::string& sql) const;
  /// Ends every `one_in`-th connection of `heed_app`'s in the middle of whatever it does.
  /// @return how many
  std::size_t cut_connections(unsigned one_in) const;

 private:
  std::filesystem::path folder_;
  std::string url_;
  int databases_ = 0;
};

/// One for the whole process.
[[nodiscard]] postgres_server& shared_postgres();

}  // namespace heed::test
