#include "app/config/setting_kinds.h"

#include <algorithm>

namespace cloudcart::app {

Refusal parse_boolean(const std::string& text, bool& out) {
  if (text != "true" && text != "false") return "true or false";
  out = text == "true";
  return std::nullopt;
}

Refusal parse_fraction(const std::string& text, double& out, double min, double max) {
  double number = 0;
  const auto [end, failure] =
      std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  // Not what compares as false, either: a NaN.
  if (failure != std::errc{} || end != text.data() + text.size() || !(number >= min && number <= max))
    return fmt::format("a number from {} to {}", min, max);
  out = number;
  return std::nullopt;
}

Refusal parse_pause(const std::string& text, milliseconds& out) {
  if (text != "0" && text != "0s" && text != "0ms") {
    const auto refusal = parse_duration(text, out);
    return refusal ? std::optional{"0 or " + *refusal} : std::nullopt;
  }
  out = milliseconds{0};
  return std::nullopt;
}

Setting text_setting(std::string key, std::string help, std::function<std::string&(Config&)> member) {
  return {std::move(key), std::move(help), [member](Config& config, const std::string& text) -> Refusal {
            if (text.empty()) return "text that is not empty";
            member(config) = text;
            return std::nullopt;
          }};
}

Setting word_setting(std::string key, std::string help, std::vector<std::string> words,
                     std::function<std::string&(Config&)> member) {
  return {std::move(key), std::move(help),
          [words = std::move(words), member](Config& config, const std::string& text) -> Refusal {
            if (std::ranges::find(words, text) == words.end())
              return fmt::format("one of {}", fmt::join(words, ", "));
            member(config) = text;
            return std::nullopt;
          }};
}

Setting boolean_setting(std::string key, std::string help, std::function<bool&(Config&)> member) {
  return {std::move(key), std::move(help),
          [member](Config& config, const std::string& text) { return parse_boolean(text, member(config)); }};
}

Setting path_setting(std::string key, std::string help,
                     std::function<std::filesystem::path&(Config&)> member) {
  return {std::move(key), std::move(help), [member](Config& config, const std::string& text) -> Refusal {
            if (text.empty()) return "a path";
            member(config) = text;
            return std::nullopt;
          }};
}

}  // namespace cloudcart::app
