#include "analytics/http/live_command.h"

#include <limits>

#include <fmt/format.h>

#include "analytics/http/period_query.h"
#include "analytics/ports/stock.h"
#include "core/json_reader.h"

namespace cloudcart::analytics {
namespace {

constexpr TextRule word_rule{.min = 1, .max = 64};

std::optional<std::string_view> text_of(const boost::json::value& value) {
  const auto* text = value.if_string();
  return text ? std::optional<std::string_view>{{text->data(), text->size()}} : std::nullopt;
}

LiveCommand::Action read_action(FieldReader& reader) {
  const auto word = reader.text("action", word_rule);
  if (word == "subscribe") return LiveCommand::Action::subscribe;
  if (word == "unsubscribe") return LiveCommand::Action::unsubscribe;
  if (word != "ping" && reader.ok()) reader.add_error("action", "must be subscribe, unsubscribe or ping");
  return LiveCommand::Action::ping;
}

std::vector<LiveTopic> read_topics(FieldReader& reader) {
  std::vector<LiveTopic> topics;
  const auto* words = reader.array("topics", 1, live_topic_count);
  for (std::size_t i = 0; words && i < words->size(); ++i) {
    const auto topic = text_of((*words)[i]).and_then(parse_live_topic);
    if (topic) {
      topics.push_back(*topic);
    } else {
      reader.add_error(fmt::format("topics[{}]", i),
                       "must be overview, orders, stock, recommendations or alerts");
    }
  }
  return topics;
}

std::vector<ProductId> read_products(FieldReader& reader) {
  std::vector<ProductId> products;
  if (!reader.has("products")) return products;
  const auto* ids = reader.array("products", 0, Stock::max_lookup);
  for (std::size_t i = 0; ids && i < ids->size(); ++i) {
    const auto id = text_of((*ids)[i]).and_then([](std::string_view text) { return ProductId::parse(text); });
    if (!id) reader.add_error(fmt::format("products[{}]", i), "must be a UUID");
    products.push_back(id.value_or(ProductId{}));
  }
  return products;
}

}  // namespace

Result<LiveCommand> parse_live_command(std::string_view json) {
  CLOUDCART_TRY(const auto body, parse_json(json));
  FieldReader reader(body);
  LiveCommand command{.action = read_action(reader)};
  if (command.action != LiveCommand::Action::ping) command.topics = read_topics(reader);
  if (command.action == LiveCommand::Action::subscribe) {
    command.after = reader.optional_integer("after", 0, std::numeric_limits<std::int64_t>::max());
    command.period = read_compared_period(reader, max_latest_days);
    command.products = read_products(reader);
  }
  CLOUDCART_CHECK(reader.finish());
  return command;
}

}  // namespace cloudcart::analytics
