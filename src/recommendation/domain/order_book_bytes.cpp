#include "core/bytes.h"
#include "recommendation/domain/order_book.h"

namespace cloudcart::recommendation {
namespace {

template <class IdType>
void put_ids(std::string& out, const IdIndex<IdType>& ids) {
  put_bytes(out, static_cast<std::uint32_t>(ids.size()));
  for (std::uint32_t i = 0; i < ids.size(); ++i) put_bytes(out, ids[i]);
}

/// False when an id stands there twice, or fewer than it says.
template <class IdType>
bool take_ids(ByteReader& bytes, IdIndex<IdType>& ids) {
  const auto count = bytes.take<std::uint32_t>();
  if (bytes.left() / sizeof(IdType) < count) return false;
  for (std::uint32_t i = 0; i < count; ++i)
    if (ids.add(bytes.take<IdType>()) != i) return false;
  return true;
}

}  // namespace

void OrderBook::write(std::string& out) const {
  // Those who were forgotten are left out, and their orders go to the nil id.
  IdIndex<UserId> written;
  std::vector<std::uint32_t> place_of(users_.size());
  for (std::uint32_t user = 0; user < users_.size(); ++user)
    place_of[user] = written.add(is_forgotten(user) ? UserId{} : users_[user]);
  put_ids(out, products_);
  put_ids(out, written);
  put_ids(out, order_ids_);
  put_bytes(out, newest_);
  for (std::uint32_t i = 0; i < orders_.size(); ++i) {
    const auto& order = orders_[i];
    put_bytes(out, order.time);
    put_bytes(out, place_of[order.user]);
    put_bytes(out, order.line_count);
    put_bytes(out, order.state);
    for (const auto& line : lines(order)) put_bytes(out, line);
  }
}

std::optional<OrderBook> OrderBook::read(std::string_view all) {
  ByteReader bytes(all);
  std::optional<OrderBook> book(std::in_place);
  if (!take_ids(bytes, book->products_) || !take_ids(bytes, book->users_) ||
      !take_ids(bytes, book->order_ids_))
    return std::nullopt;
  book->newest_ = bytes.take<Timestamp>();
  book->newest_of_.resize(book->users_.size() + 1);
  for (std::uint32_t i = 0; i < book->order_ids_.size(); ++i)
    if (!book->take_order(bytes)) return std::nullopt;
  if (!bytes.is_good() || bytes.left() != 0) return std::nullopt;
  return book;
}

bool OrderBook::take_order(ByteReader& bytes) {
  Order order{};
  order.time = bytes.take<Timestamp>();
  order.user = bytes.take<std::uint32_t>();
  order.line_count = bytes.take<std::uint16_t>();
  order.state = bytes.take<State>();
  order.previous = none;
  if (!bytes.is_good() || order.user >= users_.size() || order.line_count > max_lines ||
      order.state > State::credited)
    return false;
  order.first_line = static_cast<std::uint32_t>(lines_.append_together(order.line_count));
  for (std::size_t line = 0; line < order.line_count; ++line) {
    lines_[order.first_line + line] = bytes.take<Line>();
    if (lines_[order.first_line + line].product >= products_.size()) return false;
  }
  orders_.push_back(order);
  if (order.state == State::bought) add_to_history(static_cast<std::uint32_t>(orders_.size() - 1));
  return bytes.is_good();
}

}  // namespace cloudcart::recommendation
