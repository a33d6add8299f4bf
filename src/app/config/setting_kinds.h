#pragma once

#include <charconv>

#include <fmt/format.h>

#include "app/config/config.h"

/// How texts become values, and settings of the usual kinds.
namespace cloudcart::app {

/// What is accepted, when a text is not; nullopt when it is.
using Refusal = std::optional<std::string>;

template <class Integer>
Refusal parse_integer(const std::string& text, Integer& out, std::uint64_t min, std::uint64_t max) {
  std::uint64_t number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc{} || end != text.data() + text.size() || number < min || number > max)
    return fmt::format("an integer from {} to {}", min, max);
  out = static_cast<Integer>(number);
  return std::nullopt;
}

/// A decimal fraction like 0.01.
Refusal parse_fraction(const std::string& text, double& out, double min, double max);

Refusal parse_boolean(const std::string& text, bool& out);

/// "500ms", "30s", "15m", "24h", "90d", or a bare number of seconds.
template <class Duration>
Refusal parse_duration(const std::string& text, Duration& out) {
  std::int64_t number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  const std::string_view unit{end, text.data() + text.size()};
  constexpr std::string_view accepted = "a duration like 500ms, 30s, 15m, 24h or 90d";
  if (failure != std::errc{} || number < 1 || number > 10'000'000) return std::string{accepted};
  milliseconds value;
  if (unit == "ms")
    value = milliseconds{number};
  else if (unit.empty() || unit == "s")
    value = seconds{number};
  else if (unit == "m")
    value = std::chrono::minutes{number};
  else if (unit == "h")
    value = std::chrono::hours{number};
  else if (unit == "d")
    value = std::chrono::days{number};
  else
    return std::string{accepted};
  out = std::chrono::duration_cast<Duration>(value);
  return std::nullopt;
}

/// A duration, or 0 for none.
Refusal parse_pause(const std::string& text, milliseconds& out);

Setting text_setting(std::string key, std::string help, std::function<std::string&(Config&)> member);
/// A setting that takes one of `words`.
Setting word_setting(std::string key, std::string help, std::vector<std::string> words,
                     std::function<std::string&(Config&)> member);
Setting boolean_setting(std::string key, std::string help, std::function<bool&(Config&)> member);
Setting path_setting(std::string key, std::string help,
                     std::function<std::filesystem::path&(Config&)> member);

template <class Integer>
Setting integer_setting(std::string key, std::string help, std::function<Integer&(Config&)> member,
                        std::uint64_t min, std::uint64_t max) {
  return {std::move(key), std::move(help), [member, min, max](Config& config, const std::string& text) {
            return parse_integer(text, member(config), min, max);
          }};
}

template <class Duration>
Setting duration_setting(std::string key, std::string help, std::function<Duration&(Config&)> member) {
  return {std::move(key), std::move(help),
          [member](Config& config, const std::string& text) { return parse_duration(text, member(config)); }};
}

}  // namespace cloudcart::app
