#include "runtime/cluster/wire.hpp"

#include <nlohmann/json.hpp>

#include "persistence/codec/codec.hpp"

namespace heed::cluster::wire {
namespace {

using nlohmann::json;

json binary(std::string_view text) { return json::binary({text.begin(), text.end()}); }

std::string text_of(const json& j) {
  const auto& b = j.get_binary();
  return {b.begin(), b.end()};
}

std::string pack(const json& j) {
  const auto bytes = json::to_cbor(j);
  return {bytes.begin(), bytes.end()};
}

json unpack(std::string_view text) { return json::from_cbor(text.begin(), text.end(), true, false); }

template <class... F>
struct overload : F... {
  using F::operator()...;
};
template <class... F>
overload(F...) -> overload<F...>;

}  // namespace

std::string encode(const message& m) {
  return pack(std::visit(
      overload{[](const hello& h) {
                 return json{{"t", "hello"}, {"e", h.epoch}, {"id", h.id}, {"v", h.speaks}, {"a", h.answer}};
               },
               [](const batch& b) {
                 auto items = json::array();
                 for (const auto& i : b.items)
                   items.push_back(binary(i));
                 return json{{"t", "batch"}, {"n", b.first}, {"i", std::move(items)}};
               },
               [](const ack& a) { return json{{"t", "ack"}, {"n", a.upto}}; },
               [](const who&) { return json{{"t", "who"}}; },
               [](const unknown& u) { return json{{"t", "unknown"}, {"w", u.what}}; }},
      m));
}

std::optional<message> decode(std::string_view text) {
  const auto j = unpack(text);
  if (!j.is_object() || !j.contains("t") || !j["t"].is_string()) return std::nullopt;
  const auto& kind = j["t"].get_ref<const std::string&>();
  try {
    if (kind == "hello") return hello{j.at("e"), j.at("id"), j.value("v", 1), j.value("a", false)};
    if (kind == "batch") {
      batch b{j.at("n"), {}};
      for (const auto& i : j.at("i"))
        b.items.push_back(text_of(i));
      return b;
    }
    if (kind == "ack") return ack{j.at("n")};
    if (kind == "who") return who{};
    if (kind == "unknown") return unknown{j.value("w", "")};
  } catch (const json::exception&) {
    return unknown{kind};
  }
  return unknown{kind};
}

std::string encode(const item& i) {
  return pack(std::visit(
      overload{[](const stimulus_item& s) {
                 return json{{"k", "stimulus"}, {"w", s.workspace}, {"l", s.lead}, {"b", binary(s.body)}, {"i", s.inbox}, {"t", s.ticket}, {"d", s.direct}};
               },
               [](const dispatch_item& d) {
                 return json{{"k", "dispatch"}, {"w", d.workspace}, {"l", d.lead},           {"e", d.effect},
                             {"c", d.campaign}, {"a", d.account},   {"d", d.kind},           {"r", binary(d.request)},
                             {"m", d.may_repeat}, {"v", d.allowed_at}};
               },
               [](const fetch_item& f) { return json{{"k", "fetch"}, {"w", f.workspace}, {"l", f.lead}}; },
               [](const result_item& r) {
                 return json{{"k", "result"}, {"t", r.ticket}, {"s", r.seq}, {"d", r.decided}, {"f", binary(r.entry)}, {"c", r.calls}, {"n", r.known}};
               },
               [](const config_item& c) { return json{{"k", "config"}, {"w", c.workspace}, {"t", c.ticket}}; },
               [](const config_done_item& c) { return json{{"k", "config_done"}, {"t", c.ticket}}; },
               [](const look_item&) { return json{{"k", "look"}}; }},
      i));
}

std::optional<item> decode_item(std::string_view text) {
  const auto j = unpack(text);
  if (!j.is_object()) return std::nullopt;
  try {
    const auto kind = j.at("k").get<std::string>();
    if (kind == "stimulus") return stimulus_item{j.at("w"), j.at("l"), text_of(j.at("b")), j.at("i"), j.at("t"), j.value("d", false)};
    if (kind == "dispatch")
      return dispatch_item{j.at("w"), j.at("l"), j.at("e"), j.at("c"), j.at("a"), j.at("d"), text_of(j.at("r")), j.at("m"), j.at("v")};
    if (kind == "fetch") return fetch_item{j.at("w"), j.at("l")};
    if (kind == "result") return result_item{j.at("t"), j.at("s"), j.at("d"), text_of(j.at("f")), j.at("c"), j.value("n", false)};
    if (kind == "config") return config_item{j.at("w"), j.at("t")};
    if (kind == "config_done") return config_done_item{j.at("t")};
    if (kind == "look") return look_item{};
  } catch (const json::exception&) {
    return std::nullopt;
  }
  return std::nullopt;
}

std::string encode_facts(std::vector<fact> facts) {
  codec::journal_entry e;
  e.answer.facts = std::move(facts);
  return codec::encode(e);
}

std::vector<fact> decode_facts(std::string_view text) {
  auto e = codec::decode_journal_entry(text);
  return e ? std::move(e->answer.facts) : std::vector<fact>{};
}

}  // namespace heed::cluster::wire
