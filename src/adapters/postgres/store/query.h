#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/id.h"
#include "core/money.h"
#include "core/timestamp.h"

namespace cloudcart::postgres {

/// Bytes for a column of type bytea.
struct Bytes {
  std::string_view value;
};

/// Parameters of a statement, $1 first, in PostgreSQL's binary form. Each C++ type stands for one SQL type, which the
/// statement is prepared with: std::int64_t, Money and Timestamp (milliseconds) are bigint, bool is boolean, double is
/// double precision, text is text, Bytes is bytea, ids are uuid, a vector is an array of what it holds. An empty
/// optional is NULL of its type. Values are copied.
class Params {
 public:
  Params& add(std::int64_t value);
  Params& add(int value) { return add(static_cast<std::int64_t>(value)); }
  Params& add(std::size_t value) { return add(static_cast<std::int64_t>(value)); }
  Params& add(bool value);
  Params& add(double value);
  Params& add(std::string_view text);
  Params& add(const std::string& text) { return add(std::string_view{text}); }
  Params& add(const char* text) { return add(std::string_view{text}); }
  Params& add(Bytes bytes);
  Params& add(const Uuid& id);
  template <class Tag>
  Params& add(const Id<Tag>& id) {
    return add(id.value);
  }
  Params& add(Money amount) { return add(amount.minor_units()); }
  Params& add(Timestamp time) { return add(to_unix_ms(time)); }
  Params& add(const std::vector<std::int64_t>& values);
  Params& add(const std::vector<bool>& values);
  Params& add(const std::vector<std::string>& values);
  /// Texts with NULL where there is none.
  Params& add(const std::vector<std::optional<std::string>>& values);
  Params& add(const std::vector<Bytes>& values);
  /// Each with NULL where there is none.
  Params& add(const std::vector<std::optional<std::int64_t>>& values);
  Params& add(const std::vector<std::optional<bool>>& values);
  Params& add(const std::vector<std::optional<double>>& values);
  Params& add(const std::vector<std::optional<std::string_view>>& values);
  Params& add(const std::vector<std::optional<Bytes>>& values);
  Params& add(const std::vector<std::optional<Uuid>>& values);
  Params& add(const std::vector<Uuid>& values);
  template <class Tag>
  Params& add(const std::vector<Id<Tag>>& ids) {
    std::vector<Uuid> values;
    values.reserve(ids.size());
    for (const auto& id : ids) values.push_back(id.value);
    return add(values);
  }
  template <class T>
  Params& add(const std::optional<T>& maybe) {
    if (maybe) return add(*maybe);
    add(T{});
    values_.back() = std::nullopt;
    return *this;
  }

  /// Adds the value, and answers what stands for it in a statement that grows with its parameters: "$1", "$2", …
  template <class T>
  std::string place(const T& value) {
    add(value);
    return "$" + std::to_string(size());
  }

  std::size_t size() const { return types_.size(); }
  const std::vector<unsigned>& types() const { return types_; }  ///< OIDs
  const std::vector<std::optional<std::string>>& values() const { return values_; }

 private:
  Params& add(unsigned type, std::string value);

  std::vector<unsigned> types_;
  std::vector<std::optional<std::string>> values_;
};

/// One statement with its parameters. Statements are prepared once per connection, under their text: one text must always
/// come with parameters of the same types, and texts that are put together at run time must be few.
struct Query {
  std::string sql;
  Params params;
};

template <class... Ts>
Query query(std::string_view sql, const Ts&... values) {
  Query made{std::string{sql}, {}};
  (made.params.add(values), ...);
  return made;
}

/// One row of an answer; valid while its Rows live. Columns count from 0. Throws Failure when a value is not of the
/// type it is asked as: integer() reads smallint, integer and bigint.
class Row {
 public:
  Row(const void* result, int row) : result_(result), row_(row) {}
  bool is_null(int column) const;
  std::int64_t integer(int column) const;
  double real(int column) const;
  bool boolean(int column) const;
  /// Of text and bytea, as the bytes are.
  std::string_view text(int column) const;
  std::string string(int column) const { return std::string{text(column)}; }
  std::optional<std::string> optional_string(int column) const;
  std::optional<std::int64_t> optional_integer(int column) const;
  template <class IdType>
  IdType id(int column) const {
    if (const auto id = IdType::from_bytes(text(column))) return *id;
    throw_mismatch(column);
  }
  Money money(int column) const { return Money{integer(column)}; }
  Timestamp timestamp(int column) const { return from_unix_ms(integer(column)); }

 private:
  [[noreturn]] void throw_mismatch(int column) const;

  const void* result_;
  int row_;
};

/// The answer to a statement. NULL reads as an empty text.
class Rows {
 public:
  /// Takes over a PGresult.
  explicit Rows(void* result) : result_(result) {}
  Rows(Rows&& other) noexcept : result_(std::exchange(other.result_, nullptr)) {}
  Rows& operator=(Rows&& other) noexcept {
    std::swap(result_, other.result_);
    return *this;
  }
  ~Rows();

  std::size_t size() const;
  bool empty() const { return size() == 0; }
  Row operator[](std::size_t row) const { return {result_, static_cast<int>(row)}; }
  /// Rows inserted, updated, deleted or selected.
  std::int64_t affected() const;
  /// What was done, e.g. "INSERT 0 3" or "COMMIT".
  std::string_view command() const;

  class Iterator {
   public:
    Iterator(const Rows& rows, std::size_t row) : rows_(&rows), row_(row) {}
    Row operator*() const { return (*rows_)[row_]; }
    Iterator& operator++() {
      ++row_;
      return *this;
    }
    bool operator==(const Iterator&) const = default;

   private:
    const Rows* rows_;
    std::size_t row_;
  };
  Iterator begin() const { return {*this, 0}; }
  Iterator end() const { return {*this, size()}; }

 private:
  void* result_;
};

}  // namespace cloudcart::postgres
