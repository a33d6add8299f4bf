#pragma once

#include "core/result.h"
#include "core/timestamp.h"
#include "http/web_url.h"

namespace cloudcart::http {

/// Asks for `url` by GET, once, and answers the status; blocks, for `limit` at most and what the system's resolver takes beyond
/// it. By https the connection is encrypted, but whose certificate the server shows is not looked at: a process is asked by the
/// address that it listens on, which no certificate names. So nothing secret may be sent or learnt by it. Errors: unavailable
/// with the reason in a few words.
Result<int> probe(const WebUrl& url, milliseconds limit);

}  // namespace cloudcart::http
