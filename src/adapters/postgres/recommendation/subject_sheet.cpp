#include "adapters/postgres/recommendation/subject_sheet.h"

#include <fmt/format.h>

#include "adapters/postgres/recommendation/experiment_rows.h"
#include "recommendation/columns/subject_columns.h"

namespace cloudcart::recommendation {
namespace {

using postgres::Query;
using postgres::query;

/// Subjects as parameters: $1 experiments, $2 ids, $3 whether customers.
struct WantedSubjects {
  std::vector<std::int64_t> experiments;
  std::vector<Uuid> ids;
  std::vector<bool> are_customers;
};

Query select_subjects(const WantedSubjects& wanted) {
  static const auto sql = fmt::format(
      "SELECT experiment, subject_id, is_customer, {} FROM unnest($1, $2, $3)"
      " AS wanted(experiment, subject_id, is_customer) JOIN subject USING (experiment, subject_id, "
      "is_customer)",
      subject_columns);
  return query(sql, wanted.experiments, wanted.ids, wanted.are_customers);
}

Query select_clicked(const WantedSubjects& wanted) {
  return query(
      "SELECT experiment, subject_id, product_id, team, clicked_at FROM unnest($1, $2, $3)"
      " AS wanted(experiment, subject_id, is_customer) JOIN clicked_product USING (experiment, subject_id)"
      " WHERE is_customer",
      wanted.experiments, wanted.ids, wanted.are_customers);
}

Query select_counted(const WantedSubjects& wanted) {
  static const auto sql = fmt::format(
      "SELECT experiment, subject_id, order_id, {} FROM unnest($1, $2, $3)"
      " AS wanted(experiment, subject_id, is_customer) JOIN counted_order USING (experiment, subject_id)"
      " WHERE is_customer",
      counted_order_columns);
  return query(sql, wanted.experiments, wanted.ids, wanted.are_customers);
}

}  // namespace

Task<void> SubjectSheet::load(postgres::Session& session, const std::vector<NumberedExperiment>& experiments,
                              const std::vector<FeedbackEvent>& events) {
  std::map<ExperimentId, std::int64_t> numbers;
  for (const auto& numbered : experiments) numbers.emplace(numbered.experiment.id, numbered.number);
  std::set<SubjectKey> subjects;
  std::set<SeenKey> impressions;
  for (const auto& [impression, clicked] : events) {
    const auto number = numbers.find(impression.experiment);
    if (number == numbers.end()) continue;
    subjects.emplace(number->second, impression.subject);
    impressions.emplace(number->second, impression.answered_at, nonce_of(impression));
  }
  co_await load_subjects(session, subjects, impressions);
}

Task<void> SubjectSheet::load(postgres::Session& session, const std::vector<NumberedExperiment>& experiments,
                              std::span<const events::LogRecord> records) {
  std::set<SubjectKey> subjects;
  for (const auto& numbered : experiments)
    for (const auto& record : records)
      if (record.event.tenant == numbered.tenant)
        subjects.emplace(numbered.number, Subject::customer(record.event.user_id));
  co_await load_subjects(session, subjects, {});
}

Task<void> SubjectSheet::load_subjects(postgres::Session& session, const std::set<SubjectKey>& wanted,
                                       const std::set<SeenKey>& impressions) {
  WantedSubjects subjects;
  for (const auto& [experiment, subject] : wanted) {
    subjects.experiments.push_back(experiment);
    subjects.ids.push_back(subject.id);
    subjects.are_customers.push_back(subject.is_customer);
  }
  std::vector<std::int64_t> experiments, times, nonces;
  for (const auto& [experiment, answered_at, nonce] : impressions) {
    experiments.push_back(experiment);
    times.push_back(to_unix_ms(answered_at));
    nonces.push_back(nonce);
  }
  std::vector<Query> queries;
  queries.push_back(select_subjects(subjects));
  queries.push_back(select_clicked(subjects));
  queries.push_back(select_counted(subjects));
  queries.push_back(
      query("SELECT experiment, answered_at, nonce, clicked_low, clicked_high FROM unnest($1, $2, $3)"
            " AS wanted(experiment, answered_at, nonce) JOIN seen_impression USING (experiment, answered_at, "
            "nonce)",
            experiments, times, nonces));
  const auto answers = co_await session.run_all(std::move(queries));
  for (const auto row : answers[0])
    subjects_.emplace(
        SubjectKey{row.integer(0), Subject{row.id<Id<struct SubjectTag>>(1).value, row.boolean(2)}},
        read_subject(row, 3));
  for (const auto row : answers[1])
    clicked_[{row.integer(0), row.id<UserId>(1).value}].emplace(
        row.id<ProductId>(2), ClickedProduct{static_cast<Team>(row.integer(3)), row.timestamp(4)});
  for (const auto row : answers[2]) {
    const OrderKey key{{row.integer(0), row.id<UserId>(1).value}, row.id<OrderId>(2)};
    counted_.emplace(key, read_counted(row, 3));
    stored_counted_.insert(key);
  }
  for (const auto row : answers[3])
    seen_.emplace(SeenKey{row.integer(0), row.timestamp(1), row.integer(2)},
                  tables::ClickedPlaces{row.integer(3), row.integer(4)});
}

std::vector<Query> SubjectSheet::changes() const {
  std::vector<Query> queries;
  for (const auto& key : changed_subjects_)
    queries.push_back(tables::put_subject(key.first, key.second, subjects_.at(key)));
  for (const auto& [customer, product] : changed_clicked_)
    queries.push_back(
        tables::put_clicked(customer.first, customer.second, product, clicked_.at(customer).at(product)));
  for (const auto& key : changed_counted_) {
    const auto& [customer, order] = key;
    // One that was there and came back would be the same: an order is created once.
    const auto found = counted_.find(key);
    const bool was_stored = stored_counted_.contains(key);
    if (found == counted_.end() && was_stored)
      queries.push_back(tables::delete_counted(customer.first, customer.second, order));
    if (found != counted_.end() && !was_stored)
      queries.push_back(tables::insert_counted(customer.first, customer.second, order, found->second));
  }
  for (const auto& key : changed_seen_) {
    const auto& [experiment, answered_at, nonce] = key;
    queries.push_back(tables::put_seen(experiment, answered_at, nonce, seen_.at(key)));
  }
  for (const auto& [experiment, count] : new_subjects_)
    queries.push_back(tables::add_subjects(experiment, count));
  return queries;
}

std::optional<SubjectSums> SubjectSheet::find_subject(std::int64_t experiment, const Subject& subject) {
  const auto found = subjects_.find({experiment, subject});
  return found == subjects_.end() ? std::nullopt : std::optional{found->second};
}

void SubjectSheet::put_subject(std::int64_t experiment, const Subject& subject, const SubjectSums& sums) {
  const SubjectKey key{experiment, subject};
  subjects_.insert_or_assign(key, sums);
  changed_subjects_.insert(key);
}

void SubjectSheet::count_new_subject(std::int64_t experiment) {
  ++new_subjects_[experiment];
}

std::optional<ClickedProduct> SubjectSheet::find_clicked(std::int64_t experiment, const Uuid& customer,
                                                         const ProductId& product) {
  const auto& of_customer = clicked_[{experiment, customer}];
  const auto found = of_customer.find(product);
  return found == of_customer.end() ? std::nullopt : std::optional{found->second};
}

std::int64_t SubjectSheet::count_clicked(std::int64_t experiment, const Uuid& customer) {
  return std::ssize(clicked_[{experiment, customer}]);
}

void SubjectSheet::put_clicked(std::int64_t experiment, const Uuid& customer, const ProductId& product,
                               const ClickedProduct& clicked) {
  const CustomerKey key{experiment, customer};
  clicked_[key].insert_or_assign(product, clicked);
  changed_clicked_.insert({key, product});
}

bool SubjectSheet::insert_counted(std::int64_t experiment, const UserId& customer, const OrderId& order,
                                  const CountedOrder& counted) {
  const OrderKey key{{experiment, customer.value}, order};
  changed_counted_.insert(key);
  return counted_.try_emplace(key, counted).second;
}

std::optional<CountedOrder> SubjectSheet::take_counted(std::int64_t experiment, const UserId& customer,
                                                       const OrderId& order) {
  const OrderKey key{{experiment, customer.value}, order};
  auto taken = counted_.extract(key);
  if (taken.empty()) return std::nullopt;
  changed_counted_.insert(key);
  return std::move(taken.mapped());
}

bool SubjectSheet::insert_seen(std::int64_t experiment, const Impression& impression) {
  const SeenKey key{experiment, impression.answered_at, nonce_of(impression)};
  if (!seen_.try_emplace(key).second) return false;
  changed_seen_.insert(key);
  return true;
}

bool SubjectSheet::mark_clicked(std::int64_t experiment, const Impression& impression, std::size_t place) {
  const SeenKey key{experiment, impression.answered_at, nonce_of(impression)};
  auto& places = seen_.at(key);
  const PlaceBit at(place);
  auto& word = at.is_low ? places.low : places.high;
  if (word & at.bit) return false;
  word |= at.bit;
  changed_seen_.insert(key);
  return true;
}

}  // namespace cloudcart::recommendation
