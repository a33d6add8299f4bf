#pragma once

#include "promotion/app/progress.h"
#include "promotion/ports/shop_source.h"
#include "promotion/ports/shop_target.h"

namespace cloudcart::promotion {

/// Copies every table of a shop to a target that begin() has opened, from where an earlier attempt was broken off. Answers how
/// many rows were copied. To be asked again after an error: what is there stays.
class CopyShop {
 public:
  CopyShop(ShopSource& source, ShopTarget& target, std::size_t batch = rows_at_once)
      : source_(source), target_(target), batch_(batch) {}
  Task<Result<std::int64_t>> operator()(ShowProgress show, Deadline deadline);

 private:
  Task<Result<std::int64_t>> copy(const Table& table, const std::function<void(std::int64_t)>& show,
                                  Deadline deadline);

  ShopSource& source_;
  ShopTarget& target_;
  const std::size_t batch_;
};

}  // namespace cloudcart::promotion
