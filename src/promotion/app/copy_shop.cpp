#include "promotion/app/copy_shop.h"

namespace cloudcart::promotion {

Task<Result<std::int64_t>> CopyShop::operator()(ShowProgress show, Deadline deadline) {
  CLOUDCART_CO_TRY(const auto total, co_await count_rows(source_, deadline));
  std::int64_t done = 0, copied = 0;
  for (const auto& table : tables()) {
    CLOUDCART_CO_TRY(const auto there,
                     table.has_one_row() ? Result<std::int64_t>{0} : co_await target_.count(table, deadline));
    done += there;
    const auto tell = [&](std::int64_t rows) { show(table.name, done + rows, total); };
    CLOUDCART_CO_TRY(const auto rows, co_await copy(table, tell, deadline));
    done += rows;
    copied += rows;
  }
  co_return copied;
}

Task<Result<std::int64_t>> CopyShop::copy(const Table& table, const std::function<void(std::int64_t)>& show,
                                          Deadline deadline) {
  std::optional<Batch> last;
  if (!table.has_one_row()) {
    CLOUDCART_CO_TRY(last, co_await target_.last_key(table, deadline));
  }
  const auto reader = source_.read(table, std::move(last));
  std::int64_t copied = 0;
  for (bool more = true; more;) {
    show(copied);
    CLOUDCART_CO_TRY(auto rows, co_await reader->next(batch_, deadline));
    more = rows.size() == batch_;
    copied += static_cast<std::int64_t>(rows.size());
    if (!rows.empty()) {
      CLOUDCART_CO_CHECK(co_await target_.append(table, std::move(rows), deadline));
    }
  }
  CLOUDCART_CO_CHECK(co_await target_.complete(table, deadline));
  co_return copied;
}

}  // namespace cloudcart::promotion
