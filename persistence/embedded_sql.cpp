#include "persistence/embedded_sql.hpp"

#include <string>

namespace heed {
namespace {

constexpr std::string_view name_mark = "-- name: ";

}  // namespace

sql_statements statements_in(std::span<const sql_file> files) {
  sql_statements all;
  for (const auto& file : files) {
    for (auto at = file.text.find(name_mark); at != std::string_view::npos;) {
      const auto name_at = at + name_mark.size();
      const auto line_end = file.text.find('\n', name_at);
      const auto next = file.text.find(name_mark, line_end);
      all.emplace(file.text.substr(name_at, line_end - name_at), file.text.substr(line_end, next - line_end));
      at = next;
    }
  }
  return all;
}

std::int64_t number_of(const sql_file& migration) { return std::stoll(std::string(migration.name)); }

}  // namespace heed
