#include "adapters/kafka/client/group.h"

#include "adapters/kafka/client/admin.h"

namespace cloudcart::kafka {
namespace {

using Alteration =
    std::unique_ptr<rd_kafka_AlterConsumerGroupOffsets_t, Freed<rd_kafka_AlterConsumerGroupOffsets_destroy>>;
using Listing =
    std::unique_ptr<rd_kafka_ListConsumerGroupOffsets_t, Freed<rd_kafka_ListConsumerGroupOffsets_destroy>>;

/// Of the one group that was asked about.
const rd_kafka_topic_partition_list_t& checked(const rd_kafka_group_result_t& result) {
  if (const auto* error = rd_kafka_group_result_error(&result))
    throw Failure(rd_kafka_error_code(error), rd_kafka_error_string(error));
  return *rd_kafka_group_result_partitions(&result);
}

}  // namespace

Offsets group_offsets(rd_kafka_t& client, const std::string& group, const std::vector<Partition>& partitions,
                      milliseconds limit) {
  Offsets wanted;
  for (const auto& partition : partitions) wanted.emplace(partition, RD_KAFKA_OFFSET_INVALID);
  const Listing listing{rd_kafka_ListConsumerGroupOffsets_new(group.c_str(), to_list(wanted).get())};
  auto* request = listing.get();
  const auto event = administer(client, RD_KAFKA_ADMIN_OP_LISTCONSUMERGROUPOFFSETS, limit,
                                [&](const auto* options, auto* queue) {
                                  rd_kafka_ListConsumerGroupOffsets(&client, &request, 1, options, queue);
                                });
  std::size_t count = 0;
  const auto results = rd_kafka_ListConsumerGroupOffsets_result_groups(
      rd_kafka_event_ListConsumerGroupOffsets_result(event.get()), &count);
  return read_list(checked(*results[0]));
}

void set_group_offsets(rd_kafka_t& client, const std::string& group, const Offsets& offsets,
                       milliseconds limit) {
  const Alteration alteration{rd_kafka_AlterConsumerGroupOffsets_new(group.c_str(), to_list(offsets).get())};
  auto* request = alteration.get();
  const auto event = administer(client, RD_KAFKA_ADMIN_OP_ALTERCONSUMERGROUPOFFSETS, limit,
                                [&](const auto* options, auto* queue) {
                                  rd_kafka_AlterConsumerGroupOffsets(&client, &request, 1, options, queue);
                                });
  std::size_t count = 0;
  const auto results = rd_kafka_AlterConsumerGroupOffsets_result_groups(
      rd_kafka_event_AlterConsumerGroupOffsets_result(event.get()), &count);
  read_list(checked(*results[0]));
}

}  // namespace cloudcart::kafka
