#pragma once

#include <functional>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "actors/lead/check.hpp"
#include "persistence/errc.hpp"

namespace heed::memory {

/// Why a change or a read cannot be; becomes a `store_error` where the port begins.
struct broken_rule : std::runtime_error {
  broken_rule(errc c, const std::string& detail) : std::runtime_error(detail), code(c) {}
  errc code;
};

/// How to take back what the open transaction changed, last change first.
class undo_log {
 public:
  void add(std::function<void()> step) { steps_.push_back(std::move(step)); }
  /// For rows that are thrown away when something fails.
  void keep_nothing() { kept_ = false; }
  [[nodiscard]] bool kept() const { return kept_; }
  void roll_back() {
    for (auto it = steps_.rbegin(); it != steps_.rend(); ++it)
      (*it)();
    steps_.clear();
  }
  void forget() { steps_.clear(); }

 private:
  std::vector<std::function<void()>> steps_;
  bool kept_ = true;
};

/// Rows in order of their key. Every change can be taken back, so a transaction is undone and never copied.
template <class Key, class Row>
class table {
 public:
  explicit table(undo_log& log) : log_(log) {}
  table(const table&) = delete;
  table& operator=(const table&) = delete;

  [[nodiscard]] const Row* find(const Key& k) const {
    const auto it = rows_.find(k);
    return it == rows_.end() ? nullptr : &it->second;
  }
  [[nodiscard]] bool has(const Key& k) const { return rows_.contains(k); }
  [[nodiscard]] const Row& at(const Key& k) const {
    const auto* row = find(k);
    CHECK(row != nullptr);
    return *row;
  }
  /// The row to be changed in place.
  [[nodiscard]] Row& edit(const Key& k) {
    const auto it = rows_.find(k);
    CHECK(it != rows_.end());
    if (log_.kept()) log_.add([this, k, old = it->second] { rows_.at(k) = old; });
    return it->second;
  }
  /// False when the key is taken; the row there stays.
  bool insert(const Key& k, Row row) {
    if (!rows_.emplace(k, std::move(row)).second) return false;
    if (log_.kept()) log_.add([this, k] { rows_.erase(k); });
    return true;
  }
  void put(const Key& k, Row row) {
    if (has(k))
      edit(k) = std::move(row);
    else
      insert(k, std::move(row));
  }
  bool erase(const Key& k) {
    auto node = rows_.extract(k);
    if (node.empty()) return false;
    if (log_.kept()) log_.add([this, k, row = std::move(node.mapped())] { rows_.emplace(k, row); });
    return true;
  }

  [[nodiscard]] auto begin() const { return rows_.begin(); }
  [[nodiscard]] auto end() const { return rows_.end(); }
  [[nodiscard]] auto rbegin() const { return rows_.rbegin(); }
  [[nodiscard]] auto rend() const { return rows_.rend(); }
  [[nodiscard]] auto from(const Key& k) const { return rows_.lower_bound(k); }
  [[nodiscard]] auto after(const Key& k) const { return rows_.upper_bound(k); }
  [[nodiscard]] std::size_t size() const { return rows_.size(); }
  [[nodiscard]] bool empty() const { return rows_.empty(); }

 private:
  undo_log& log_;
  std::map<Key, Row> rows_;
};

/// An index: keys without rows.
struct nothing {};
template <class... Parts>
using index = table<std::tuple<Parts...>, nothing>;

}  // namespace heed::memory
