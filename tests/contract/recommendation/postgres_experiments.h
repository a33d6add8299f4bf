#pragma once

#include "adapters/postgres/recommendation/postgres_experiment_ledger.h"
#include "adapters/postgres/recommendation/postgres_experiment_repository.h"
#include "adapters/postgres/recommendation/postgres_quality_ledger.h"
#include "experiments_contract.h"
#include "support/postgres_schema.h"

namespace cloudcart::recommendation {

/// As one process has them. Patient, because the server has other tests to serve at the same time.
struct PostgresExperimentAdapters {
  explicit PostgresExperimentAdapters(const test::PostgresSchema& schema)
      : store(patient(schema.options()), "recommendation") {}

  static postgres::StoreOptions patient(postgres::StoreOptions options) {
    options.patience = seconds{30};
    return options;
  }

  postgres::Store store;
  PostgresExperimentRepository plans{store, small_bounds};
  PostgresExperimentLedger subjects{store, small_bounds};
  PostgresQualityLedger days{store};
};

}  // namespace cloudcart::recommendation
