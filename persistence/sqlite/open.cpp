#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <utility>

#include "persistence/sqlite/sqlite_store.hpp"

namespace heed::sqlite {
namespace {

constexpr std::string_view scheme = "sqlite:";

}  // namespace

result<location> parse_location(const std::string& url) {
  if (!url.starts_with(scheme)) return fail(errc::refused, "only a store of the form sqlite:PATH can be used for this");
  location where;
  where.path = url.substr(scheme.size());
  const auto question = where.path.find('?');
  if (question != std::string::npos) {
    const auto option = where.path.substr(question + 1);
    where.path.resize(question);
    if (option == "synchronous=normal")
      where.synchronous = "normal";
    else if (option != "synchronous=full")
      return fail(errc::refused, "unknown option of a store's URL; known: synchronous=full|normal");
  }
  if (where.path.empty()) return fail(errc::refused, "the store's URL names no file");
  return where;
}

process_lock::process_lock(const std::string& path) {
  descriptor_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor_ < 0) throw database_error(errc::refused, "cannot open the lock file " + path);
  if (::flock(descriptor_, LOCK_EX | LOCK_NB) == 0) return;
  ::close(std::exchange(descriptor_, -1));
  throw database_error(errc::refused, "another process holds the store (" + path + ")");
}

process_lock::~process_lock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

process_lock::process_lock(process_lock&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)) {}

process_lock& process_lock::operator=(process_lock&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

result<std::unique_ptr<store>> open(const std::string& url, open_mode mode) {
  const auto where = parse_location(url);
  if (!where) return tl::unexpected(where.error());
  return guarded([&]() -> std::unique_ptr<store> { return std::make_unique<sqlite_store>(*where, mode); });
}

result<std::vector<std::string>> migrate(const std::string& url) {
  const auto where = parse_location(url);
  if (!where) return tl::unexpected(where.error());
  return guarded([&] {
    const process_lock lock(where->path + ".lock");
    database db(where->path, access::write, where->synchronous.c_str());
    return migrate(db);
  });
}

}  // namespace heed::sqlite
