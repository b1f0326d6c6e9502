#include <algorithm>
#include <chrono>

#include "persistence/sqlite/copy_ends.hpp"

namespace heed::sqlite {
namespace {

using namespace copying;

/// What becomes of the value of one column of the source.
struct place {
  std::size_t from = 0;
  bool is_text = false;
};

class sqlite_target final : public target {
 public:
  explicit sqlite_target(const location& where)
      : lock_(lock_for(where)), db_(where.path, access::write, where.synchronous.c_str()) {
    require_current_schema(db_);
    tx_.emplace(db_, transaction::kind::immediate);
  }

  std::vector<workspace_id> workspaces() override {
    std::vector<workspace_id> out;
    auto s = db_.prepare("select id from workspace");
    for (auto rows = s.query(); rows.next();)
      out.emplace_back(rows.text(0));
    return out;
  }
  meta_values meta() override {
    meta_values out;
    auto s = db_.prepare("select name, value from meta");
    for (auto rows = s.query(); rows.next();)
      out[rows.text(0)] = rows.text(1);
    return out;
  }
  std::int64_t last_number(std::string_view table) override {
    if (table == "inbox") return db_["inbox_last"].number().value_or(0);
    const auto own = highest(table);
    return table == "effect" ? std::max(own, highest("effect_done")) : own;
  }
  void expect(span_of_time) override {}

  void begin(std::string_view table, const columns& names) override {
    table_ = table;
    places_.clear();
    before_ = count();
    std::string into, values;
    for (const auto& [own, is_text, needed] : columns_of(table)) {
      const auto name = table_ == "workspace" && own == "id" ? std::string("workspace") : own;
      const auto at = std::ranges::find(names, name);
      if (at == names.end()) {
        if (needed) throw database_error(errc::fatal, "nothing is known for " + table_ + "." + own);
        continue;
      }
      places_.push_back({static_cast<std::size_t>(at - names.begin()), is_text});
      into += (into.empty() ? "" : ", ") + own;
      values += values.empty() ? "?" : ", ?";
    }
    insert_.emplace(db_.prepare("insert into " + table_ + " (" + into + ") values (" + values + ")"));
    const auto consumed = std::ranges::find(names, "consumed");
    consumed_ = consumed == names.end() ? std::nullopt : std::optional(static_cast<std::size_t>(consumed - names.begin()));
  }

  void put(row values) override {
    for (std::size_t i = 0; i < places_.size(); ++i)
      set(static_cast<int>(i) + 1, values[places_[i].from], places_[i].is_text);
    insert_->insert();
    // The journal's rows begin with lead and seq.
    if (consumed_ && values[*consumed_].is == cell::what::integers)
      for (const auto inbox : values[*consumed_].integers)
        db_["decided_insert"].run(inbox, values[0].integer, values[1].integer);
  }
  std::uint64_t end() override {
    insert_.reset();
    return count() - before_;
  }

  /// SQLite numbers its rows behind the highest there is.
  void go_on_after(const std::map<std::string_view, std::int64_t>&) override {}
  void put_meta(const std::string& name, const bytes& value) override { db_["meta_put"].run(name, blob{value}); }
  void raise_epoch(std::uint64_t epoch) override {
    if (epoch <= static_cast<std::uint64_t>(db_["epoch_last"].number().value_or(0))) return;
    db_["node_insert"].run(epoch, std::string_view("copied"), 0, time_point{});
  }
  void commit() override { tx_->commit(); }

 private:
  struct column {
    std::string name;
    bool is_text = false, needed = false;
  };

  static process_lock lock_for(const location& where) {
    if (!std::filesystem::exists(where.path))
      throw database_error(errc::not_found, "no store at " + where.path + ": run `heed migrate` for it");
    return process_lock(where.path + ".lock");
  }
  std::uint64_t count() {
    return static_cast<std::uint64_t>(db_.prepare("select count(*) from " + table_).number().value_or(0));
  }
  std::int64_t highest(std::string_view table) {
    return db_.prepare("select coalesce(max(n), 0) from " + std::string(table)).number().value_or(0);
  }
  std::vector<column> columns_of(std::string_view table) {
    std::vector<column> out;
    auto s = db_.prepare("select name, type, \"notnull\" and dflt_value is null from pragma_table_info(?1)");
    for (auto rows = s.query(table); rows.next();)
      out.push_back({rows.text(0), rows.text(1) == "TEXT" || rows.text(1) == "text", rows.flag(2)});
    return out;
  }
  void set(int at, const cell& c, bool is_text) {
    switch (c.is) {
      case cell::what::integer:
        return insert_->set(at, c.integer);
      case cell::what::bytes:
        return is_text ? insert_->set(at, c.bytes) : insert_->set(at, blob{c.bytes});
      case cell::what::null:
      case cell::what::integers:
        return insert_->set_null(at);
    }
  }

  process_lock lock_;
  database db_;
  std::optional<transaction> tx_;
  std::string table_;
  std::vector<place> places_;
  std::optional<std::size_t> consumed_;
  std::optional<statement> insert_;
  std::uint64_t before_ = 0;
};

}  // namespace

std::unique_ptr<target> open_copy_target(const location& where) { return std::make_unique<sqlite_target>(where); }

}  // namespace heed::sqlite
