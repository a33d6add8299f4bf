#include "adapters/kafka/client/producer.h"

#include <algorithm>
#include <array>

namespace cloudcart::kafka {
namespace {

/// Orders with a thousand lines are larger than the usual bound of 1 MB.
constexpr const char* largest_message = "8388608";

const Settings producer_settings{
    {"enable.idempotence", "true"},
    {"acks", "all"},
    // Whoever sends has the whole batch at hand: there is nothing more to wait for.
    {"linger.ms", "1"},
    {"compression.type", "lz4"},
    // As Java clients do it, so that a key's partition is the same for all.
    {"partitioner", "murmur2_random"},
    {"message.max.bytes", largest_message},
    {"message.timeout.ms", "5000"},
    {"topic.metadata.refresh.interval.ms", "10000"},
};

void produce(rd_kafka_t& client, const Outgoing& message) {
  auto* headers = rd_kafka_headers_new(message.headers.size());
  for (const auto& [name, value] : message.headers)
    rd_kafka_header_add(headers, name.data(), static_cast<ssize_t>(name.size()), value.data(),
                        static_cast<ssize_t>(value.size()));
  std::array<rd_kafka_vu_t, 5> parts{};
  parts[0].vtype = RD_KAFKA_VTYPE_TOPIC;
  parts[0].u.cstr = message.topic.c_str();
  parts[1].vtype = RD_KAFKA_VTYPE_KEY;
  parts[1].u.mem = {const_cast<char*>(message.key.data()), message.key.size()};
  parts[2].vtype = RD_KAFKA_VTYPE_VALUE;
  parts[2].u.mem = {const_cast<char*>(message.value.data()), message.value.size()};
  parts[3].vtype = RD_KAFKA_VTYPE_MSGFLAGS;
  parts[3].u.i = RD_KAFKA_MSG_F_COPY;
  parts[4].vtype = RD_KAFKA_VTYPE_HEADERS;
  parts[4].u.headers = headers;
  const std::unique_ptr<rd_kafka_error_t, Freed<rd_kafka_error_destroy>> failure{
      rd_kafka_produceva(&client, parts.data(), parts.size())};
  if (!failure) return;
  rd_kafka_headers_destroy(headers);
  throw Failure(rd_kafka_error_code(failure.get()), rd_kafka_error_string(failure.get()));
}

}  // namespace

/// Of what is being sent.
struct Producer::Deliveries {
  std::size_t open = 0;
  rd_kafka_resp_err_t failure = RD_KAFKA_RESP_ERR_NO_ERROR;
  Acknowledged acknowledged;
};

void Producer::on_delivery(rd_kafka_t*, const rd_kafka_message_t* message, void* opaque) {
  auto& deliveries = *static_cast<Deliveries*>(opaque);
  --deliveries.open;
  if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
    deliveries.failure = message->err;
    return;
  }
  const Partition partition{rd_kafka_topic_name(message->rkt), message->partition};
  auto& [first, behind] = deliveries.acknowledged;
  const auto earliest = first.try_emplace(partition, message->offset).first;
  earliest->second = std::min(earliest->second, message->offset);
  auto& latest = behind[partition];
  latest = std::max(latest, message->offset + 1);
}

Producer::Producer(const Brokers& brokers) : deliveries_(std::make_unique<Deliveries>()) {
  auto configuration = configure(brokers, producer_settings);
  rd_kafka_conf_set_dr_msg_cb(configuration.get(), on_delivery);
  rd_kafka_conf_set_opaque(configuration.get(), deliveries_.get());
  handle_ = make(RD_KAFKA_PRODUCER, std::move(configuration));
}

Producer::~Producer() {
  rd_kafka_purge(handle_.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
}

Acknowledged Producer::send(std::span<const Outgoing> messages, MonotonicTime until) {
  *deliveries_ = {};
  for (const auto& message : messages) {
    produce(*handle_, message);
    ++deliveries_->open;
  }
  while (deliveries_->open > 0) rd_kafka_poll(handle_.get(), to_ms(left_until(until)));
  check(deliveries_->failure);
  return std::move(deliveries_->acknowledged);
}

}  // namespace cloudcart::kafka
