#include "actors/lead/reply/vote_model.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <string>

#include "actors/lead/reply/embedded.hpp"

namespace heed::reply {

namespace {

static_assert(std::endian::native == std::endian::little, "the model's bytes are little endian");

constexpr std::string_view magic = "HEEDVOTE";
constexpr std::size_t head_size = 8 + 4 + 4 + 4 * reply_class_count;

template <class T>
T read(std::string_view bytes, std::size_t at) {
  T value{};
  std::memcpy(&value, bytes.data() + at, sizeof value);
  return value;
}

template <class T>
void write(std::string& bytes, const T& value) {
  bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
}

}  // namespace

vote_model::vote_model(std::string_view bytes) {
  if (bytes.size() < head_size || !bytes.starts_with(magic)) return;
  const auto slots = read<std::uint32_t>(bytes, 8);
  if (!std::has_single_bit(slots) || bytes.size() < head_size + std::size_t{slots} * (4 + reply_class_count))
    return;
  slots_ = slots;
  step_ = read<float>(bytes, 12);
  for (std::size_t c = 0; c < reply_class_count; ++c)
    bias_[c] = read<float>(bytes, 16 + 4 * c);
  traits_ = reinterpret_cast<const unsigned char*>(bytes.data()) + head_size;
  weights_ = reinterpret_cast<const signed char*>(bytes.data()) + head_size + std::size_t{slots} * 4;
}

void vote_model::add(std::uint32_t trait, scores& sum) const {
  for (auto slot = trait & (slots_ - 1);; slot = (slot + 1) & (slots_ - 1)) {
    std::uint32_t there = 0;
    std::memcpy(&there, traits_ + std::size_t{slot} * 4, 4);
    if (there == 0) return;
    if (there != trait) continue;
    const auto* row = weights_ + std::size_t{slot} * reply_class_count;
    for (std::size_t c = 0; c < reply_class_count; ++c)
      sum[c] += static_cast<float>(row[c]) * step_;
    return;
  }
}

std::string vote_model::bytes_of(const std::vector<entry>& entries, const scores& bias) {
  float largest = 1e-6F;
  for (const auto& e : entries)
    for (const auto w : e.weights)
      largest = std::max(largest, std::abs(w));
  const float step = largest / 127.0F;
  const auto slots = std::bit_ceil(static_cast<std::uint32_t>(entries.size() * 2 + 2));
  std::vector<std::uint32_t> traits(slots, 0);
  std::vector<signed char> weights(std::size_t{slots} * reply_class_count, 0);
  for (const auto& e : entries) {
    if (e.trait == 0) continue;
    auto slot = e.trait & (slots - 1);
    while (traits[slot] != 0)
      slot = (slot + 1) & (slots - 1);
    traits[slot] = e.trait;
    for (std::size_t c = 0; c < reply_class_count; ++c)
      weights[std::size_t{slot} * reply_class_count + c] =
          static_cast<signed char>(std::lround(e.weights[c] / step));
  }
  std::string bytes{magic};
  write(bytes, slots);
  write(bytes, step);
  for (const auto b : bias)
    write(bytes, b);
  bytes.append(reinterpret_cast<const char*>(traits.data()), traits.size() * 4);
  bytes.append(reinterpret_cast<const char*>(weights.data()), weights.size());
  return bytes;
}

const vote_model& embedded_vote() {
  static const vote_model model{embedded::vote_model()};
  return model;
}

}  // namespace heed::reply
