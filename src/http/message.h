#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/caller.h"
#include "core/json_writer.h"
#include "core/result.h"
#include "runtime/task.h"

namespace cloudcart::http {

enum class Method : std::uint8_t { get, head, post, put, patch, delete_, options, other };
std::string_view to_string(Method method);
/// GET and HEAD: what changes nothing, and so may be sent again.
constexpr bool is_read(Method method) {
  return method == Method::get || method == Method::head;
}
Method parse_method(std::string_view word);

/// Header fields in order of arrival; names compare without regard to case.
class Headers {
 public:
  struct Field {
    std::string name;
    std::string value;
  };
  std::optional<std::string_view> find(std::string_view name) const;
  void set(std::string_view name, std::string value);  ///< replaces every field of that name
  void add(std::string_view name, std::string value);
  const std::vector<Field>& fields() const { return fields_; }

 private:
  std::vector<Field> fields_;
};

struct Route;

/// Carries a service token from a gateway to the service behind it: whoever shows one is believed in
/// X-Forwarded-For. It gives no other right.
inline constexpr std::string_view gateway_token_header = "X-CloudCart-Gateway";

/// What is left of a request's time limit, in whole milliseconds. A limit can only be shortened by it.
inline constexpr std::string_view time_limit_header = "X-Request-Timeout-Ms";

/// One request as handlers see it. The server fills the first part; middleware and router the second.
struct Request {
  Method method = Method::get;
  std::string target;  ///< as sent: path and query
  Headers headers;
  std::string body;
  std::string remote_address;
  MonotonicTime received_at{};  ///< when its bytes came, whenever they were read

  std::string path;  ///< the target without its query, still percent-encoded
  std::vector<std::pair<std::string, std::string>> query;            ///< decoded, in order
  std::vector<std::pair<std::string_view, std::string>> parameters;  ///< of the route's path, decoded
  const Route* route = nullptr;
  std::string request_id;
  Caller caller;
  std::string session;       ///< the verified token's session, for logout
  std::string audit_target;  ///< set by a handler: what it changed, where the path does not name it
  /// On an audited route for anyone: to be called once the handler knows on whose behalf it acts and before it changes
  /// anything. Error: it may not go on. See begin_audit().
  std::function<Task<Status>(Caller)> audit_as;
  int minor_version = 1;  ///< of HTTP/1
  /// Says for whom it asks, and is none of the proxies that are believed.
  bool behind_unknown_proxy = false;
  bool by_gateway = false;  ///< handed on by a gateway of this platform, which has counted it
  bool by_service = false;  ///< another service of this platform asks
  Headers answer_headers;   ///< for its answer, whichever it is

  std::string_view parameter(std::string_view name) const;
  /// audit_as, where there is one.
  Task<Status> begin_audit(Caller actor);
  /// A path parameter that must be an id; validation_failed naming it otherwise.
  template <class IdType>
  Result<IdType> id_parameter(std::string_view name) const {
    if (auto id = IdType::parse(parameter(name))) return *id;
    return fail(Error::validation({{std::string{name}, "must be a UUID"}}));
  }
};

/// A body that is produced while it is sent (server-sent events, proxied streams).
class BodyStream {
 public:
  virtual ~BodyStream() = default;
  /// The next piece, or nullopt at the end. Called again only after the piece before was written, so a slow
  /// reader slows the producer and nothing piles up.
  virtual Task<std::optional<std::string>> next() = 0;
  /// The reader has gone or the server is draining: next() must end soon. Called on the session's loop.
  virtual void cancel() = 0;
};

class Upgrade;

struct Response {
  int status = 200;
  Headers headers;
  std::string body;
  std::shared_ptr<BodyStream> stream;  ///< instead of body
  std::shared_ptr<Upgrade> upgrade;    ///< with status 101: what the connection is handed to
  /// Another server's answer to HEAD. How long the body of GET would be is not known, since it may yet be compressed.
  bool lacks_body = false;
};

/// {"success":true,"data":<data>} with an optional message.
Response data_response(int status, JsonWriter data, std::string_view message = {});
/// {"success":true,"message":…}
Response message_response(int status, std::string_view message);
Response json_response(int status, std::string json);

}  // namespace cloudcart::http
