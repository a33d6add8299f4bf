#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

namespace cloudcart::history {

/// make(first) … make(first + count - 1), cut off at `total`.
template <class Record, class Make>
std::vector<Record> batch_of(std::size_t total, std::size_t first, std::size_t count, Make make) {
  std::vector<Record> batch;
  first = std::min(first, total);
  count = std::min(count, total - first);
  batch.reserve(count);
  for (std::size_t i = first; i < first + count; ++i) batch.push_back(make(i));
  return batch;
}

}  // namespace cloudcart::history
