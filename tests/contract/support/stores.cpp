#include "tests/contract/support/stores.hpp"

#include <cstdlib>
#include <filesystem>

#include "persistence/memory/memory_store.hpp"
#include "persistence/store_decorator.hpp"
#include "tests/contract/support/postgres_server.hpp"

namespace heed::contract {
namespace {

class sqlite_home final : public store_home {
 public:
  explicit sqlite_home(std::string options) : options_(std::move(options)) {
    auto pattern = (std::filesystem::temp_directory_path() / "heed-store-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
    folder_ = pattern;
    if (!migrate_store(url())) throw std::runtime_error("the store cannot be created");
  }
  ~sqlite_home() override { std::filesystem::remove_all(folder_); }

  result<std::unique_ptr<store>> open(open_mode mode) override { return open_store(url(), mode); }

 private:
  [[nodiscard]] std::string url() const { return "sqlite:" + (folder_ / "heed.db").string() + options_; }

  std::filesystem::path folder_;
  std::string options_;
};

/// Its medium is another process's; a limit on what this one may write is carried over, so that the server's
/// disk is full when ours would be.
class limited_store final : public store_decorator {
 public:
  limited_store(std::unique_ptr<store> inner, postgres_database& on)
      : store_decorator(std::move(inner)), on_(on) {}
  result<write_result> write(const write_batch& batch) override {
    try {
      on_.share_file_limit();
    } catch (const std::exception& e) {
      return fail(errc::refused, e.what());  // in a forked child nobody would catch it
    }
    return store_decorator::write(batch);
  }

 private:
  postgres_database& on_;
};

class postgres_home final : public store_home {
 public:
  result<std::unique_ptr<store>> open(open_mode mode) override {
    auto opened = open_store(database_.url(), mode);
    if (!opened) return opened;
    return std::make_unique<limited_store>(std::move(*opened), database_);
  }

 private:
  postgres_database database_;
};

/// Survives its stores, as a file would, but not the process.
class memory_home final : public store_home {
 public:
  result<std::unique_ptr<store>> open(open_mode mode) override { return memory::open(image_, mode); }
  [[nodiscard]] bool outlives_process() const override { return false; }

 private:
  std::shared_ptr<memory::image> image_ = memory::make_image();
};

}  // namespace

const std::vector<store_kind>& store_kinds() {
  static const std::vector<store_kind> kinds{
      {"sqlite", [] { return std::make_unique<sqlite_home>(""); }},
      {"sqlite, synchronous=normal", [] { return std::make_unique<sqlite_home>("?synchronous=normal"); }},
      {"postgres", [] { return std::make_unique<postgres_home>(); }},
      {"memory", [] { return std::make_unique<memory_home>(); }},
  };
  return kinds;
}

}  // namespace heed::contract
