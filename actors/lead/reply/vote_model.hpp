#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "actors/lead/reply/reply.hpp"

namespace heed::reply {

/// The weights of the vote: a hash table of traits, one small integer a class. Read in place, never copied.
///
/// Bytes, little endian: "HEEDVOTE", u32 slots (a power of two), f32 step (what one unit of a weight is
/// worth), 16 x f32 bias, slots x u32 trait (0 = free), slots x 16 x i8 weights.
class vote_model {
 public:
  using scores = std::array<float, reply_class_count>;

  vote_model() = default;
  /// Empty bytes, or bytes of another shape, make an empty model: it has no opinion.
  explicit vote_model(std::string_view bytes);

  [[nodiscard]] bool empty() const { return slots_ == 0; }
  [[nodiscard]] float bias(std::size_t c) const { return bias_[c]; }
  /// Adds the trait's weights; a trait that was never learnt adds nothing.
  void add(std::uint32_t trait, scores& sum) const;

  struct entry {
    std::uint32_t trait = 0;
    scores weights{};
  };
  [[nodiscard]] static std::string bytes_of(const std::vector<entry>& entries, const scores& bias);

 private:
  const unsigned char* traits_ = nullptr;
  const signed char* weights_ = nullptr;
  std::uint32_t slots_ = 0;
  float step_ = 0;
  scores bias_{};
};

[[nodiscard]] const vote_model& embedded_vote();

}  // namespace heed::reply
