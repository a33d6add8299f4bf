// The recommender's model as its file keeps it, with a head that fits, so that what is behind it is read.
#include <zlib.h>

#include "core/bytes.h"
#include "fuzz/fuzz_target.h"
#include "recommendation/app/model_snapshot.h"

using namespace cloudcart;
using fuzz::require;

namespace {

std::string with_head(std::string_view body) {
  std::string bytes = "CCMODEL\n";
  put_bytes(bytes, std::uint32_t{1});
  put_bytes(bytes,
            static_cast<std::uint32_t>(crc32_z(0, reinterpret_cast<const Bytef*>(body.data()), body.size())));
  put_bytes(bytes, std::uint64_t{body.size()});
  bytes += body;
  return bytes;
}

std::string written(const recommendation::ModelSnapshot& snapshot) {
  recommendation::SnapshotWriter writer(snapshot.position, snapshot.last_event, snapshot.version,
                                        static_cast<std::uint32_t>(snapshot.models.size()));
  for (const auto& [tenant, kept] : snapshot.models)
    writer.add(tenant, kept.lessons, [&](std::string& out) { kept.book.write(out); });
  return std::move(writer).finish();
}

}  // namespace

/// First byte: whether the rest is a whole file, or what follows the head.
FUZZ_TARGET(snapshot) {
  fuzz::Input bytes(input);
  const bool whole = bytes.byte() == 'F';
  const auto snapshot =
      recommendation::read_snapshot(whole ? std::string{bytes.rest()} : with_head(bytes.rest()));
  if (!snapshot) {
    require(!snapshot.error().message.empty(), "a snapshot is refused with a reason");
    return;
  }
  const auto file = written(*snapshot);
  const auto again = recommendation::read_snapshot(file);
  require(again && written(*again) == file, "a snapshot is written as it was read");
}
