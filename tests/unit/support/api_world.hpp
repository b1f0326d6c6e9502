#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "adapters/api/api.hpp"
#include "adapters/api/engine.hpp"

namespace heed::tests {

using nlohmann::json;
using header_list = std::vector<std::pair<std::string, std::string>>;

/// An answer as a caller sees it.
struct answer {
  http::response raw;
  [[nodiscard]] int status() const { return raw.status; }
  [[nodiscard]] json body() const { return json::parse(raw.body, nullptr, false); }
  /// One part of the document, by value; null when it is not there.
  [[nodiscard]] json at(const std::string& pointer) const;
  [[nodiscard]] std::string header(std::string_view name) const;
};

/// A node in one thread: the real store in a scratch directory, the real decision core, no actors. Stimuli
/// are decided as they are accepted; time stands still until a test moves it. Workspaces `acme` and `other`.
class api_world : public api::engine {
 public:
  explicit api_world(api::options o = {});
  ~api_world() override;

  /// Sends a request as `key`; the keys below exist.
  answer ask(const std::string& method, const std::string& target, const json& body = nullptr,
             header_list headers = {}, const std::string& key = admin);
  answer ask_raw(const std::string& method, const std::string& target, const std::string& body,
                 header_list headers, const std::string& key);
  answer get(const std::string& target, const std::string& key = admin) {
    return ask("GET", target, nullptr, {}, key);
  }
  answer post(const std::string& target, const json& body = nullptr, header_list headers = {}) {
    return ask("POST", target, body, std::move(headers));
  }

  inline static const std::string ws = "/v1/workspaces/acme";
  inline static const std::string reader = "key-reader";
  inline static const std::string setter = "key-setter";
  inline static const std::string admin = "key-admin";
  inline static const std::string other = "key-other-admin";
  inline static const std::string boss = "key-operator";
  inline static const std::string revoked = "key-revoked";

  /// A campaign `spring` that may be enabled as it is.
  static json campaign();
  static json person(const std::string& name);
  /// Puts the campaign, enrols a person, answers the lead's id.
  std::string enrol(const std::string& name);

  // What the node does, for tests to bend.
  time_point domain_now;
  std::optional<errc> refuse_submit;
  bool decide_at_once = true;
  bool is_ready = true;
  bool hold_submissions = false;  ///< the callers' callbacks are kept instead of called
  std::vector<submitted> held;
  std::vector<std::string> in_flight;      ///< told with every outcome
  std::optional<std::string> refuse_with;  ///< every command is refused with this reason
  bool drop_writes = false;                ///< as when the process dies before the writer's turn
  int reloads = 0;
  int scans = 0;
  std::vector<std::uint64_t> requeued;
  std::vector<std::chrono::milliseconds> waits;   ///< of every submission
  std::vector<std::chrono::milliseconds> delays;  ///< asked of `after`
  std::vector<submission> seen;                   ///< every stimulus submitted
  /// Runs in the middle of a policy change, once: somebody else who is faster.
  std::function<void(store&)> before_write;

  [[nodiscard]] store& db() { return *store_; }
  void load_policy(const workspace_id& w);
  /// What only the configuration file can say: `public_url`, `allow_recipients`, accounts of workspace
  /// `acme`.
  void edit_policy(const std::function<void(policy&)>& edit);
  /// `by:what:detail`, a line each.
  std::string audited();
  effect_row first_effect(const std::string& lead);
  /// As when the effect's call is on the wire.
  void start_call(const effect_id& id);

  void submit(std::vector<submission> items, patience wait, submitted done) override;
  void read(std::function<void(store_reader&)> f) override;
  void write(std::function<void(store&)> f) override;
  [[nodiscard]] time_point now() const override { return domain_now; }
  [[nodiscard]] std::shared_ptr<const policy> current_policy(const workspace_id& w) const override;
  [[nodiscard]] std::optional<api_key_row> find_key(const std::string& hash) const override;
  void reload(const workspace_id& w, std::function<void()> taken_up) override;
  [[nodiscard]] json actors() const override {
    const json root{{"path", "root"}, {"state", "running"}, {"crashes", 0},       {"restarts", 0},
                    {"since", nullptr}, {"mailbox", nullptr}, {"handled", nullptr}, {"last_error", nullptr},
                    {"history", json::array()}, {"children", json::array()}};
    return {{"tree", root},      {"crashed_leads", json::array()}, {"campaigns", json::array()}, {"resident_leads", 0},
            {"undecided", 0}, {"running", 1}};
  }
  restart_answer restart_actor(const std::string& path, const std::string&) override {
    return path == "regions/0" ? restart_answer::asked : path == "store" ? restart_answer::restarting : restart_answer::unknown;
  }
  [[nodiscard]] bool chaos_enabled() const override { return chaos_on; }
  tl::expected<void, problems> inject(const json& fault) override {
    if (fault.contains("what")) return {};
    return tl::unexpected(problems{{"/what", "must be crash, hang, poison, throw_every or exit"}});
  }
  bool chaos_on = false;
  [[nodiscard]] std::string metrics() const override { return "heed_up 1\n"; }
  [[nodiscard]] bool ready() const override { return is_ready; }
  void force_due_scan(std::function<void(json)> done) override;
  void requeue(std::uint64_t inbox, std::function<void(result<void>)> done) override;
  void after(std::chrono::milliseconds delay, std::function<void()> f) override;
  [[nodiscard]] std::vector<workspace_id> workspaces() const override;
  [[nodiscard]] std::string link_key() const override { return "link-key-of-the-tests"; }
  [[nodiscard]] std::optional<account_setup> account_of(const workspace_id& w,
                                                        const account_id& id) const override;
  [[nodiscard]] std::optional<account_pulse> pulse_of(const workspace_id&, const account_id& id) const override {
    const auto found = pulses.find(id);
    return found == pulses.end() ? std::nullopt : std::optional(found->second);
  }
  [[nodiscard]] result<bytes> seal_account(const outbound::sending_account& a) const override;
  void use_account(const outbound::sending_account& a) override;
  void send_test(const workspace_id& w, const account_id& through, rendered_message m,
                 std::function<void(outbound::send_report)> done) override;
  void resolve_effect(const workspace_id& w, const effect_id& id, bool delivered, const std::string& by,
                      std::function<void(result<void>)> done) override;

  std::map<std::pair<workspace_id, account_id>, account_setup> known_accounts;
  std::map<account_id, account_pulse> pulses;
  bool can_seal = true;
  std::vector<std::pair<account_id, rendered_message>> test_sends;
  send_result test_result = send_result::accepted;
  std::vector<std::pair<effect_id, bool>> resolved;
  std::optional<errc> refuse_resolve;

 private:
  void make_key(const std::string& text, const std::string& w, role as, bool is_revoked);
  outcome accept(const submission& s);
  void decide_one(const workspace_id& w, const accepted_for& a, const stimulus& what, outcome& out);

  std::filesystem::path directory_;
  std::unique_ptr<store> store_;
  std::unique_ptr<store_reader> reader_;
  std::uint64_t epoch_ = 0;
  int leads_ = 0;
  std::map<workspace_id, std::shared_ptr<const policy>> policies_;
  std::map<std::string, api_key_row> keys_;
  http::handler handler_;
};

}  // namespace heed::tests
