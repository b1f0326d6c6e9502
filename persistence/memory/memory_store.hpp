#pragma once

#include <memory>

#include "persistence/store.hpp"

/// The store of the simulator: the port's whole meaning without a disk (see tests/contract).
namespace heed::memory {

struct image;

[[nodiscard]] std::shared_ptr<image> make_image();
/// A store over that image. Refused while another store that writes is open on it.
[[nodiscard]] result<std::unique_ptr<store>> open(std::shared_ptr<image> on, open_mode mode);

}  // namespace heed::memory
