#include "adapters/kafka/client/offsets.h"

namespace cloudcart::kafka {
namespace {

PartitionList list_of(const std::vector<Partition>& partitions, std::int64_t offset) {
  Offsets offsets;
  for (const auto& partition : partitions) offsets.emplace(partition, offset);
  return to_list(offsets);
}

/// The protocol's question for the offset of a moment also knows the moments "latest" and "earliest", and asks each broker
/// once for all its partitions.
Offsets offsets_at(rd_kafka_t& client, const std::vector<Partition>& partitions, std::int64_t moment,
                   milliseconds limit) {
  if (partitions.empty()) return {};
  const auto list = list_of(partitions, moment);
  const auto code = rd_kafka_offsets_for_times(&client, list.get(), to_ms(limit));
  if (!Failure::is_missing(code)) check(code);
  return read_list(*list);
}

}  // namespace

Offsets end_offsets(rd_kafka_t& client, const std::vector<Partition>& partitions, milliseconds limit) {
  return offsets_at(client, partitions, RD_KAFKA_OFFSET_END, limit);
}

Offsets begin_offsets(rd_kafka_t& client, const std::vector<Partition>& partitions, milliseconds limit) {
  return offsets_at(client, partitions, RD_KAFKA_OFFSET_BEGINNING, limit);
}

}  // namespace cloudcart::kafka
