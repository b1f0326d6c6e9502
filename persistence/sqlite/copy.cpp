#include "persistence/copy.hpp"

#include "persistence/sqlite/sqlite_store.hpp"

namespace heed {

result<std::string> copy_store(const std::string& url, const std::filesystem::path& file) {
  const auto where = sqlite::parse_location(url);
  if (!where) return tl::unexpected(where.error());
  if (!std::filesystem::exists(where->path)) return fail(errc::not_found, "no store at " + where->path);
  return sqlite::guarded([&] {
    sqlite::database db(where->path, sqlite::access::read, where->synchronous.c_str());
    // The connection itself can only read; the copy is another file.
    db.execute("pragma query_only = off");
    std::string quoted;
    for (const char c : file.string())
      quoted += c == '\'' ? std::string("''") : std::string(1, c);
    db.execute(("VACUUM INTO '" + quoted + "'").c_str());
    return "sqlite:" + file.string() + "?synchronous=normal";
  });
}

}  // namespace heed
