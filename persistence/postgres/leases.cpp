#include "persistence/leases.hpp"

#include <charconv>
#include <nlohmann/json.hpp>

#include "persistence/postgres/postgres_store.hpp"
#include "persistence/postgres/timed_line.hpp"

/// Membership and shard leases.
namespace heed {
namespace postgres {
namespace {

using nlohmann::json;

/// A heartbeat that takes longer is as good as none.
constexpr auto most_of_one_call = std::chrono::milliseconds(1'000);

std::int64_t number_of(const std::optional<std::string>& text) {
  std::int64_t out = 0;
  if (text) std::from_chars(text->data(), text->data() + text->size(), out);
  return out;
}

template <class Range, class F>
std::string array_of(const Range& all, F number) {
  std::string out = "{";
  for (const auto& each : all)
    out += (out.size() > 1 ? "," : "") + std::to_string(number(each));
  return out + "}";
}

node_seen read_node(const json& n) {
  node_seen out;
  out.who = {n.at("epoch"), n.at("id"),   n.at("name"), n.at("address"),     n.at("port"),
             n.at("host"),  n.at("boot"), n.at("pid"),  n.at("pid_started"), n.at("version")};
  out.draining = n.at("draining");
  out.age = std::chrono::microseconds(n.at("age").get<std::int64_t>());
  out.left = std::chrono::microseconds(n.at("left").get<std::int64_t>());
  return out;
}

class postgres_leases final : public lease_store {
 public:
  postgres_leases(location where, postgres_store& store)
      : store_(store), line_(std::move(where), most_of_one_call), epoch_(std::to_string(store.identity().epoch)) {}

  result<void> join(const node_card& me, std::chrono::microseconds ttl) override {
    return guarded([&] {
      (void)line_.run("node_join",
                {epoch_, me.name, me.address, std::to_string(me.port), me.host, me.boot, std::to_string(me.pid),
                 std::to_string(me.pid_started), me.version, std::to_string(ttl.count())});
    });
  }

  result<cluster_reading> beat(std::chrono::microseconds ttl, bool draining) override {
    return guarded([&] {
      const auto rows = line_.run("heartbeat", {epoch_, std::to_string(ttl.count()), draining ? "t" : "f",
                                                std::to_string(leases_sum_), std::to_string(config_sum_)});
      const auto told = json::parse(rows.at(0).at(0).value());
      if (!told.at("alive").get<bool>()) throw database_error(errc::fatal, "others hold this node for dead");
      last_.now = from_micros(told.at("now"));
      last_.nodes.clear();
      if (const auto& nodes = told.at("nodes"); nodes.is_array())
        for (const auto& n : nodes)
          last_.nodes.push_back(read_node(n));
      if (const auto& leases = told.at("leases"); leases.is_array()) {
        last_.leases.clear();
        for (const auto& l : leases)
          last_.leases.push_back({l.at(0), l.at(1), l.at(2)});
      }
      if (const auto& config = told.at("config"); config.is_object()) last_.config = config;
      leases_sum_ = told.at("leases_sum");
      config_sum_ = told.at("config_sum");
      return last_;
    });
  }

  result<std::vector<std::uint64_t>> bury(std::span<const std::uint64_t> proved) override {
    return guarded([&] {
      std::vector<std::uint64_t> out;
      for (const auto& row : line_.run("nodes_bury", {array_of(proved, [](auto e) { return e; })}))
        out.push_back(static_cast<std::uint64_t>(number_of(row.at(0))));
      if (out.empty()) return out;
      try {
        (void)line_.run("sessions_end", {array_of(out, [](auto e) { return e; })});
      } catch (const database_error&) {
        // Its locks then last until the server gives its sessions up; the fence does not need this.
        return out;
      }
      return out;
    });
  }

  result<std::vector<granted>> take(std::span<const lease_row> wanted) override {
    return guarded([&] {
      std::vector<granted> out;
      const auto rows =
          line_.run("shards_take", {epoch_, array_of(wanted, [](const lease_row& l) { return l.shard; }),
                                    array_of(wanted, [](const lease_row& l) { return l.epoch; })});
      for (const auto& row : rows)
        out.push_back({static_cast<shard_id>(number_of(row.at(0))), static_cast<std::uint64_t>(number_of(row.at(1)))});
      return out;
    });
  }

  result<void> release(std::span<const shard_id> shards) override {
    return guarded(
        [&] { (void)line_.run("shards_release", {epoch_, array_of(shards, [](shard_id s) { return s; })}); });
  }

  result<void> leave() override {
    return guarded([&] { (void)line_.run("node_leave", {epoch_}); });
  }

  result<std::vector<told_lead>> lose_calls(const std::vector<bool>& shards, time_point now) override {
    return store_.lose_calls(shards, now);
  }

 private:
  postgres_store& store_;
  timed_line line_;
  std::string epoch_;
  cluster_reading last_;
  std::int64_t leases_sum_ = -1, config_sum_ = -1;
};

}  // namespace
}  // namespace postgres

result<std::unique_ptr<lease_store>> open_leases(const std::string& url, store& opened) {
  auto* shared = dynamic_cast<postgres::postgres_store*>(&opened);
  if (!shared || !shared->identity().shared)
    return fail(errc::refused, "several nodes need a Postgres store: set store.url to postgres://...");
  auto where = postgres::parse_location(url);
  if (!where) return tl::unexpected(where.error());
  where->conninfo += "&tcp_user_timeout=1000&application_name=" + shared->sessions();
  return std::make_unique<postgres::postgres_leases>(std::move(*where), *shared);
}

}  // namespace heed
