#pragma once

#include "app/config/config.h"

/// The settings, section by section.
namespace cloudcart::app {

void add_place_settings(std::vector<Setting>& all);
void add_upstream_settings(std::vector<Setting>& all);
void add_shop_settings(std::vector<Setting>& all);
void add_auth_settings(std::vector<Setting>& all);
void add_order_settings(std::vector<Setting>& all);
void add_privacy_settings(std::vector<Setting>& all);
void add_http_settings(std::vector<Setting>& all);
void add_tls_settings(std::vector<Setting>& all);
void add_limit_settings(std::vector<Setting>& all);
void add_runtime_settings(std::vector<Setting>& all);
void add_overload_settings(std::vector<Setting>& all);
void add_cache_settings(std::vector<Setting>& all);
void add_postgres_settings(std::vector<Setting>& all);
void add_clickhouse_settings(std::vector<Setting>& all);
void add_kafka_settings(std::vector<Setting>& all);
void add_alert_settings(std::vector<Setting>& all);
void add_tracing_settings(std::vector<Setting>& all);
void add_log_settings(std::vector<Setting>& all);

}  // namespace cloudcart::app
