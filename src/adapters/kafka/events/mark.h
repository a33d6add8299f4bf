#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "adapters/kafka/client/client.h"

namespace cloudcart::kafka {

/// By what the relay finds what it published: the cluster, and the offset behind the last record of each partition.
struct Mark {
  std::string cluster;
  Offsets behind;

  /// "cluster topic=5,0,12 topic=…": offsets by partition.
  std::string text() const;
  /// nullopt for what text() does not write.
  static std::optional<Mark> parse(std::string_view text);
  bool operator==(const Mark&) const = default;
};

}  // namespace cloudcart::kafka
