#include "analytics_check/log/questions.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

namespace cloudcart::analytics {
namespace {

using Random = std::mt19937;
using Dimensions = std::vector<Dimension>;

constexpr std::array entities{Dimension::product, Dimension::category, Dimension::customer,
                              Dimension::status};

DateRange days_of(const Extent& extent, const TimeZone& zone) {
  return {add_days(zone.date_of(extent.first), -1), add_days(zone.date_of(extent.last), 1)};
}

std::string words(const Dimensions& dimensions) {
  std::string text;
  for (const auto dimension : dimensions)
    text.append(text.empty() ? "" : " × ").append(definition_of(dimension).name);
  return text.empty() ? "all" : text;
}

/// All figures of `dates`.
Asked question(const Dimensions& dimensions, DateRange dates, const TimeZone& zone) {
  Asked asked{fmt::format("{} from {} to {}, {}", words(dimensions), to_date_string(dates.from),
                          to_date_string(dates.to), zone.name()),
              {.moments = {{zone.start_of(dates.from), zone.start_of(add_days(dates.to, 1))}},
               .customers = true,
               .passages = true}};
  for (const auto dimension : dimensions)
    asked.query.axes.push_back(
        {dimension, is_of_time(dimension) ? time_axis(dimension, dates, zone).axis : TimeAxis{}});
  return asked;
}

/// Those of `dates` that have not 24 hours, each with its neighbours.
std::vector<DateRange> changes_of_the_clocks(DateRange dates, const TimeZone& zone) {
  std::vector<DateRange> changes;
  for (auto date = dates.from; date <= dates.to; date = add_days(date, 1))
    if (zone.start_of(add_days(date, 1)) - zone.start_of(date) != std::chrono::hours{24})
      changes.push_back({add_days(date, -1), add_days(date, 1)});
  return changes;
}

template <class T>
const T& any_of(Random& random, const std::vector<T>& choices) {
  return choices[random() % choices.size()];
}

const std::vector<Member>& members_of(const Named& named, Dimension dimension) {
  static const std::vector<Member> statuses{all_order_statuses.begin(), all_order_statuses.end()};
  if (dimension == Dimension::product) return named.products;
  if (dimension == Dimension::category) return named.categories;
  return dimension == Dimension::customer ? named.customers : statuses;
}

Selection random_selection(const Named& named, Random& random) {
  Selection selection{entities[random() % entities.size()], {}, random() % 2 == 0};
  const auto& members = members_of(named, selection.dimension);
  for (auto count = 1 + random() % std::max<std::size_t>(1, members.size() / 4); count > 0; --count)
    selection.members.push_back(any_of(random, members));
  return selection;
}

Asked random_question(const Named& named, Random& random) {
  const auto& zone = any_of(random, zones());
  const auto whole = days_of(named.extent, zone);
  const auto days = static_cast<std::uint32_t>(whole.days());
  const auto from = add_days(whole.from, static_cast<int>(random() % days));
  const DateRange dates{from, add_days(from, static_cast<int>(random() % std::min(days, 60u)))};
  Dimensions dimensions;
  for (const auto& definition : all_dimensions()) dimensions.push_back(definition.dimension);
  std::ranges::shuffle(dimensions, random);
  dimensions.resize(random() % 4);
  auto asked = question(dimensions, dates, zone);
  auto& query = asked.query;
  // A window that begins and ends at any moment.
  if (random() % 4 == 0) {
    query.moments[0].begin += milliseconds{random() % 86'400'000};
    query.moments[0].end -= milliseconds{random() % 3'600'000};
    if (query.moments[0].begin >= query.moments[0].end)
      query.moments[0].end = query.moments[0].begin + milliseconds{1};
  }
  for (auto selections = random() % 3; selections > 0; --selections)
    query.selections.push_back(random_selection(named, random));
  query.only_placed = random() % 4 == 0;
  if (random() % 2)
    query.sort.push_back({all_metrics()[random() % all_metrics().size()].metric, random() % 2 == 0});
  if (random() % 2) query.limit = 1 + random() % 100;
  asked.about += fmt::format(", {} selections, {} sort terms, limit {}", query.selections.size(),
                             query.sort.size(), query.limit);
  return asked;
}

}  // namespace

const std::vector<TimeZone>& zones() {
  static const std::vector<TimeZone> all = [] {
    std::vector<TimeZone> loaded;
    for (const auto* name :
         {"Europe/London", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "UTC"})
      loaded.push_back(TimeZone::load(name).value());
    return loaded;
  }();
  return all;
}

Named named_in(const std::vector<events::LogRecord>& log) {
  std::set<Member> products, categories, customers;
  Named named{.extent = {log.front().event.timestamp, log.front().event.timestamp}};
  for (const auto& [position, event] : log) {
    named.extent.first = std::min(named.extent.first, event.timestamp);
    named.extent.last = std::max(named.extent.last, event.timestamp);
    customers.insert(event.user_id.value.is_nil() ? Member{NoCustomer{}} : Member{event.user_id});
    for (const auto& line : event.lines) {
      products.insert(line.product_id);
      categories.insert(line.category_name);
    }
  }
  named.products.assign(products.begin(), products.end());
  named.categories.assign(categories.begin(), categories.end());
  named.customers.assign(customers.begin(), customers.end());
  return named;
}

std::vector<Asked> fixed_questions(const Named& named) {
  using enum Dimension;
  const std::vector<Dimensions> together{
      {day, status},     {weekday, hour_of_day},   {month, category},
      {week, product},   {product, status},        {category, customer},
      {month, customer}, {product, customer},      {day, product, status},
      {hour, category},  {month, weekday, status}, {week, hour_of_day, category}};
  std::vector<Asked> questions;
  questions.push_back({"all of time", {.moments = {all_time}, .customers = true, .passages = true}});
  for (const auto& zone : zones()) {
    const auto dates = days_of(named.extent, zone);
    questions.push_back(question({}, dates, zone));
    for (const auto& definition : all_dimensions())
      questions.push_back(question({definition.dimension}, dates, zone));
    for (const auto& dimensions : together) questions.push_back(question(dimensions, dates, zone));
    for (const auto& change : changes_of_the_clocks(dates, zone))
      for (const auto dimension : {hour, day, hour_of_day, product})
        questions.push_back(question({dimension}, change, zone));
  }
  return questions;
}

std::vector<Asked> random_questions(const Named& named, std::mt19937& random, std::size_t count) {
  std::vector<Asked> questions;
  for (std::size_t i = 0; i < count; ++i) questions.push_back(random_question(named, random));
  return questions;
}

}  // namespace cloudcart::analytics
