#include "analytics/domain/selection_json.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/json_reader.h"

namespace cloudcart::analytics {
namespace {

namespace json = boost::json;

/// A name is taken as it stands in the catalogue of its time.
constexpr TextRule category_rule{.max = 255, .trimmed = false, .multiline = true};

void write_member(JsonWriter& writer, const Member& member) {
  std::visit(
      [&](const auto& value) {
        using T = std::decay_t<decltype(value)>;
        if constexpr (std::is_same_v<T, NoCustomer>) {
          writer.null();
        } else if constexpr (std::is_same_v<T, OrderStatus>) {
          writer.value(to_string(value));
        } else {
          writer.value(value);
        }
      },
      member);
}

std::optional<Member> parse_member(Dimension dimension, std::string_view text) {
  switch (dimension) {
    case Dimension::product:
      return ProductId::parse(text);
    case Dimension::customer:
      return UserId::parse(text);
    case Dimension::status:
      return parse_order_status(text);
    case Dimension::category:
      if (!text_violation(text, category_rule)) return std::string{text};
      return std::nullopt;
    default:
      return std::nullopt;
  }
}

std::string_view expected_of(Dimension dimension) {
  switch (dimension) {
    case Dimension::product:
      return "must be a product's id";
    case Dimension::customer:
      return "must be a customer's id, or null";
    case Dimension::status:
      return "must be a status of orders";
    default:
      return "must be a category's name";
  }
}

Selection read_selection(const json::value& value, const std::string& place,
                         std::vector<FieldError>& errors) {
  FieldReader reader(value, place + ".", errors);
  Selection selection{};
  const auto name = reader.text("dimension", {.min = 1, .max = 50});
  const auto dimension = parse_dimension(name);
  const bool known = dimension && !is_of_time(*dimension);
  if (!known && !name.empty())
    reader.add_error("dimension", "must be one of product, category, customer, status");
  selection.dimension = known ? *dimension : Dimension::product;
  selection.exclude = reader.optional_boolean("exclude").value_or(false);
  const auto* values = reader.array("values", 1, max_selected);
  if (!values || !known) return selection;
  for (std::size_t i = 0; i < values->size(); ++i) {
    auto member = read_member(*dimension, (*values)[i]);
    if (member) {
      selection.members.push_back(*std::move(member));
    } else {
      reader.add_error(fmt::format("values[{}]", i), std::string{expected_of(*dimension)});
    }
  }
  return selection;
}

}  // namespace

std::optional<Member> read_member(Dimension dimension, const json::value& value) {
  if (value.is_null() && dimension == Dimension::customer) return NoCustomer{};
  const auto* text = value.if_string();
  if (!text) return std::nullopt;
  return parse_member(dimension, {text->data(), text->size()});
}

void write_selections(JsonWriter& writer, std::string_view name, const std::vector<Selection>& selections) {
  writer.key(name).begin_array();
  for (const auto& selection : selections) {
    writer.begin_object().field("dimension", definition_of(selection.dimension).name);
    writer.key("values").begin_array();
    for (const auto& member : selection.members) write_member(writer, member);
    writer.end_array().field("exclude", selection.exclude).end_object();
  }
  writer.end_array();
}

std::vector<Selection> read_selections(const json::array& array, std::string_view name,
                                       std::vector<FieldError>& errors) {
  std::vector<Selection> selections;
  for (std::size_t i = 0; i < array.size(); ++i) {
    const auto place = fmt::format("{}[{}]", name, i);
    const auto before = errors.size();
    auto selection = read_selection(array[i], place, errors);
    const bool again =
        std::ranges::find(selections, selection.dimension, &Selection::dimension) != selections.end();
    if (again && errors.size() == before) errors.push_back({place + ".dimension", "must not come twice"});
    selections.push_back(std::move(selection));
  }
  return selections;
}

}  // namespace cloudcart::analytics
