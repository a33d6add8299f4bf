#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "app/offline/line_reader.h"
#include "core/result.h"
#include "recommendation/offline/purchases.h"

namespace cloudcart::app {

struct PurchaseFile {
  recommendation::offline::Purchases purchases;
  std::uint64_t lines = 0;         ///< read, without the header
  std::uint64_t returned = 0;      ///< left out: quantity not above zero
  std::uint64_t without_user = 0;  ///< left out: nobody's
};

/// Reads orders in the plain layout of imports, `order_id,user_id,ts,item_id,quantity` by name and in any order;
/// further columns are not looked at. CSV, plain or compressed, with bounded memory beside what is kept. Times
/// without an offset are UTC; quantities may be fractions (weights), which count as whole units, one at least.
/// The first bad line ends it: validation_failed, with the file, the line and how to mend it.
Result<PurchaseFile> read_purchases(const std::filesystem::path& path, recommendation::offline::Words& words,
                                    const ReadProgress& progress);

/// "2011-10-01", "2011-10-01 08:00" and whatever else a file's column `ts` may have; UTC where no offset is
/// given.
std::optional<Timestamp> parse_moment(std::string_view text);

}  // namespace cloudcart::app
