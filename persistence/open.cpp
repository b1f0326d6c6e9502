#include "persistence/postgres/postgres_store.hpp"
#include "persistence/sqlite/sqlite_store.hpp"

/// Which store a URL means.
namespace heed {
namespace {

enum class store_scheme : std::uint8_t { none, sqlite, postgres };

store_scheme scheme_of(const std::string& url) {
  if (url.starts_with("sqlite:")) return store_scheme::sqlite;
  if (url.starts_with("postgres://") || url.starts_with("postgresql://")) return store_scheme::postgres;
  return store_scheme::none;
}

tl::unexpected<store_error> unknown_scheme() {
  return fail(errc::refused,
              "a store's URL looks like sqlite:PATH or postgres://USER:PASSWORD@HOST:PORT/DATABASE");
}

}  // namespace

result<std::unique_ptr<store>> open_store(const std::string& url, open_mode mode) {
  switch (scheme_of(url)) {
    case store_scheme::sqlite:
      if (mode == open_mode::shared)
        return fail(errc::refused, "several nodes need a Postgres store: set store.url to postgres://...");
      return sqlite::open(url, mode);
    case store_scheme::postgres:
      return postgres::open(url, mode);
    case store_scheme::none:
      break;
  }
  return unknown_scheme();
}

result<std::vector<std::string>> migrate_store(const std::string& url) {
  switch (scheme_of(url)) {
    case store_scheme::sqlite:
      return sqlite::migrate(url);
    case store_scheme::postgres:
      return postgres::migrate(url);
    case store_scheme::none:
      break;
  }
  return unknown_scheme();
}

std::string shown_url(const std::string& url) {
  if (scheme_of(url) != store_scheme::postgres) return url;
  const auto where = postgres::parse_location(url);
  return where ? postgres::redacted(url, *where) : std::string("postgres://...");
}

}  // namespace heed
