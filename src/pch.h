// The headers that most translation units need, compiled once. Beast and Asio stay out: only http/beast and
// runtime include them. Of our own, what everything stands on; a change of one of these builds all anew, with or
// without this file.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <chrono>
#include <cmath>
#include <condition_variable>
#include <coroutine>
#include <cstdint>
#include <deque>
#include <expected>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <sstream>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "core/caller.h"
#include "core/id.h"
#include "core/json_writer.h"
#include "core/money.h"
#include "core/result.h"
#include "core/timestamp.h"
#include "runtime/executor.h"
#include "runtime/task.h"
