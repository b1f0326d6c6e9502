#include <CLI/CLI.hpp>
#include <fstream>
#include <iostream>

#include "runtime/commands/check.hpp"
#include "runtime/commands/classify.hpp"
#include "runtime/commands/cluster.hpp"
#include "runtime/commands/demo.hpp"
#include "runtime/commands/normalize.hpp"
#include "runtime/commands/serve.hpp"
#include "runtime/commands/simulate.hpp"
#include "runtime/commands/stop.hpp"
#include "runtime/commands/store_commands.hpp"
#include "runtime/restart.hpp"
#include "runtime/commands/timing_choose.hpp"
#include "runtime/commands/timing_state.hpp"
#include "runtime/zones.hpp"

namespace {

using namespace heed;

/// What every command about a store takes: the store itself, or the configuration that names it.
struct place {
  std::string config_file;
  std::string store_url;

  void add_to(CLI::App& command) {
    command.add_option("--config", config_file, "Configuration file")->check(CLI::ExistingFile);
    command.add_option("--store", store_url,
                       "Store, like sqlite:PATH or postgres://...; wins over the configuration's");
  }
  /// The configuration, with problems printed when there are some.
  [[nodiscard]] std::optional<config::config> load(const zone_table* zones) const {
    std::map<std::string, std::string> flags;
    if (!store_url.empty()) flags["store.url"] = store_url;
    auto loaded = config::load({config_file, config::process_environment(), flags, zones});
    if (loaded) return std::move(*loaded);
    for (const auto& p : loaded.error())
      std::cerr << p.field << ": " << p.detail << "\n";
    return std::nullopt;
  }
  [[nodiscard]] std::optional<std::string> url() const {
    if (!store_url.empty()) return store_url;
    auto loaded = load(nullptr);
    if (!loaded) return std::nullopt;
    return loaded->store_url;
  }
};

/// Runs a command that needs only the store's URL; 2 when there is none.
template <class F>
int with_store(const place& p, F&& run) {
  const auto url = p.url();
  return url ? run(*url) : 2;
}

int create_key(const place& p, commands::key_options o) {
  return with_store(p, [&](const std::string& url) {
    // A key is often the first thing an installation needs.
    if (const auto migrated = migrate_store(url); !migrated) {
      std::cerr << "heed key: " << migrated.error().detail << "\n";
      return 2;
    }
    o.store_url = url;
    return commands::run_key_create(o, std::cout, std::cerr);
  });
}

int serve(const place& p) {
  const auto zones = load_zones();
  const auto loaded = p.load(zones.get());
  return loaded ? commands::run_serve(*loaded) : 2;
}

int simulate(const place& p, const commands::simulate_options& o) {
  const auto zones = load_zones();
  const auto loaded = p.load(zones.get());
  return loaded ? commands::run_simulate(o, *loaded, std::cout, std::cerr) : 2;
}

void add_simulate_command(CLI::App& app, place& at, commands::simulate_options& o, int& code) {
  auto* command = app.add_subcommand(
      "simulate", "What a campaign would do in its next days, before anyone is written to");
  at.add_to(*command);
  command->add_option("--workspace", o.workspace, "Which one, when there are several");
  command->add_option("--campaign", o.campaign, "Campaign document, or the id of one of the workspace's");
  command->add_option("--leads", o.leads,
                      "People as CSV or as POST /leads bodies, one a line; without: a copy of the store");
  command->add_option("--start", o.start, "First instant; now without");
  command->add_option("--days", o.days, "How many")->capture_default_str()->check(CLI::Range(1, 366));
  command->add_option("--enrol-over", o.enrol_over, "People come in evenly over that time")
      ->capture_default_str();
  command
      ->add_option("--people", o.people,
                   "How they answer: silent, cold, warm, keen, or measured from the store's journal")
      ->capture_default_str();
  command->add_option("--seed", o.seed, "Of their answers")->capture_default_str();
  command->add_option("--handoffs-per-day", o.handoffs_per_day, "What the team can take; 0 = not asked");
  command->add_flag("--without-stops", o.without_stops, "As if nothing were stopped");
  command->add_option("--format", o.format, "table, json or html")
      ->capture_default_str()
      ->check(CLI::IsMember({"table", "json", "html"}));
  command->add_option("--policy", o.policy,
                      "Other rules, like hot_threshold=18: what the journal would have been under them");
  command->add_option("--since", o.since, "How much of the journal is asked")->capture_default_str();
  command->callback([&at, &o, &code] { code = simulate(at, o); });
}

/// Through the running node, unless a configuration or a store is named.
int turn_switch(const place& p, commands::stop_options o, bool engaged) {
  if (p.config_file.empty() && p.store_url.empty())
    return commands::run_stop(o, engaged, std::cout, std::cerr);
  const auto url = p.url();
  if (!url) {
    std::cerr << "name the store alone with --store URL\n";
    return 2;
  }
  o.store_url = *url;
  return commands::run_stop(o, engaged, std::cout, std::cerr);
}

void add_switch_command(CLI::App& app, const char* name, const char* about, bool engaged, place& at,
                        commands::stop_options& o, int& code) {
  auto* command = app.add_subcommand(name, about);
  at.add_to(*command);
  command->add_option("--url", o.url, "Where the node answers")->capture_default_str();
  command->add_option("--key", o.api_key, "API key")->envname("HEED_API_KEY");
  command->add_option("--workspace", o.workspace, "Which one");
  command->add_option("--campaign", o.campaign, "Of the workspace: this campaign alone");
  command->add_option("--account", o.account, "Of the workspace: this sending account alone");
  command->add_flag("--all", o.all, "Everything of the installation; needs an operator's key");
  command->add_option("--reason", o.reason, "Kept in the audit");
  command->callback([&at, &o, &code, engaged] { code = turn_switch(at, o, engaged); });
}

void add_cluster_commands(CLI::App& app, commands::certs_options& certs, commands::cluster_status_options& status,
                          int& code) {
  auto* cluster = app.add_subcommand("cluster", "Several nodes on one store")->require_subcommand(1);
  auto* make = cluster->add_subcommand("certs", "Makes the cluster's own CA and a certificate for each node");
  make->add_option("--dir", certs.directory, "Where to; a CA that is there is used")->capture_default_str();
  make->add_option("nodes", certs.nodes, "Names of nodes");
  make->callback([&] { code = commands::run_cluster_certs(certs, std::cout, std::cerr); });
  const auto asks = [&](CLI::App* command) {
    command->add_option("--url", status.url, "Where a node answers")->capture_default_str();
    command->add_option("--key", status.api_key, "An operator's API key")->envname("HEED_API_KEY");
    return command;
  };
  auto* show = asks(cluster->add_subcommand("status", "Nodes, shards, links; 1 when something is missing"));
  show->add_flag("--json", status.as_json, "As JSON");
  show->callback([&] { code = commands::run_cluster_status(status, std::cout, std::cerr); });
  asks(cluster->add_subcommand("drain", "The node at that address gives all its shards to the others"))->callback([&] {
    code = commands::run_cluster_drain(status, std::cout, std::cerr);
  });
}

struct classify_flags {
  bool jsonl = false;
  std::string model = "off";
  std::string vote = "on";
};

void add_classify_command(CLI::App& app, classify_flags& f, int& code) {
  auto* command = app.add_subcommand("classify", "What replies on stdin mean, and by which rule");
  command->add_flag("--jsonl", f.jsonl, "One reply a line in, one verdict a line out")->required();
  command->add_option("--model", f.model, "A language model beside the rules; there is none yet")
      ->capture_default_str()
      ->check(CLI::IsMember({"off"}));
  command->add_option("--vote", f.vote, "The trained vote beside the rules: on or off")
      ->capture_default_str()
      ->check(CLI::IsMember({"on", "off"}));
  command->callback([&f, &code] {
    const auto zones = load_zones();
    // A reader of its own, which knows how much is there.
    std::ios::sync_with_stdio(false);
    std::cin.tie(nullptr);
    const auto use = f.vote == "on" ? reply::vote_use::asked : reply::vote_use::off;
    code = commands::run_classify({use, zones.get()}, std::cin, std::cout);
  });
}

void add_timing_command(CLI::App& app, place& at, commands::timing_options& o, commands::timing_state_options& state, int& code) {
  auto* timing = app.add_subcommand("timing", "When to speak")->require_subcommand(1);
  auto* command =
      timing->add_subcommand("choose", "The best minute of each window, from a file of engagements");
  command
      ->add_option("--events", o.events_file,
                   R"(A line each: {"lead","at","kind":"open|click|reply","tz","segment"})")
      ->required()
      ->check(CLI::ExistingFile);
  command
      ->add_option("--requests", o.requests_file,
                   R"(A line each: {"lead","tz","segment","from","to","latency_s"})")
      ->required()
      ->check(CLI::ExistingFile);
  command->add_option("--threads", o.threads, "0 = one per processor")->capture_default_str();
  command->callback(
      [&o, &code] { code = commands::run_timing_choose(o, *load_zones(), std::cout, std::cerr); });
  auto* out = timing->add_subcommand("export", "What a workspace has learned of when to speak, as one document");
  auto* in = timing->add_subcommand("import", "The same into another store, with no node on it");
  for (auto* each : {out, in}) {
    at.add_to(*each);
    each->add_option("--workspace", state.workspace, "Whose")->required();
  }
  in->add_option("--file", state.file, "Where `heed timing export` wrote it")->required()->check(CLI::ExistingFile);
  out->callback([&at, &state, &code] {
    code = with_store(at, [&](const std::string& url) {
      state.store_url = url;
      return commands::run_timing_export(state, std::cout, std::cerr);
    });
  });
  in->callback([&at, &state, &code] {
    code = with_store(at, [&](const std::string& url) {
      state.store_url = url;
      return commands::run_timing_import(state, std::cout, std::cerr);
    });
  });
}

}  // namespace

int main(int argc, char** argv) {
  begin_life(argc, argv);
  CLI::App app{"Heed: outreach that knows when to stop"};
  app.require_subcommand(1);
  place at;
  int code = 0;

  commands::demo_options demo;
  auto* demo_command = app.add_subcommand("demo", "A made workspace on the sandbox, alive by itself");
  demo_command->add_option("--dir", demo.directory, "Where the demo keeps its store")->capture_default_str();
  demo_command->add_option("--port", demo.port, "Port to listen on; 0 = any free one")->capture_default_str();
  demo_command->add_option("--time-scale", demo.time_scale, "How many times faster time runs")
      ->capture_default_str()
      ->check(CLI::Range(1, 100'000));
  demo_command->add_option("--store", demo.store_url, "Another store than the directory's");
  demo_command->add_option("--seed", demo.seed, "Of the sample people")->capture_default_str();
  demo_command->add_option("--leads", demo.leads, "How many")
      ->capture_default_str()
      ->check(CLI::Range(1, 100'000));
  demo_command->add_option("--exit-after", demo.exit_after, "Seconds; 0 = at SIGTERM")->capture_default_str();
  demo_command->callback([&] { code = commands::run_demo(demo); });

  auto* serve_command = app.add_subcommand("serve", "The real thing");
  at.add_to(*serve_command);
  serve_command->callback([&] { code = serve(at); });

  commands::check_options check;
  auto* check_command = app.add_subcommand("check", "Validates a configuration and campaign files");
  check_command->add_option("--config", check.config_file, "Configuration file");
  check_command->add_option("campaigns", check.campaign_files, "Campaign documents, YAML or JSON");
  check_command->callback([&] { code = commands::run_check(check, std::cout, std::cerr); });

  auto* migrate_command = app.add_subcommand("migrate", "Brings the store's schema up to date");
  at.add_to(*migrate_command);
  migrate_command->callback([&] {
    code = with_store(
        at, [](const std::string& url) { return commands::run_migrate({url}, std::cout, std::cerr); });
  });

  commands::explain_options explain;
  std::uint64_t seq = 0;
  auto* explain_command = app.add_subcommand("explain", "Why a lead was, or was not, written to");
  at.add_to(*explain_command);
  explain_command->add_option("lead", explain.lead, "Lead id, email address or phone number")->required();
  auto* seq_option = explain_command->add_option("seq", seq, "One decision in full");
  explain_command->add_flag("--json", explain.json, "As JSON");
  explain_command->callback([&] {
    if (seq_option->count() > 0) explain.seq = seq;
    code = with_store(at, [&](const std::string& url) {
      explain.store_url = url;
      return commands::run_explain(explain, std::cout, std::cerr);
    });
  });

  commands::replay_options replay;
  bool all = false;
  auto* replay_command =
      app.add_subcommand("replay", "Recomputes decisions from the journal and compares the bytes");
  at.add_to(*replay_command);
  replay_command->add_option("lead", replay.lead, "Lead id");
  replay_command->add_flag("--all", all, "Every lead");
  replay_command->callback([&] {
    if (replay.lead.empty() != all) throw CLI::ValidationError("replay", "either a lead or --all");
    code = with_store(at, [&](const std::string& url) {
      replay.store_url = url;
      return commands::run_replay(replay, std::cout, std::cerr);
    });
  });

  auto* verify_command =
      app.add_subcommand("verify", "No effect twice, none forgotten, every stimulus decided once");
  at.add_to(*verify_command);
  verify_command->callback([&] {
    code = with_store(
        at, [](const std::string& url) { return commands::run_verify({url}, std::cout, std::cerr); });
  });

  commands::key_options key;
  commands::copy_command_options copying;
  auto* copy_command =
      app.add_subcommand("copy", "Copies a store, or one of its workspaces, into another store of any kind");
  copy_command->add_option("source", copying.from, "Store to read, like sqlite:PATH or postgres://...; may be in use")->required();
  copy_command->add_option("target", copying.to, "Store to fill: migrated, used by nobody, without these workspaces")->required();
  copy_command->add_option("--workspace", copying.workspace, "This one alone");
  copy_command->add_option("--sample", copying.sample, "Leads to replay in the target afterwards")->capture_default_str();
  copy_command->add_flag("--json", copying.json, "As JSON");
  copy_command->callback([&] { code = commands::run_copy(copying, std::cout, std::cerr); });

  auto* key_command = app.add_subcommand("key", "API keys")->require_subcommand(1);
  auto* create_command =
      key_command->add_subcommand("create", "Makes a key on a stopped store and prints it once");
  at.add_to(*create_command);
  create_command->add_option("--workspace", key.workspace, "Whose key")->required();
  create_command->add_option("--role", key.role, "reader, setter, inbox_manager, admin, owner or operator")
      ->required();
  create_command->add_option("--name", key.name, "Shown in lists and audits");
  create_command->callback([&] { code = create_key(at, key); });

  commands::stop_options stop;
  add_switch_command(app, "stop", "Nothing more is sent until `heed go`; prints the calls on the wire", true,
                     at, stop, code);
  add_switch_command(app, "go", "Takes a stop back", false, at, stop, code);

  commands::simulate_options simulation;
  add_simulate_command(app, at, simulation, code);

  commands::timing_options timing;
  commands::timing_state_options timing_state;
  add_timing_command(app, at, timing, timing_state, code);

  commands::certs_options certs;
  commands::cluster_status_options cluster_status;
  add_cluster_commands(app, certs, cluster_status, code);

  normalize_args normalize;
  auto* normalize_command =
      app.add_subcommand("normalize", "Shows what the gateway makes of a request's body on stdin");
  normalize_command->add_option("provider", normalize.provider, "Provider, or `events`")->required();
  normalize_command->add_option("--headers", normalize.headers_file, "File with `name: value` lines");
  normalize_command->add_option("--url", normalize.url, "URL as the provider called it");
  normalize_command->add_option("--secret", normalize.secrets, "Signing secret; may be repeated");
  normalize_command->add_option("--received-at", normalize.received_at, "RFC 3339 or Unix seconds");
  normalize_command->add_option("--options", normalize.options, "The provider's options as JSON");
  normalize_command->callback([&] { code = run_normalize(normalize, std::cin, std::cout); });

  classify_flags classify;
  add_classify_command(app, classify, code);

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    // Help is an answer; anything else could not be understood.
    return app.exit(e) == 0 ? 0 : 2;
  } catch (const std::exception& e) {
    std::cerr << "heed: " << e.what() << "\n";
    return 2;
  }
  return code;
}
