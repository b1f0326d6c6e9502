#include "persistence/memory/memory_store.hpp"

#include <unistd.h>

#include <set>

#include "persistence/memory/reader.hpp"
#include "persistence/memory/writer.hpp"
#include "persistence/store_rules.hpp"

namespace heed::memory {
namespace {

void check_entry(const suppression_row& row) {
  if (row.hash.empty()) throw broken_rule(errc::refused, "`hash` of a suppression is empty");
  if (row.scope != "person" && row.scope != "address")
    throw broken_rule(errc::refused, "`scope` of a suppression is neither person nor address");
}

class memory_store final : public store {
 public:
  memory_store(std::shared_ptr<image> on, open_mode mode) : image_(std::move(on)), mode_(mode), writer_(*image_) {}
  ~memory_store() override {
    std::lock_guard guard(image_->lock);
    if (mode_ == open_mode::read_write) image_->held = false;
  }

  result<node_identity> attach(time_point now) override {
    return change([&](image& m) {
      node_identity who;
      who.epoch = (m.nodes.empty() ? 0 : m.nodes.rbegin()->first) + 1;
      who.node_id = "node-" + std::to_string(who.epoch) + "-" + std::to_string(::getpid());
      m.nodes.insert(who.epoch, who.node_id);
      create_switch(m, stop_scope::global, {}, now);
      writer_.become(who);
      writer_.orphan_calls(now);
      return who;
    });
  }

  result<write_result> write(const write_batch& batch) override {
    if (!writer_.attached()) return fail(errc::refused, "attach before the first write");
    return change([&](image&) {
      write_result out;
      for (const auto& item : batch.accepts)
        out.accepts.push_back(writer_.accept(item));
      for (const auto& c : batch.commits)
        out.commits.push_back(writer_.commit(c));
      for (const auto& f : batch.finishes)
        out.finishes.push_back(writer_.finish(f));
      for (const auto& c : batch.claims)
        out.claims.push_back(writer_.claim(c));
      for (const auto& m : batch.sandbox)
        writer_.deliver(m);
      return out;
    });
  }

  result<std::unique_ptr<store_reader>> reader() override { return make_reader(image_); }

  result<void> count_attempt(std::span<const std::uint64_t> inbox) override {
    return change([&](image& m) {
      for (const auto each : inbox)
        if (m.pending.has(each)) ++m.pending.edit(each).attempts;
    });
  }
  result<void> bury(std::uint64_t inbox, const std::string& error, time_point now) override {
    return change([&](image&) { writer_.bury(inbox, error, now); });
  }
  result<void> requeue(std::uint64_t inbox) override {
    return change([&](image&) { writer_.requeue(inbox); });
  }
  result<void> bury_effect(const effect_id& id, const std::string& error, time_point now) override {
    return change([&](image&) { writer_.bury_effect(id, error, now); });
  }

  result<void> create_workspace(const workspace_id& ws, time_point now) override {
    return change([&](image& m) {
      m.workspaces.insert(ws, now);
      create_switch(m, stop_scope::global, {}, now);
      create_switch(m, stop_scope::workspace, ws, now);
    });
  }
  result<std::uint64_t> put_policy(const workspace_id& ws, std::uint64_t expected, const bytes& body,
                                   const audit_row& why) override {
    return change([&](image& m) {
      if (!m.workspaces.has(ws)) throw broken_rule(errc::not_found, "no such workspace");
      std::uint64_t last = 0;
      each_of(m.policies, ws, [&](const auto& key, const bytes&) { last = key.second; });
      if (last != expected) throw broken_rule(errc::conflict, "the policy has changed since it was read");
      m.policies.insert({ws, expected + 1}, body);
      m.audit.insert(m.next(), why);
      return expected + 1;
    });
  }
  result<void> put_api_key(const api_key_row& row) override {
    return change([&](image& m) { m.api_keys.put(row.hash, row); });
  }
  result<void> put_kill_switch(const kill_switch_row& given) override {
    return change([&](image& m) {
      const auto row = store_rules::canonical(given);
      m.switches.put({row.scope, row.workspace, row.name}, row);
    });
  }
  result<void> create_kill_switch(const kill_switch_row& given) override {
    return change([&](image& m) {
      const auto row = store_rules::canonical(given);
      m.switches.insert({row.scope, row.workspace, row.name}, row);
    });
  }
  result<void> put_meta(const std::string& name, const bytes& value) override {
    return change([&](image& m) { m.meta.put(name, value); });
  }
  result<void> swap_meta(const std::string& name, const std::optional<bytes>& read, const bytes& value) override {
    return change([&](image& m) {
      const auto* kept = m.meta.find(name);
      if (kept ? read != *kept : read.has_value()) throw broken_rule(errc::conflict, store_rules::meta_changed(name));
      m.meta.put(name, value);
    });
  }
  result<void> put_idempotent_answer(const workspace_id& ws, const std::string& key, const bytes& request_hash,
                                     const bytes& answer, time_point) override {
    return change([&](image& m) {
      m.answers.insert({ws, key}, {request_hash, answer});
      // The same request twice at once is no conflict: the first answer stands for both.
      if (m.answers.at({ws, key}).request_hash != request_hash)
        throw broken_rule(errc::conflict, "this Idempotency-Key was used for another request");
    });
  }
  result<void> add_audit(const audit_row& row) override {
    return change([&](image& m) { m.audit.insert(m.next(), row); });
  }

  result<std::uint64_t> add_suppressions(std::span<const suppression_row> rows) override {
    return change([&](image& m) {
      std::uint64_t added = 0;
      for (const auto& row : rows) {
        check_entry(row);
        const auto lead = number_of(m, row.workspace, row.lead);
        added += m.suppressions.insert({row.workspace, row.hash, row.scope, lead}, row) ? 1 : 0;
      }
      return added;
    });
  }
  result<std::uint64_t> lift_suppression(const workspace_id& ws, const std::string& hash,
                                         const audit_row& why) override {
    return change([&](image& m) {
      std::uint64_t lifted = 0;
      for (const auto* scope : {"address", "person"})
        lifted += m.suppressions.erase({ws, hash, scope, 0}) ? 1 : 0;
      m.audit.insert(m.next(), why);
      return lifted;
    });
  }
  result<void> put_account_config(const account_config_row& row) override {
    return change([&](image& m) { m.account_configs.put({row.workspace, row.account}, row); });
  }
  result<void> note_ignored(std::span<const ignored_row> rows, std::size_t most) override {
    return change([&](image& m) {
      std::set<workspace_id> touched;
      for (auto row : rows) {
        row.number = m.next();
        touched.insert(row.workspace);
        m.ignored.insert(row.number, std::move(row));
      }
      for (const auto& ws : touched)
        trim_ignored(m, ws, most);
    });
  }
  result<void> add_alert(const alert_row& row, std::span<const notification_row> carried_by) override {
    return change([&](image& m) {
      auto kept = row;
      kept.number = m.next();
      m.alerts.insert(kept.number, std::move(kept));
      for (const auto& n : carried_by)
        writer_.notify(n, n.workspace, number_of(m, n.workspace, n.lead));
    });
  }
  result<void> settle_notification(std::uint64_t n, std::optional<time_point> next_at,
                                   const std::string& error) override {
    return change([&](image& m) {
      if (!m.notifications.has(n)) throw broken_rule(errc::not_found, "no such notification");
      auto& row = m.notifications.edit(n).row;
      ++row.attempts;
      row.next_at = next_at;
      row.error = error;
    });
  }

 private:
  static void create_switch(image& m, stop_scope scope, const workspace_id& ws, time_point now) {
    m.switches.insert({scope, ws, ""}, {ws, scope, "", false, "created", now});
  }

  static void trim_ignored(image& m, const workspace_id& ws, std::size_t most) {
    std::vector<number> old;
    std::size_t kept = 0;
    for (auto it = m.ignored.rbegin(); it != m.ignored.rend(); ++it)
      if (it->second.workspace == ws && ++kept > most) old.push_back(it->first);
    for (const auto n : old)
      m.ignored.erase(n);
  }

  /// Runs `f(image)` as one transaction: all of it, or nothing when it throws.
  template <class F>
  auto change(F&& f) -> result<std::invoke_result_t<F, image&>> {
    if (mode_ == open_mode::read_only) return fail(errc::refused, "the store was opened for reading");
    std::lock_guard guard(image_->lock);
    try {
      if constexpr (std::is_void_v<std::invoke_result_t<F, image&>>) {
        f(*image_);
        image_->undo.forget();
        return {};
      } else {
        auto out = f(*image_);
        image_->undo.forget();
        return out;
      }
    } catch (const broken_rule& e) {
      image_->undo.roll_back();
      return fail(e.code, e.what());
    } catch (const std::exception& e) {
      image_->undo.roll_back();
      return fail(errc::fatal, e.what());
    }
  }

  std::shared_ptr<image> image_;
  open_mode mode_;
  writer writer_;
};

}  // namespace

std::shared_ptr<image> make_image() { return std::make_shared<image>(); }

result<std::unique_ptr<store>> open(std::shared_ptr<image> on, open_mode mode) {
  if (mode == open_mode::read_write) {
    std::lock_guard guard(on->lock);
    if (on->held) return fail(errc::refused, "another store holds the image");
    on->held = true;
  }
  return std::make_unique<memory_store>(std::move(on), mode);
}

}  // namespace heed::memory
