#pragma once

#include "adapters/postgres/user/postgres_erasure_repository.h"
#include "adapters/postgres/user/postgres_session_repository.h"
#include "adapters/postgres/user/postgres_setup_repository.h"
#include "adapters/postgres/user/postgres_user_repository.h"
#include "support/postgres_schema.h"

namespace cloudcart::test {

/// One process of the user service: its own connections to the schema that it may share with others.
struct PostgresUserService {
  postgres::Store store;
  postgres::PostgresUserRepository users{store};
  postgres::PostgresSessionRepository sessions{store};
  postgres::PostgresSetupRepository setup{store};
  postgres::PostgresErasureRepository erasures{store};

  explicit PostgresUserService(const PostgresSchema& schema) : store(schema.options(), "user") {}
};

/// What the contract suites of the user service run on: both repositories over one empty store.
struct PostgresUserStores {
  PostgresSchema schema;
  PostgresUserService service{schema};
  user::UserRepository& users = service.users;
  user::SessionRepository& sessions = service.sessions;
  user::SetupRepository& setup = service.setup;
  user::ErasureRepository& erasures = service.erasures;
};

}  // namespace cloudcart::test
