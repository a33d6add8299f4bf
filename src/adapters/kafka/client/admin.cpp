#include "adapters/kafka/client/admin.h"

#include <array>

namespace cloudcart::kafka {
namespace {

using Options = std::unique_ptr<rd_kafka_AdminOptions_t, Freed<rd_kafka_AdminOptions_destroy>>;

}  // namespace

Event administer(rd_kafka_t& client, rd_kafka_admin_op_t operation, milliseconds limit,
                 const std::function<void(const rd_kafka_AdminOptions_t*, rd_kafka_queue_t*)>& request) {
  const Queue answers{rd_kafka_queue_new(&client)};
  const Options options{rd_kafka_AdminOptions_new(&client, operation)};
  std::array<char, 256> why{};
  check(rd_kafka_AdminOptions_set_request_timeout(options.get(), to_ms(limit), why.data(), why.size()));
  // Also what brokers do among each other; only some requests know that.
  if (operation == RD_KAFKA_ADMIN_OP_CREATETOPICS || operation == RD_KAFKA_ADMIN_OP_DELETETOPICS)
    check(rd_kafka_AdminOptions_set_operation_timeout(options.get(), to_ms(limit), why.data(), why.size()));
  request(options.get(), answers.get());
  Event event{rd_kafka_queue_poll(answers.get(), to_ms(limit + seconds{1}))};
  if (!event) throw Failure(RD_KAFKA_RESP_ERR__TIMED_OUT);
  if (const auto code = rd_kafka_event_error(event.get()))
    throw Failure(code, rd_kafka_event_error_string(event.get()));
  return event;
}

}  // namespace cloudcart::kafka
