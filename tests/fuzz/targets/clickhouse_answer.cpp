// Answers of ClickHouse: read, or refused by the one exception that the store turns into an error.
#include <stdexcept>

#include "adapters/clickhouse/store/answer.h"
#include "fuzz/fuzz_target.h"

using namespace cloudcart;

FUZZ_TARGET(clickhouse_answer) {
  const auto tried = [](auto read) {
    try {
      read();
    } catch (const std::runtime_error&) {
      // What the store expects; anything else would end the program here.
    }
  };
  tried([&] {
    const clickhouse::Answer answer(input);
    tried([&] { (void)answer.rows_before_limit(); });
    for (std::size_t i = 0; i < std::min<std::size_t>(answer.size(), 20); ++i) {
      const auto row = answer.row(i);
      for (std::size_t column = 0; column < 5; ++column) {
        tried([&] { (void)row.integer(column); });
        tried([&] { (void)row.natural(column); });
        tried([&] { (void)row.text(column); });
        tried([&] {
          const auto id = row.uuid(column);
          fuzz::require(Uuid::parse(id.to_string()) == id, "an id is an id");
        });
      }
    }
  });
}
