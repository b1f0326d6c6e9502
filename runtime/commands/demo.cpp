#include "runtime/commands/demo.hpp"

#include <spdlog/spdlog.h>

#include <filesystem>
#include <iostream>

#include "adapters/api/crypto.hpp"
#include "adapters/api/users.hpp"
#include "runtime/commands/serve.hpp"
#include "runtime/demo/sample_people.hpp"
#include "runtime/zones.hpp"

namespace heed::commands {
namespace {

time_point real_now() { return std::chrono::time_point_cast<duration>(std::chrono::system_clock::now()); }

constexpr auto owner_email = "owner@demo.example";

struct credentials {
  std::string key;
  std::string password;  ///< of the console's owner
};

/// A new key and a new owner's password for this start; only their hashes are kept.
result<credentials> make_credentials(const std::string& url) {
  auto migrated = migrate_store(url);
  if (!migrated) return tl::unexpected<store_error>(migrated.error());
  auto opened = open_store(url, open_mode::read_write);
  if (!opened) return tl::unexpected<store_error>(opened.error());
  const workspace_id ws{demo::workspace_name};
  auto reader = (*opened)->reader();
  if (!reader) return tl::unexpected<store_error>(reader.error());
  const auto known = (*reader)->workspaces();
  if (!known) return tl::unexpected<store_error>(known.error());
  if (std::ranges::find(*known, ws) == known->end())
    if (auto made = (*opened)->create_workspace(ws, real_now()); !made)
      return tl::unexpected<store_error>(made.error());
  auto key = api::new_api_key();
  auto put = (*opened)->put_api_key({api::sha256_hex(key), ws, role::operator_, "demo", real_now(), false});
  if (!put) return tl::unexpected<store_error>(put.error());
  api::user_directory users;
  auto password = api::random_name().substr(0, 16);
  users.users.push_back(api::first_owner(owner_email, "Demo owner", password));
  if (auto kept = (*opened)->put_meta(api::users_meta, api::to_text(users)); !kept)
    return tl::unexpected<store_error>(kept.error());
  return credentials{std::move(key), std::move(password)};
}

int refuse(const std::string& why) {
  std::cerr << "heed demo: " << why << "\n";
  return 2;
}

void greet(const demo_options& o, const std::string& url, const credentials& made) {
  std::cout << "Heed demo\n"
            << "  store    " << shown_url(url) << "\n"
            << "  address  http://127.0.0.1:" << o.port << "\n"
            << "  console  http://127.0.0.1:" << o.port << "/sender/queue   (" << owner_email << ", password " << made.password
            << ")\n"
            << "  API key  " << made.key << "   (shown once; Authorization: Bearer ...)\n"
            << "  try      curl -H \"Authorization: Bearer $KEY\" http://127.0.0.1:" << o.port
            << "/v1/workspaces/demo/sandbox\n"
            << std::endl;
}

}  // namespace

int run_demo(const demo_options& given) {
  auto o = given;
  set_up_log({});
  block_signals();
  std::error_code ignored;
  std::filesystem::create_directories(o.directory, ignored);
  const auto url = o.store_url.empty() ? "sqlite:" + (std::filesystem::path(o.directory) / "heed.db").string()
                                       : o.store_url;
  const auto made = make_credentials(url);
  if (!made) return refuse(made.error().detail);
  if (o.port != 0) greet(o, url, *made);

  const auto zones = load_zones();
  node_options n;
  n.store_url = url;
  n.time_scale = o.time_scale;
  n.time_start = demo::monday_morning(*zones, real_now());
  n.seed = o.seed;
  n.workspaces.push_back({demo::sample_workspace(zones.get()), std::nullopt, false});
  n.http.port = o.port;
  auto started = node::start(std::move(n));
  if (!started) return refuse(started.error().detail);
  if (o.port == 0) {
    o.port = (*started)->port();
    greet(o, url, *made);
  }
  bool sound = false;
  {
    demo::sample_people people(**started, demo::sample_persons(o.leads, o.seed), o.seed);
    const auto most = o.exit_after > 0 ? std::optional(std::chrono::seconds(o.exit_after)) : std::nullopt;
    sound = run_until_signal(**started, most);
  }
  if (!sound) {
    spdlog::critical("node.left reason=\"broken\"");
    spdlog::shutdown();
    std::_Exit(1);
  }
  stop_in_time(**started);
  return 0;
}

}  // namespace heed::commands
