#include "adapters/postgres/promotion/promotion_mark.h"

#include <stdexcept>

#include <fmt/format.h>

#include "adapters/postgres/store/link.h"

namespace cloudcart::promotion {

void refuse_unfinished(const std::string& url, const std::string& prefix) {
  const auto mark = fmt::format("{}_{}.promotion", prefix, promotion_store);
  postgres::Link link(url, fmt::format("the schemas {}_*", prefix));
  if (link.value("SELECT to_regclass(" + link.literal(mark) + ") IS NULL") == "t") return;
  if (link.run("SELECT FROM " + mark + " WHERE finished_at IS NULL").empty()) return;
  throw std::runtime_error(fmt::format(
      "A shop is being promoted to the schemas {}_* of PostgreSQL, or its promotion was broken off. Run "
      "`cloudcart promote` again, to its end, before they are used.",
      prefix));
}

}  // namespace cloudcart::promotion
