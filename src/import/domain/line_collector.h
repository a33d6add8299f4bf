#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/money.h"
#include "core/time_zone.h"
#include "import/domain/layout.h"
#include "import/domain/left_out.h"
#include "import/domain/not_products.h"
#include "import/domain/product_names.h"
#include "import/domain/string_table.h"

namespace cloudcart::history {

constexpr std::uint32_t none = UINT32_MAX;

/// A sale or a cancellation, put together from the lines that carry its number.
struct Document {
  bool is_cancellation = false;
  std::string_view number;  ///< as written
  std::uint32_t customer = none;
  std::uint32_t country = none;
  Timestamp time;           ///< of its earliest line
  std::uint32_t lines = 0;  ///< that count; 0: the document was left out
};

struct DocumentLine {
  std::uint32_t document = none;
  std::uint32_t product = none;
  std::int32_t quantity = 0;  ///< above zero, on cancellations too
  Money price;
};

struct ProductFacts {
  std::string_view sku;
  bool listed = false;  ///< some line of it counts
  bool sold = false;
  Timestamp first_seen;
  Timestamp priced_at;
  Money price;  ///< of its last sale; of its last cancellation when it was never sold
  std::uint32_t category = none;
};

/// First half of an import: takes the lines one by one, decides on each alone whether it counts, and keeps
/// what counts in a compact form (24 bytes a line beside the distinct texts).
class LineCollector {
 public:
  struct Rules {
    TimeZone zone;                          ///< for dates without an offset
    std::vector<std::string> not_products;  ///< patterns beside the built-in ones
    std::size_t max_lines = 20'000'000;     ///< a bound on memory
  };
  struct Verdict {
    std::optional<LeftOut> left_out;
    Money amount;  ///< quantity × price as written, where both can be read
  };

  explicit LineCollector(Rules rules);

  Verdict add(const SourceLine& line);
  bool is_full() const { return lines_.size() >= rules_.max_lines; }

  const std::vector<Document>& documents() const { return documents_; }
  const std::vector<DocumentLine>& lines() const { return lines_; }
  const std::vector<ProductFacts>& products() const { return products_; }
  const ProductNames& product_names() const { return names_; }
  const StringTable& customers() const { return customers_; }
  const StringTable& countries() const { return countries_; }
  const StringTable& categories() const { return categories_; }

 private:
  std::uint32_t document_of(std::string_view number, bool is_cancellation);
  std::uint32_t product_of(std::string_view code);
  std::optional<Timestamp> time_of(std::string_view text);
  bool is_no_product(const SourceLine& line, std::string_view sku) const;
  void keep(const SourceLine& line, const DocumentLine& kept, Timestamp time);

  Rules rules_;
  CodePatterns own_patterns_;
  StringTable document_keys_, product_keys_, customers_, countries_, categories_;
  std::vector<Document> documents_;
  std::vector<DocumentLine> lines_;
  std::vector<ProductFacts> products_;
  ProductNames names_;
  std::string key_;        // scratch
  std::string last_time_;  // lines of one order mostly repeat it, and zones are slow
  std::optional<Timestamp> last_parsed_time_;
};

}  // namespace cloudcart::history
