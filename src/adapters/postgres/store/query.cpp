#include "adapters/postgres/store/query.h"

#include <bit>
#include <cstring>

#include <libpq-fe.h>

#include "adapters/postgres/store/failure.h"

namespace cloudcart::postgres {
namespace {

// Object identifiers of the types, from PostgreSQL's catalogue (pg_type.dat); they never change.
namespace oid {
constexpr unsigned boolean = 16, bytea = 17, int8 = 20, int2 = 21, int4 = 23, text = 25, float8 = 701,
                   uuid = 2950;
constexpr unsigned bool_array = 1000, bytea_array = 1001, text_array = 1009, int8_array = 1016,
                   float8_array = 1022, uuid_array = 2951;
}  // namespace oid

template <class T>
std::string big_endian(T value) {
  if constexpr (std::endian::native == std::endian::little) value = std::byteswap(value);
  return {reinterpret_cast<const char*>(&value), sizeof value};
}

template <class T>
T from_big_endian(const char* bytes) {
  T value;
  std::memcpy(&value, bytes, sizeof value);
  return std::endian::native == std::endian::little ? std::byteswap(value) : value;
}

/// The binary form of an array with one dimension: its shape, then each element with its length, or -1 for NULL.
class ArrayForm {
 public:
  ArrayForm(unsigned element, std::size_t size, bool has_nulls) {
    const auto dimensions = static_cast<std::int32_t>(size == 0 ? 0 : 1);
    append(dimensions)
        .append(static_cast<std::int32_t>(has_nulls))
        .append(static_cast<std::int32_t>(element));
    constexpr std::int32_t lower_bound = 1;
    if (size != 0) append(static_cast<std::int32_t>(size)).append(lower_bound);
  }
  ArrayForm& append(std::int32_t number) {
    bytes_ += big_endian(number);
    return *this;
  }
  void element(std::string_view bytes) {
    append(static_cast<std::int32_t>(bytes.size()));
    bytes_ += bytes;
  }
  void null() { append(-1); }
  std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

template <class Values, class ToBytes>
std::string array_of(unsigned element, const Values& values, ToBytes to_bytes) {
  ArrayForm form(element, values.size(), false);
  for (const auto& value : values) form.element(to_bytes(value));
  return form.take();
}

/// With NULL where there is none.
template <class Values, class ToBytes>
std::string gaps_of(unsigned element, const Values& values, ToBytes to_bytes) {
  ArrayForm form(element, values.size(), true);
  for (const auto& value : values) value ? form.element(to_bytes(*value)) : form.null();
  return form.take();
}

std::string bytes_of(bool value) {
  return std::string(1, value ? '\1' : '\0');
}

const PGresult* as_result(const void* result) {
  return static_cast<const PGresult*>(result);
}

}  // namespace

Params& Params::add(unsigned type, std::string value) {
  types_.push_back(type);
  values_.emplace_back(std::move(value));
  return *this;
}

Params& Params::add(std::int64_t value) {
  return add(oid::int8, big_endian(value));
}
Params& Params::add(bool value) {
  return add(oid::boolean, bytes_of(value));
}
Params& Params::add(double value) {
  return add(oid::float8, big_endian(std::bit_cast<std::uint64_t>(value)));
}
Params& Params::add(std::string_view text) {
  return add(oid::text, std::string{text});
}
Params& Params::add(Bytes bytes) {
  return add(oid::bytea, std::string{bytes.value});
}
Params& Params::add(const Uuid& id) {
  return add(oid::uuid, std::string{id.as_bytes()});
}
Params& Params::add(const std::vector<std::int64_t>& values) {
  return add(oid::int8_array,
             array_of(oid::int8, values, [](std::int64_t value) { return big_endian(value); }));
}
Params& Params::add(const std::vector<bool>& values) {
  return add(oid::bool_array, array_of(oid::boolean, values, bytes_of));
}
Params& Params::add(const std::vector<std::string>& values) {
  return add(oid::text_array,
             array_of(oid::text, values, [](const auto& value) { return std::string_view{value}; }));
}
Params& Params::add(const std::vector<std::optional<std::string>>& values) {
  return add(oid::text_array,
             gaps_of(oid::text, values, [](const auto& value) { return std::string_view{value}; }));
}
Params& Params::add(const std::vector<Bytes>& values) {
  return add(oid::bytea_array, array_of(oid::bytea, values, [](const Bytes& bytes) { return bytes.value; }));
}
Params& Params::add(const std::vector<std::optional<std::int64_t>>& values) {
  return add(oid::int8_array,
             gaps_of(oid::int8, values, [](std::int64_t value) { return big_endian(value); }));
}
Params& Params::add(const std::vector<std::optional<bool>>& values) {
  return add(oid::bool_array, gaps_of(oid::boolean, values, bytes_of));
}
Params& Params::add(const std::vector<std::optional<double>>& values) {
  return add(oid::float8_array, gaps_of(oid::float8, values, [](double value) {
               return big_endian(std::bit_cast<std::uint64_t>(value));
             }));
}
Params& Params::add(const std::vector<std::optional<std::string_view>>& values) {
  return add(oid::text_array, gaps_of(oid::text, values, [](std::string_view text) { return text; }));
}
Params& Params::add(const std::vector<std::optional<Bytes>>& values) {
  return add(oid::bytea_array, gaps_of(oid::bytea, values, [](const Bytes& bytes) { return bytes.value; }));
}
Params& Params::add(const std::vector<std::optional<Uuid>>& values) {
  return add(oid::uuid_array, gaps_of(oid::uuid, values, [](const Uuid& id) { return id.as_bytes(); }));
}
Params& Params::add(const std::vector<Uuid>& values) {
  return add(oid::uuid_array, array_of(oid::uuid, values, [](const Uuid& id) { return id.as_bytes(); }));
}

bool Row::is_null(int column) const {
  return PQgetisnull(as_result(result_), row_, column) != 0;
}

std::int64_t Row::integer(int column) const {
  if (is_null(column)) throw_mismatch(column);
  const char* bytes = PQgetvalue(as_result(result_), row_, column);
  switch (PQftype(as_result(result_), column)) {
    case oid::int8:
      return from_big_endian<std::int64_t>(bytes);
    case oid::int4:
      return from_big_endian<std::int32_t>(bytes);
    case oid::int2:
      return from_big_endian<std::int16_t>(bytes);
    default:
      throw_mismatch(column);
  }
}

double Row::real(int column) const {
  if (is_null(column) || PQftype(as_result(result_), column) != oid::float8) throw_mismatch(column);
  return std::bit_cast<double>(from_big_endian<std::uint64_t>(PQgetvalue(as_result(result_), row_, column)));
}

bool Row::boolean(int column) const {
  if (is_null(column) || PQftype(as_result(result_), column) != oid::boolean) throw_mismatch(column);
  return *PQgetvalue(as_result(result_), row_, column) != 0;
}

std::string_view Row::text(int column) const {
  return {PQgetvalue(as_result(result_), row_, column),
          static_cast<std::size_t>(PQgetlength(as_result(result_), row_, column))};
}

std::optional<std::string> Row::optional_string(int column) const {
  return is_null(column) ? std::nullopt : std::optional{string(column)};
}

std::optional<std::int64_t> Row::optional_integer(int column) const {
  return is_null(column) ? std::nullopt : std::optional{integer(column)};
}

void Row::throw_mismatch(int column) const {
  const char* name = PQfname(as_result(result_), column);
  throw Failure("XX001", "",
                "The value of column '" + std::string{name ? name : "?"} +
                    "' is not of the type that was written there.");
}

Rows::~Rows() {
  PQclear(static_cast<PGresult*>(result_));
}

std::size_t Rows::size() const {
  return static_cast<std::size_t>(PQntuples(as_result(result_)));
}

std::int64_t Rows::affected() const {
  const std::string_view count = PQcmdTuples(static_cast<PGresult*>(result_));
  return count.empty() ? 0 : std::stoll(std::string{count});
}

std::string_view Rows::command() const {
  return PQcmdStatus(static_cast<PGresult*>(result_));
}

}  // namespace cloudcart::postgres
