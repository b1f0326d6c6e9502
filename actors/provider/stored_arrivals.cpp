#include "actors/provider/stored_arrivals.hpp"

#include <nlohmann/json.hpp>
#include <set>

namespace heed {

using nlohmann::json;

std::string imported_arrivals_name(const workspace_id& ws, const account_id& account) {
  return "arrivals:" + ws.value + "/" + account.value;
}

std::string encode_arrivals(const std::vector<arrival_row>& rows) {
  auto all = json::array();
  for (const auto& r : rows)
    all.push_back({r.effect.value, r.domain, to_micros(r.handed_over), r.delivered ? json(to_micros(*r.delivered)) : json()});
  return all.dump();
}

std::optional<std::vector<arrival_row>> decode_arrivals(std::string_view text) try {
  std::vector<arrival_row> out;
  for (const auto& j : json::parse(text)) {
    arrival_row r{effect_id{j.at(0).get<std::string>()}, j.at(1).get<std::string>(), from_micros(j.at(2).get<std::int64_t>()), {}};
    if (!j.at(3).is_null()) r.delivered = from_micros(j.at(3).get<std::int64_t>());
    out.push_back(std::move(r));
  }
  return out;
} catch (const json::exception&) {
  return std::nullopt;
}

result<std::vector<arrival_row>> stored_arrivals(store_reader& r, const workspace_id& ws, const account_id& account, time_point since,
                                                 std::size_t most) {
  auto own = r.arrivals_of(ws, account, since, most);
  if (!own || own->size() >= most) return own;
  auto imported = r.meta(imported_arrivals_name(ws, account));
  if (!imported) return tl::unexpected<store_error>(std::move(imported.error()));
  if (!*imported) return own;
  auto rows = decode_arrivals(**imported);
  if (!rows) return fail(errc::fatal, "the imported arrivals of " + account.value + " are unreadable");
  std::set<std::string> known;
  for (const auto& row : *own) known.insert(row.effect.value);
  for (auto& row : *rows)
    if (row.handed_over > since && own->size() < most && known.insert(row.effect.value).second) own->push_back(std::move(row));
  return own;
}

}  // namespace heed
