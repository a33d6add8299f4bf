#pragma once

#include "events/event_log.h"
#include "http/message.h"

namespace cloudcart::order {

/// GET /internal/events?after=N&limit=0–1000&wait_ms=0–5000 for consumers in other processes:
/// {"data":{"records":[{"position":…,"event":{…}}],"end":…}}. With wait_ms the answer waits for something
/// beyond `after`. An answer is cut at some megabytes and may so hold fewer than `limit` records; a limit of
/// 0 asks for the end alone.
Task<Result<http::Response>> answer_internal_events(events::EventLog& log, http::Request& request);
/// GET /internal/events/count?after=N: {"data":{"count":…}}.
Task<Result<http::Response>> answer_internal_event_count(events::EventLog& log, http::Request& request);

}  // namespace cloudcart::order
