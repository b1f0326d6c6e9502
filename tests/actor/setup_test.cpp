#include "runtime/setup.hpp"

#include <functional>

#include "persistence/memory/memory_store.hpp"
#include "persistence/store_decorator.hpp"

#define CAF_SUITE setup
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace std::chrono_literals;

namespace {

/// A node whose first write of a name finds that another one was quicker.
class slower_node final : public store_decorator {
 public:
  slower_node(store& inner, std::function<void(store&)> quicker) : store_decorator(inner), inner_(inner), quicker_(std::move(quicker)) {}
  result<void> swap_meta(const std::string& name, const std::optional<bytes>& read, const bytes& value) override {
    if (const auto other = std::exchange(quicker_, nullptr)) other(inner_);
    return store_decorator::swap_meta(name, read, value);
  }

 private:
  store& inner_;
  std::function<void(store&)> quicker_;
};

struct installation {
  std::unique_ptr<store> kept = std::move(*memory::open(memory::make_image(), open_mode::read_write));
  std::unique_ptr<store_reader> reader = std::move(*kept->reader());
  installation() { CAF_REQUIRE(kept->attach(std::chrono::sys_days{std::chrono::year{2026} / 11 / 16})); }
  std::optional<bytes> meta(const std::string& name) {
    auto value = reader->meta(name);
    CAF_REQUIRE(value);
    return *value;
  }
};

}  // namespace

// Links signed with a key that nobody keeps would be nobody's, and what was decided with it could not be decided again.
CAF_TEST(nodes that start together sign links with one key) {
  installation i;
  std::optional<bytes> first;
  slower_node second(*i.kept, [&](store& s) {
    CAF_REQUIRE(keep_link_key(s, *i.reader));
    first = i.meta(link_key_name);
  });
  CAF_REQUIRE(keep_link_key(second, *i.reader));
  CAF_REQUIRE(first);
  CAF_CHECK(!first->empty());
  CAF_CHECK(i.meta(link_key_name) == first);
}

CAF_TEST(nodes that start together have one time) {
  installation i;
  std::unique_ptr<anchored_clock> first;
  const time_point start = std::chrono::sys_days{std::chrono::year{2026} / 1 / 5};
  slower_node second(*i.kept, [&](store& s) { first = std::move(*set_up_clock(s, *i.reader, 60, start)); });
  auto own = set_up_clock(second, *i.reader, 60, start + 24h);
  CAF_REQUIRE(own);
  CAF_REQUIRE(first);
  const auto apart = (*own)->now() - first->now();
  CAF_CHECK(apart < 1h && apart > -1h);
}
