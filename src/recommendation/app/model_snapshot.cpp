#include "recommendation/app/model_snapshot.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <zlib.h>

#include "core/bytes.h"

namespace cloudcart::recommendation {
namespace {

constexpr std::array<char, 8> magic{'C', 'C', 'M', 'O', 'D', 'E', 'L', '\n'};
/// Grows with each change of the form, of Lessons and of OrderBook::write().
constexpr std::uint32_t form = 1;

struct Head {
  std::array<char, 8> magic;
  std::uint32_t form;
  std::uint32_t checksum;  ///< CRC-32 of what follows the head
  std::uint64_t length;    ///< of it
};

std::uint32_t checksum_of(std::string_view bytes) {
  return static_cast<std::uint32_t>(crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}

std::unexpected<Error> not_usable(std::string why) {
  return fail(ErrorCode::validation_failed, std::move(why));
}

}  // namespace

SnapshotWriter::SnapshotWriter(std::int64_t position, EventId last_event, std::int64_t version,
                               std::uint32_t shops) {
  put_bytes(body_, position);
  put_bytes(body_, last_event);
  put_bytes(body_, version);
  put_bytes(body_, shops);
}

void SnapshotWriter::add(const TenantId& tenant, const Lessons& lessons, std::string_view book) {
  put_text(body_, tenant.value);
  put_bytes(body_, lessons);
  put_bytes(body_, std::uint64_t{book.size()});
  body_.append(book);
}

std::string SnapshotWriter::finish() && {
  const Head head{.magic = magic, .form = form, .checksum = checksum_of(body_), .length = body_.size()};
  std::string head_bytes;
  put_bytes(head_bytes, head);
  body_.insert(0, head_bytes);
  return std::move(body_);
}

Result<ModelSnapshot> read_snapshot(std::string_view all) {
  ByteReader bytes(all);
  const auto head = bytes.take<Head>();
  if (!bytes.is_good() || head.magic != magic) return not_usable("it is no snapshot of a model");
  if (head.form != form)
    return not_usable(fmt::format("it has format {}, this program reads {}", head.form, form));
  if (head.length != bytes.left()) return not_usable("it is cut off");
  if (checksum_of(all.substr(sizeof(Head))) != head.checksum)
    return not_usable("it is damaged: its checksum is wrong");
  ModelSnapshot snapshot;
  snapshot.position = bytes.take<std::int64_t>();
  snapshot.last_event = bytes.take<EventId>();
  snapshot.version = bytes.take<std::int64_t>();
  const auto shops = bytes.take<std::uint32_t>();
  for (std::uint32_t shop = 0; shop < shops && bytes.is_good(); ++shop) {
    TenantId tenant{std::string{bytes.take_text()}};
    const auto lessons = bytes.take<Lessons>();
    auto book = OrderBook::read(bytes.take_bytes(bytes.take<std::uint64_t>()));
    if (!book) return not_usable("its orders make no sense");
    snapshot.models.emplace(std::move(tenant), KeptModel{*std::move(book), lessons});
  }
  if (!bytes.is_good() || bytes.left() != 0) return not_usable("its parts make no sense");
  return snapshot;
}

}  // namespace cloudcart::recommendation
