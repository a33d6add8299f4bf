#include "adapters/kafka/client/consumer.h"

#include <algorithm>
#include <charconv>

namespace cloudcart::kafka {
namespace {

Settings settings_of(const ConsumerOptions& options) {
  return {
      {"enable.auto.commit", "false"},
      {"enable.auto.offset.store", "false"},
      {"enable.partition.eof", "true"},
      // An offset that is not there is told and never guessed.
      {"auto.offset.reset", "error"},
      {"allow.auto.create.topics", "false"},
      {"fetch.message.max.bytes", std::to_string(options.fetch_bytes)},
      {"fetch.wait.max.ms", std::to_string(options.fetch_wait.count())},
      {"queued.max.messages.kbytes", std::to_string(std::max<std::size_t>(1, options.buffered_bytes >> 10))},
      {"fetch.error.backoff.ms", "100"},
      {"topic.metadata.refresh.interval.ms", "10000"},
  };
}

}  // namespace

Consumer::Consumer(const ConsumerOptions& options)
    : handle_(make(RD_KAFKA_CONSUMER, configure(options.brokers, settings_of(options)))),
      queue_(rd_kafka_queue_new(handle_.get())) {}

Consumer::~Consumer() {
  rd_kafka_queue_cb_event_enable(queue_.get(), nullptr, nullptr);
  stop_all();
}

rd_kafka_topic_t& Consumer::topic(const std::string& name) {
  auto& topic = topics_[name];
  if (!topic) topic.reset(rd_kafka_topic_new(handle_.get(), name.c_str(), nullptr));
  if (!topic) throw Failure(rd_kafka_last_error());
  return *topic;
}

void Consumer::stop_all() {
  for (const auto& partition : started_)
    rd_kafka_consume_stop(topics_[partition.topic].get(), partition.number);
  started_.clear();
}

void Consumer::assign(const Offsets& offsets) {
  stop_all();
  for (const auto& [partition, offset] : offsets) {
    if (rd_kafka_consume_start_queue(&topic(partition.topic), partition.number, offset, queue_.get()) != 0)
      throw Failure(rd_kafka_last_error());
    started_.push_back(partition);
  }
}

Message Consumer::poll(milliseconds wait) {
  return Message{rd_kafka_consume_queue(queue_.get(), to_ms(wait))};
}

void Consumer::pause(const Partition& partition) {
  check(rd_kafka_pause_partitions(handle_.get(), to_list({{partition, RD_KAFKA_OFFSET_INVALID}}).get()));
}

void Consumer::resume(const Partition& partition) {
  check(rd_kafka_resume_partitions(handle_.get(), to_list({{partition, RD_KAFKA_OFFSET_INVALID}}).get()));
}

void Consumer::on_arrival(std::function<void()> arrived) {
  arrived_ = std::move(arrived);
  rd_kafka_queue_cb_event_enable(
      queue_.get(), [](rd_kafka_t*, void* opaque) { static_cast<Consumer*>(opaque)->arrived_(); }, this);
}

Partition partition_of(const rd_kafka_message_t& message) {
  return {message.rkt ? rd_kafka_topic_name(message.rkt) : "", message.partition};
}

std::string_view value_of(const rd_kafka_message_t& message) {
  return {static_cast<const char*>(message.payload), message.len};
}

std::optional<std::string_view> header_of(const rd_kafka_message_t& message, const char* name) {
  rd_kafka_headers_t* headers = nullptr;
  if (rd_kafka_message_headers(&message, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR) return std::nullopt;
  const void* value = nullptr;
  std::size_t size = 0;
  if (rd_kafka_header_get_last(headers, name, &value, &size) != RD_KAFKA_RESP_ERR_NO_ERROR)
    return std::nullopt;
  return std::string_view{static_cast<const char*>(value), size};
}

std::optional<std::int64_t> number_in(const rd_kafka_message_t& message, const char* name) {
  const auto text = header_of(message, name);
  if (!text) return std::nullopt;
  std::int64_t number = 0;
  const auto* end = text->data() + text->size();
  const auto [stop, failure] = std::from_chars(text->data(), end, number);
  if (failure != std::errc{} || stop != end || number < 0) return std::nullopt;
  return number;
}

}  // namespace cloudcart::kafka
