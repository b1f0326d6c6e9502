#include "actors/lead/timing/population_json.hpp"

#include <nlohmann/json.hpp>
#include <stdexcept>

namespace heed::timing {
namespace {

constexpr int version = 1;

nlohmann::json curve_json(const prior_curve& p) {
  return {{"people", p.people},
          {"values", std::vector<float>(p.shape.values().begin(), p.shape.values().end())}};
}

/// Above 0 and with a sum near 1: a prior excludes no minute, and is a density.
prior_curve curve_from(const nlohmann::json& j) {
  const auto values = j.at("values").get<std::vector<float>>();
  if (values.size() != static_cast<std::size_t>(curve::cells)) throw std::invalid_argument("values");
  double sum = 0;
  curve::coefficients cells;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (!(values[i] > 0 && values[i] < 1)) throw std::invalid_argument("values");
    sum += static_cast<double>(cells[i] = values[i]);
  }
  if (!(sum * curve::cell_minutes > 0.99 && sum * curve::cell_minutes < 1.01))
    throw std::invalid_argument("values");
  const auto people = j.at("people").get<float>();
  if (!(people >= 0 && people < 1e9f)) throw std::invalid_argument("people");
  return prior_of_values(cells, people);
}

}  // namespace

nlohmann::json to_json(const population& p) {
  nlohmann::json j{
      {"version", version}, {"half_life_days", p.half_life_days}, {"workspace", curve_json(p.workspace)}};
  j["settings"] = p.priors;
  j["segments"] = nlohmann::json::object();
  for (const auto& [name, members] : p.segments)
    j["segments"][name] = curve_json(members);
  return j;
}

std::optional<population> population_from(const nlohmann::json& j) try {
  if (j.at("version") != version) return std::nullopt;
  population p;
  p.half_life_days = j.at("half_life_days").get<float>();
  if (!(p.half_life_days >= 1 && p.half_life_days <= 3'650)) return std::nullopt;
  p.priors = j.at("settings").get<setting_priors>();
  for (const auto& row : p.priors) {
    float sum = 0;
    for (const float x : row) {
      if (!(x >= 0)) return std::nullopt;
      sum += x;
    }
    if (!(sum > 0.99f && sum < 1.01f)) return std::nullopt;
  }
  p.workspace = curve_from(j.at("workspace"));
  for (const auto& [name, members] : j.at("segments").items())
    p.segments.emplace(name, curve_from(members));
  return p;
} catch (const std::exception&) {
  return std::nullopt;
}

}  // namespace heed::timing
