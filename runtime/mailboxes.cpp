#include "runtime/mailboxes.hpp"

#include <spdlog/spdlog.h>

#include <future>

#include "adapters/imap/mail_event.hpp"

namespace heed {
namespace {

using namespace std::chrono_literals;

constexpr auto store_patience = 30s;
constexpr std::size_t ignored_most = 1'000;
constexpr std::string_view source = "imap";

std::string position_name(const mailbox_setup& box) { return "imap/" + box.workspace.value + "/" + box.given.id; }

imap::mailbox as_mailbox(const config::mailbox_config& c) {
  imap::mailbox m;
  m.url = c.url;
  m.require_tls = c.require_tls;
  m.username = c.username;
  m.password = c.password;
  m.folder = c.folder;
  m.look_back = c.look_back;
  return m;
}

/// Addresses that are the workspace's own: a mail of theirs is no reply.
std::vector<std::string> own_addresses(const policy& p) {
  std::vector<std::string> out;
  for (const auto& [id, a] : p.accounts) {
    if (a.on != channel::email || is_service(a)) continue;
    out.push_back(a.from);
    if (!a.reply_to.empty()) out.push_back(a.reply_to);
  }
  return out;
}

/// Asks the node and waits, as long as it lives; none = it did not answer in time.
template <class T>
std::optional<T> wait_for(const std::function<void(std::shared_ptr<std::promise<T>>)>& ask) {
  auto said = std::make_shared<std::promise<T>>();
  auto answer = said->get_future();
  ask(said);
  if (answer.wait_for(store_patience) != std::future_status::ready) return std::nullopt;
  return answer.get();
}

}  // namespace

mailbox_readers::mailbox_readers(std::vector<mailbox_setup> boxes, surroundings around)
    : around_(std::move(around)), boxes_(std::move(boxes)) {
  for (const auto& box : boxes_) threads_.emplace_back([this, &box] { read(box); });
}

mailbox_readers::~mailbox_readers() {
  stop_ = true;
  ended_.notify_all();
}

bool mailbox_readers::rest(duration d) {
  std::unique_lock lock(mutex_);
  return ended_.wait_for(lock, d, [this] { return stop_.load(); });
}

void mailbox_readers::read(const mailbox_setup& box) {
  imap::access_watch watch;
  while (!stop_) {
    const bool more = around_.is_ours(box.workspace, box.given.id) && round(box, watch);
    if (!more && rest(box.given.poll)) return;
  }
}

bool mailbox_readers::round(const mailbox_setup& box, imap::access_watch& watch) {
  using kept = std::optional<imap::position>;
  const auto known = wait_for<result<kept>>([&](auto said) {
    around_.node->read([said, name = position_name(box)](store_reader& r) {
      auto found = r.meta(name);
      if (!found) return said->set_value(tl::unexpected(found.error()));
      said->set_value(*found ? imap::parse_position(**found) : kept());
    });
  });
  // Without knowing how far it was read nothing is read.
  if (!known || !*known) return false;
  auto r = imap::read_new(as_mailbox(box.given), **known, around_.node->now(), stop_);
  if (!r) {
    if (r.error().is == imap::access_problem::kind::stopped) return false;
    spdlog::warn("mailbox.unread workspace={} mailbox={} detail={}", box.workspace.value, box.given.id, r.error().detail);
    tell(box, watch.failed(r.error().is == imap::access_problem::kind::login), r.error().detail);
    return false;
  }
  tell(box, watch.succeeded(), {});
  if (!hand_on(box, *r)) return false;
  const auto written = wait_for<bool>([&](auto said) {
    around_.node->write([said, name = position_name(box), at = imap::to_string(r->after)](store& s) {
      said->set_value(s.put_meta(name, at).has_value());
    });
  });
  return written.value_or(false) && r->more;
}

/// True when everything is durable.
bool mailbox_readers::hand_on(const mailbox_setup& box, const imap::mail_round& r) {
  const auto policy = around_.node->current_policy(box.workspace);
  if (!policy) return false;
  const auto own = own_addresses(*policy);
  const auto now = around_.node->now();
  std::vector<api::engine::submission> items;
  std::vector<ignored_row> ignored;
  const auto leave = [&](std::string reason) {
    ignored_row row;
    row.workspace = box.workspace;
    row.provider = source;
    row.type = "mail";
    row.reason = std::move(reason);
    row.at = now;
    ignored.push_back(std::move(row));
  };
  for (const auto& m : r.mails) {
    auto event = imap::to_event(m, own, now);
    if (event)
      items.push_back({box.workspace, std::move(*event), std::nullopt});
    else
      leave(event.error().reason);
  }
  for (const auto uid : r.unreadable) leave("unreadable: uid " + std::to_string(uid));
  const auto asked = items.size();
  if (asked > 0) {
    // Of somebody unknown there is no lead to tell; such a mail is shown (4R-48).
    using answer = result<std::vector<api::engine::outcome>>;
    auto accepted = wait_for<answer>([&](auto said) {
      around_.node->submit(std::move(items), {}, [said](answer a) { said->set_value(std::move(a)); });
    });
    if (!accepted || !*accepted) return false;
    for (const auto& o : **accepted)
      if (o.accepted == accept_result::what::no_lead) leave("no_lead");
  }
  if (!ignored.empty()) around_.node->write([ignored](store& s) { (void)s.note_ignored(ignored, ignored_most); });
  if (asked + r.unreadable.size() > 0)
    spdlog::info("mailbox.read workspace={} mailbox={} mails={} ignored={}", box.workspace.value, box.given.id, r.mails.size(), ignored.size());
  return true;
}

void mailbox_readers::tell(const mailbox_setup& box, imap::access_watch::word word, const std::string& detail) {
  if (word == imap::access_watch::word::nothing) return;
  const bool lost = word == imap::access_watch::word::lost;
  alert_row a;
  a.workspace = box.workspace;
  a.what = lost ? "mailbox_lost" : "mailbox_regained";
  a.subject = "mailbox:" + box.given.id;
  a.detail = lost ? "replies are not read any more; look into the mailbox by hand: " + detail : "replies are read again, those that came meanwhile too";
  a.at = around_.node->now();
  around_.raise(std::move(a));
}

}  // namespace heed
