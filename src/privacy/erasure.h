#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "core/caller.h"
#include "core/id.h"
#include "core/timestamp.h"

/// Customers who are erased, told between the services: the account goes at once, what others hold follows. See
/// docs/PRIVACY.md.
namespace cloudcart::privacy {

/// Who holds something of a person, and has to say that it is gone.
enum class Holder : std::uint8_t { user, order, analytics };
constexpr std::array all_holders{Holder::user, Holder::order, Holder::analytics};
std::string_view to_string(Holder holder);
std::optional<Holder> parse_holder(std::string_view word);

/// An account that was erased. It is kept for good: it says that the id leads to nobody.
struct Erasure {
  std::int64_t seq = 0;  ///< in the feed; grows with each
  TenantId tenant;
  UserId user;
  Timestamp requested_at;
  bool operator==(const Erasure&) const = default;
};

struct ErasureBatch {
  std::vector<Erasure> erasures;
  std::int64_t last = 0;     ///< what to ask beyond next
  std::int64_t highest = 0;  ///< the highest seq there is; it falls only when an older store is restored
};

/// How far a holder is.
struct Erased {
  bool is_done = false;
  std::int64_t open_orders = 0;  ///< that still need their address; erased once they are closed
  bool operator==(const Erased&) const = default;
};

struct ErasureReport {
  TenantId tenant;
  UserId user;
  Holder holder = Holder::user;
  Erased erased;
  Timestamp at;
};

/// How far all are.
struct ErasureState {
  struct Part {
    Holder holder = Holder::user;
    Erased erased;
    std::optional<Timestamp> reported_at;  ///< empty: has not looked at it yet
    bool operator==(const Part&) const = default;
  };
  Erasure erasure;
  bool by_owner = false;    ///< else by an admin or the operator
  std::vector<Part> parts;  ///< in the order of all_holders
  bool is_done() const;
};

}  // namespace cloudcart::privacy
