#include "adapters/inbound/json_reader.hpp"

#include <vector>

#include "adapters/inbound/problem.hpp"

namespace heed::inbound {

namespace {

using nlohmann::json;

/// Builds the document event by event, so that a bad one stops at its first bad byte.
class builder {
 public:
  explicit builder(std::string_view where) : where_(where) {}

  bool null() { return add(nullptr); }
  bool boolean(bool value) { return add(value); }
  bool number_integer(json::number_integer_t value) { return add(value); }
  bool number_unsigned(json::number_unsigned_t value) { return add(value); }
  bool number_float(json::number_float_t value, const std::string&) { return add(value); }
  bool string(std::string& value) { return add(std::move(value)); }
  bool binary(json::binary_t&) { return refuse(place(), "binary values are not JSON"); }
  bool start_object(std::size_t) { return open(json::object()); }
  bool start_array(std::size_t) { return open(json::array()); }
  bool end_object() { return close(); }
  bool end_array() { return close(); }

  bool key(std::string& name) {
    if (open_.back()->contains(name))
      return refuse(pointer(place(), name), "is there twice in one object; send each member once");
    keys_.back() = std::move(name);
    return true;
  }

  bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception&) {
    return refuse(where_.empty() ? "body" : where_, "is not valid JSON at byte " + std::to_string(position) +
                                                        "; send one complete UTF-8 document");
  }

  [[nodiscard]] json take() { return std::move(root_); }
  [[nodiscard]] const fault& faults() const { return faults_; }

 private:
  bool refuse(std::string_view field, std::string_view detail) {
    faults_.add(field.empty() ? "body" : field, detail);
    return false;
  }

  /// The pointer of the container being filled.
  [[nodiscard]] std::string place() const {
    std::string out = where_;
    for (std::size_t i = 0; i + 1 < open_.size(); ++i)
      out = pointer(out, open_[i]->is_array() ? std::to_string(open_[i]->size() - 1) : keys_[i]);
    return out;
  }

  json* put(json value) {
    if (open_.empty()) {
      root_ = std::move(value);
      return &root_;
    }
    auto& parent = *open_.back();
    if (parent.is_array()) return &parent.emplace_back(std::move(value));
    return &(parent[keys_.back()] = std::move(value));
  }

  bool add(json value) {
    put(std::move(value));
    return true;
  }

  bool open(json container) {
    if (open_.size() >= json_depth_max)
      return refuse(place(),
                    "is nested deeper than " + std::to_string(json_depth_max) + " levels; flatten it");
    open_.push_back(put(std::move(container)));
    keys_.emplace_back();
    return true;
  }

  bool close() {
    open_.pop_back();
    keys_.pop_back();
    return true;
  }

  std::string where_;
  json root_;
  std::vector<json*> open_;
  std::vector<std::string> keys_;
  fault faults_;
};

}  // namespace

tl::expected<json, hook_problem> read_json(std::string_view text, std::string_view where) {
  builder events{where};
  const bool ok = json::sax_parse(text.begin(), text.end(), &events);
  if (events.faults()) return tl::unexpected(events.faults().problem());
  if (!ok) return tl::unexpected(unprocessable(where.empty() ? "body" : where, "is not valid JSON"));
  return events.take();
}

}  // namespace heed::inbound
