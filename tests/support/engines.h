#pragma once

#include <string>

namespace cloudcart::test {

/// Where the servers for tests are: CLOUDCART_TEST_POSTGRES, _REDIS … of the environment, else of the file
/// that scripts/engines wrote. Throw std::runtime_error when nothing is there: a test that needs a server fails without.
std::string postgres_url();    ///< postgresql://user@host:port/database
std::string redis_address();   ///< host:port
std::string kafka_address();   ///< host:port
std::string clickhouse_url();  ///< http://host:port of Debian's server, which is of 2018
std::string chdb_url();        ///< http://host:port of today's engine

}  // namespace cloudcart::test
