#include "analytics/http/live_socket.h"

#include <fmt/format.h>

#include "runtime/executor.h"

namespace cloudcart::analytics {
namespace {

constexpr std::size_t max_waiting_commands = 8;
constexpr seconds subscribe_limit{5};

std::string error_json(const Error& error, std::optional<LiveTopic> topic = {}) {
  JsonWriter json;
  json.begin_object()
      .field("type", "error")
      .field("code", to_string(error.code))
      .field("message", error.message);
  if (topic) json.field("topic", to_string(*topic));
  if (!error.fields.empty()) {
    json.key("errors").begin_array();
    for (const auto& [field, message] : error.fields) json.value(field + ": " + message);
    json.end_array();
  }
  json.end_object();
  return std::move(json).str();
}

std::string message_of(const LiveEvent& event) {
  if (event.type == "heartbeat") return R"({"type":"heartbeat"})";
  return fmt::format(R"({{"type":"{}","position":{},"data":{}}})", event.type, event.position, event.json);
}

}  // namespace

Result<std::shared_ptr<LiveSocket>> LiveSocket::open(AnalyticsApp& app,
                                                     std::shared_ptr<SharedOverviews> overviews,
                                                     const Caller& caller) {
  CLOUDCART_TRY(auto subscription, app.live_feed.subscribe(caller.tenant, {}));
  auto reader =
      std::make_unique<LiveReader>(app, std::move(overviews), caller.tenant, std::move(subscription));
  return std::make_shared<LiveSocket>(app, caller, std::move(reader));
}

Task<void> LiveSocket::receive(std::string message) {
  for (;;) {
    const auto ticket = taken_.ticket();
    if (cancelled_) co_return;
    if (commands_.size() < max_waiting_commands) break;
    co_await taken_.wait(ticket, MonotonicTime::max());
  }
  commands_.push_back(std::move(message));
  reader_->interrupt();
}

Task<std::expected<http::Conversation::Messages, http::Closing>> LiveSocket::next() {
  Messages messages;
  while (messages.empty() && !cancelled_) {
    if (commands_.empty()) {
      for (const auto& event : co_await reader_->next()) messages.push_back(message_of(event));
      continue;
    }
    // One at a time, and what it has to tell with it: who sends commands and reads no answers is not listened to.
    auto command = std::move(commands_.front());
    commands_.pop_front();
    taken_.notify_all();
    co_await obey(std::move(command), messages);
    for (const auto& event : reader_->take_first()) messages.push_back(message_of(event));
  }
  if (cancelled_) co_return std::unexpected(http::Closing{});
  co_return messages;
}

Task<void> LiveSocket::obey(std::string message, Messages& answers) {
  auto command = parse_live_command(message);
  if (!command) {
    answers.push_back(error_json(command.error()));
    co_return;
  }
  switch (command->action) {
    case LiveCommand::Action::ping:
      answers.emplace_back(R"({"type":"pong"})");
      break;
    case LiveCommand::Action::unsubscribe:
      for (const auto topic : command->topics) reader_->leave({topic});
      answers.push_back(topics_json("unsubscribed"));
      break;
    case LiveCommand::Action::subscribe:
      co_await subscribe(*std::move(command), answers);
      break;
  }
}

/// A topic that the role may not follow is named; the rest stands.
Task<void> LiveSocket::subscribe(LiveCommand command, Messages& answers) {
  LiveTopics topics;
  for (const auto topic : command.topics) {
    if (may_follow(topic, caller_.role)) {
      topics.add(topic);
    } else {
      answers.push_back(
          error_json({ErrorCode::forbidden, "Your role does not allow this topic.", {}}, topic));
    }
  }
  if (topics.empty()) co_return;
  const auto followed = co_await reader_->follow(topics, std::move(command.period), command.after,
                                                 Executor::current()->now() + subscribe_limit);
  if (!followed) {
    answers.push_back(error_json(followed.error()));
    co_return;
  }
  if (topics.contains(LiveTopic::stock)) app_.stock_watch.watch(caller_.tenant, command.products);
  answers.push_back(topics_json("subscribed"));
}

std::string LiveSocket::topics_json(std::string_view type) const {
  JsonWriter json;
  json.begin_object().field("type", type).key("topics").begin_array();
  for (std::size_t i = 0; i < live_topic_count; ++i)
    if (const auto topic = static_cast<LiveTopic>(i); reader_->topics().contains(topic))
      json.value(to_string(topic));
  json.end_array().field("position", reader_->position()).end_object();
  return std::move(json).str();
}

void LiveSocket::cancel() {
  cancelled_ = true;
  taken_.notify_all();
  reader_->interrupt();
}

}  // namespace cloudcart::analytics
