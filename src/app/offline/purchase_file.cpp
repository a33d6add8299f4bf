#include "app/offline/purchase_file.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <vector>

#include <fmt/format.h>

#include "adapters/compression/import/open_file.h"
#include "core/text.h"
#include "import/domain/csv_parser.h"
#include "import/domain/line_values.h"

namespace cloudcart::app {
namespace {

using recommendation::offline::PurchaseCollector;
using recommendation::offline::Words;

constexpr std::size_t chunk_bytes = std::size_t{256} * 1024;
constexpr std::array<std::string_view, 5> columns{"order_id", "user_id", "ts", "item_id", "quantity"};
constexpr double largest_quantity = 1e9;

/// Text of the file for a message: short, and nothing that a terminal would take for a command.
std::string shown(std::string_view text) {
  std::string out{text.substr(0, 60)};
  for (auto& c : out)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = '?';
  if (text.size() > 60) out += "…";
  return is_valid_utf8(out) ? out : latin1_to_utf8(out);
}

/// Whole units; 0 for what was given back, nullopt for what is no number.
std::optional<std::uint32_t> parse_units(std::string_view text) {
  double quantity = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), quantity);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  if (!std::isfinite(quantity) || std::abs(quantity) > largest_quantity) return std::nullopt;
  if (quantity <= 0) return 0;
  return static_cast<std::uint32_t>(std::max(1.0, std::round(quantity)));
}

class FileReader {
 public:
  FileReader(std::string name, Words& words) : name_(std::move(name)), collected_(words) {}

  Status take(std::string_view bytes) {
    parser_.push(bytes);
    return drain();
  }

  Result<PurchaseFile> finish() {
    parser_.finish();
    CLOUDCART_CHECK(drain());
    if (width_ == 0)
      return fail(ErrorCode::validation_failed, name_ + " is empty; its first line must name the columns.");
    file_.purchases = std::move(collected_).finish();
    if (file_.purchases.orders().empty())
      return fail(
          ErrorCode::validation_failed,
          fmt::format(
              "{} has no order that counts ({} lines, {} without a user, {} with a quantity of zero or "
              "less).",
              name_, file_.lines, file_.without_user, file_.returned));
    return std::move(file_);
  }

 private:
  Status drain() {
    while (const auto record = parser_.next()) {
      line_ = record->line;
      if (!record->readable)
        return refuse(
            "a quoted field does not end, or the line is too long. Double the quotes within a field.");
      CLOUDCART_CHECK(width_ == 0 ? read_header(record->fields) : read_line(record->fields));
    }
    return {};
  }

  Status read_header(std::span<const std::string_view> names) {
    for (std::size_t column = 0; column < columns.size(); ++column) {
      const auto is_it = [&](std::string_view name) { return ascii_iequals(trim(name), columns[column]); };
      const auto found = std::ranges::find_if(names, is_it);
      if (found == names.end()) {
        std::vector<std::string> named;
        for (const auto& name : names) named.push_back(shown(name));
        return refuse(
            fmt::format("there is no column {}. The first line must name order_id,user_id,ts,item_id,"
                        "quantity, separated by commas; found: {}.",
                        columns[column], fmt::join(named, ",")));
      }
      if (std::ranges::count_if(names, is_it) > 1)
        return refuse(fmt::format("the column {} is named twice.", columns[column]));
      places_[column] = static_cast<std::size_t>(found - names.begin());
    }
    width_ = names.size();
    return {};
  }

  Status read_line(std::span<const std::string_view> fields) {
    ++file_.lines;
    if (fields.size() != width_)
      return refuse(fmt::format("{} fields, but the first line names {} columns.", fields.size(), width_));
    const auto field = [&](std::size_t column) { return trim(fields[places_[column]]); };
    const auto order = field(0), customer = field(1), item = field(3);
    if (order.empty()) return refuse("the order_id is empty.");
    if (item.empty()) return refuse("the item_id is empty.");
    const auto units = parse_units(field(4));
    if (!units)
      return refuse(
          fmt::format("the quantity \"{}\" is no number up to 1000000000, as in 6.", shown(field(4))));
    const auto time = time_of(field(2));
    if (!time)
      return refuse(
          fmt::format("the time \"{}\" is none; write it as 2011-10-01 08:26:00.", shown(field(2))));
    if (customer.empty() || *units == 0) {
      ++(customer.empty() ? file_.without_user : file_.returned);
      return {};
    }
    if (auto added = collected_.add({order, customer, item, *time, *units}); !added)
      return refuse(added.error().message);
    return {};
  }

  /// Lines of one order mostly repeat the time.
  std::optional<Timestamp> time_of(std::string_view text) {
    if (text != last_time_ || !last_parsed_) {
      last_time_ = text;
      last_parsed_ = parse_moment(text);
    }
    return last_parsed_;
  }

  std::unexpected<Error> refuse(const std::string& what) const {
    return fail(ErrorCode::validation_failed, fmt::format("{}, line {}: {}", name_, line_, what));
  }

  const std::string name_;
  PurchaseCollector collected_;
  PurchaseFile file_;
  history::CsvParser parser_;
  std::array<std::size_t, columns.size()> places_{};
  std::size_t width_ = 0;
  std::uint64_t line_ = 1;
  std::string last_time_;
  std::optional<Timestamp> last_parsed_;
};

}  // namespace

Result<PurchaseFile> read_purchases(const std::filesystem::path& path, Words& words,
                                    const ReadProgress& progress) {
  CLOUDCART_TRY(auto bytes, history::open_file(path));
  FileReader reader(path.string(), words);
  std::vector<char> chunk(chunk_bytes);
  for (;;) {
    CLOUDCART_TRY(const std::size_t got, bytes->read(chunk));
    if (got == 0) return reader.finish();
    CLOUDCART_CHECK(reader.take({chunk.data(), got}));
    progress(bytes->position(), bytes->size());
  }
}

std::optional<Timestamp> parse_moment(std::string_view text) {
  static const TimeZone utc;
  return history::parse_line_time(text, utc);
}

}  // namespace cloudcart::app
