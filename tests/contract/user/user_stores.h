#pragma once

#include "adapters/memory/user/memory_erasure_repository.h"
#include "adapters/memory/user/memory_session_repository.h"
#include "adapters/memory/user/memory_setup_repository.h"
#include "adapters/memory/user/memory_user_repository.h"
#include "adapters/sqlite/user/sqlite_erasure_repository.h"
#include "adapters/sqlite/user/sqlite_session_repository.h"
#include "adapters/sqlite/user/sqlite_setup_repository.h"
#include "adapters/sqlite/user/sqlite_user_repository.h"
#include "support/temp_folder.h"

/// What the contract suites of the user service run on: both repositories over one empty store.
namespace cloudcart::test {

struct MemoryUserStores {
  memory::MemoryUserStore store;
  memory::MemoryUserRepository users{store};
  memory::MemorySessionRepository sessions{store};
  memory::MemorySetupRepository setup{store};
  memory::MemoryErasureRepository erasures{store};
};

struct SqliteUserStores {
  TempFolder folder;
  OffloadPool readers{"user-reader", 2, 1'000};
  sqlite::Store store{folder.path(), "user", readers};
  sqlite::SqliteUserRepository users{store};
  sqlite::SqliteSessionRepository sessions{store};
  sqlite::SqliteSetupRepository setup{store};
  sqlite::SqliteErasureRepository erasures{store};
};

}  // namespace cloudcart::test
