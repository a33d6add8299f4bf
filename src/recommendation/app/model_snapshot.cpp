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
  put_bytes(bytes_, Head{});  // known at the end
  put_bytes(bytes_, position);
  put_bytes(bytes_, last_event);
  put_bytes(bytes_, version);
  put_bytes(bytes_, shops);
}

void SnapshotWriter::add(const TenantId& tenant, const Lessons& lessons,
                         const std::function<void(std::string& out)>& write_book) {
  put_text(bytes_, tenant.value);
  put_bytes(bytes_, lessons);
  const auto place_of_length = bytes_.size();
  put_bytes(bytes_, std::uint64_t{0});
  const auto start = bytes_.size();
  write_book(bytes_);
  replace_bytes(bytes_, place_of_length, std::uint64_t{bytes_.size() - start});
}

std::string SnapshotWriter::finish() && {
  const auto body = std::string_view{bytes_}.substr(sizeof(Head));
  replace_bytes(bytes_, 0,
                Head{.magic = magic, .form = form, .checksum = checksum_of(body), .length = body.size()});
  return std::move(bytes_);
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
