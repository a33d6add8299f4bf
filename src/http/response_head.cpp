#include "http/response_head.h"

#include <ctime>

#include <fmt/chrono.h>
#include <fmt/format.h>

namespace cloudcart::http {
namespace {

/// For people who read along; programs go by the number (RFC 9112 section 4).
std::string_view reason_of(int status) {
  switch (status) {
    case 101:
      return "Switching Protocols";
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 304:
      return "Not Modified";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 410:
      return "Gone";
    case 413:
      return "Content Too Large";
    case 414:
      return "URI Too Long";
    case 415:
      return "Unsupported Media Type";
    case 422:
      return "Unprocessable Content";
    case 426:
      return "Upgrade Required";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 503:
      return "Service Unavailable";
    default:
      return "";
  }
}

/// The Date field, made anew once a second.
const std::string& http_date() {
  thread_local std::time_t made_for = 0;
  thread_local std::string text;
  const auto now = std::time(nullptr);
  if (now != made_for) {
    text = fmt::format("{:%a, %d %b %Y %H:%M:%S GMT}", fmt::gmtime(now));
    made_for = now;
  }
  return text;
}

void append_connection(std::string& head, const Response& response, bool keep_alive) {
  if (response.upgrade) {
    head += "Connection: upgrade\r\n\r\n";
    return;
  }
  // Who names another protocol must say that the field is for this connection (RFC 9110 section 7.8).
  const std::string_view option = response.headers.find("Upgrade") ? "upgrade, " : "";
  fmt::format_to(std::back_inserter(head), "Connection: {}{}\r\n\r\n", option,
                 keep_alive ? "keep-alive" : "close");
}

}  // namespace

std::string head_of(const Response& response, bool keep_alive, bool chunks) {
  std::string head;
  head.reserve(1024);
  fmt::format_to(std::back_inserter(head), "HTTP/1.1 {} {}\r\nDate: {}\r\n", response.status,
                 reason_of(response.status), http_date());
  for (const auto& [name, value] : response.headers.fields()) {
    head += name;
    head += ": ";
    // A line break in a value would begin a field, or a body, of somebody else's making.
    for (const char c : value)
      if (c != '\r' && c != '\n') head += c;
    head += "\r\n";
  }
  if (response.stream) {
    if (chunks) head += "Transfer-Encoding: chunked\r\n";
  } else if (!response.lacks_body && response.status >= 200 && response.status != 204 &&
             response.status != 304) {
    fmt::format_to(std::back_inserter(head), "Content-Length: {}\r\n", response.body.size());
  }
  append_connection(head, response, keep_alive);
  return head;
}

}  // namespace cloudcart::http
