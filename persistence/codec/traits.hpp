#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <type_traits>
#include <variant>
#include <vector>

#include "actors/lead/ids.hpp"
#include "actors/lead/time.hpp"
#include "actors/lead/timing/evidence.hpp"

/// Which shape a C++ type takes on the wire; the three archives branch on these and on nothing else.
namespace heed::codec {

template <class T, template <class...> class Of>
inline constexpr bool is_a = false;
template <class... Args, template <class...> class Of>
inline constexpr bool is_a<Of<Args...>, Of> = true;

template <class T>
concept text_id = is_a<T, heed::id>;
template <class T>
concept optional_value = is_a<T, std::optional>;
template <class T>
concept sequence_of = is_a<T, std::vector> || is_a<T, std::set>;
template <class T>
concept dictionary = is_a<T, std::map>;
template <class T>
concept alternatives = is_a<T, std::variant>;
/// A value that is shared instead of copied; none when it points nowhere.
template <class T>
concept shared_value = is_a<T, std::shared_ptr>;
template <class T>
concept number = std::is_integral_v<T> && !std::same_as<T, bool>;
template <class T>
concept enumeration = std::is_enum_v<T>;
template <class T>
concept leaf = number<T> || enumeration<T> || text_id<T> || std::same_as<T, bool> ||
    std::same_as<T, std::string> || std::same_as<T, time_point> || std::same_as<T, timing::evidence> ||
    std::same_as<T, std::chrono::year_month_day>;
/// Everything else has a `fields` function of its own.
template <class T>
concept structure = !leaf<T> && !optional_value<T> && !shared_value<T> && !sequence_of<T> && !dictionary<T> && !alternatives<T>;

/// What `fields` takes: the value itself when the archive reads, a constant one when it writes.
template <class Archive, class T>
using of = std::conditional_t<Archive::reads, T, const T>&;

}  // namespace heed::codec
