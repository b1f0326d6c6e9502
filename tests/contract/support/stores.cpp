#include "tests/contract/support/stores.hpp"

#include <cstdlib>
#include <filesystem>

#include "persistence/memory/memory_store.hpp"

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
      {"memory", [] { return std::make_unique<memory_home>(); }},
  };
  return kinds;
}

}  // namespace heed::contract
