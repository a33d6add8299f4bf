{{/* Variables of the engines that a service talks to. Takes root, service, engines. Addresses with passwords are read from mounted Secrets. */}}
{{- define "cloudcart.engineEnv" -}}
{{- $v := .root.Values -}}
{{- $database := include "cloudcart.database" . | fromYaml -}}
{{- if has "postgres" .engines }}
- { name: CLOUDCART_POSTGRES_URL_FILE, value: /etc/cloudcart/engines/postgres.url }
- { name: CLOUDCART_POSTGRES_SCHEMA_PREFIX, value: {{ $v.postgres.schemaPrefix | quote }} }
- { name: CLOUDCART_POSTGRES_POOL_SIZE, value: {{ $v.postgres.poolSize | quote }} }
{{- if and $database.replicaKey (has .service (list "product" "order")) }}
- { name: CLOUDCART_POSTGRES_REPLICA_URL_FILE, value: /etc/cloudcart/engines/postgres.replica }
{{- end }}
{{- end }}
{{- if has "redis" .engines }}
- { name: CLOUDCART_CACHE_REDIS_FILE, value: /etc/cloudcart/engines/redis.url }
- { name: CLOUDCART_CACHE_KEY_PREFIX, value: {{ $v.redis.keyPrefix | quote }} }
{{- if $v.redis.caSecret }}
- { name: CLOUDCART_CACHE_REDIS_CA_FILE, value: /etc/cloudcart/redis-ca/ca.crt }
{{- end }}
{{- end }}
{{- if has "kafka" .engines }}
- { name: CLOUDCART_KAFKA_BROKERS, value: {{ join "," $v.kafka.brokers | quote }} }
- { name: CLOUDCART_KAFKA_TLS, value: {{ $v.kafka.tls | quote }} }
{{- if $v.kafka.caSecret }}
- { name: CLOUDCART_KAFKA_CA_FILE, value: /etc/cloudcart/kafka-ca/ca.crt }
{{- end }}
{{- if $v.kafka.sasl.user }}
- { name: CLOUDCART_KAFKA_USER, value: {{ $v.kafka.sasl.user | quote }} }
- { name: CLOUDCART_KAFKA_SASL_MECHANISM, value: {{ $v.kafka.sasl.mechanism | quote }} }
- { name: CLOUDCART_KAFKA_PASSWORD_FILE, value: /etc/cloudcart/engines/kafka.password }
{{- end }}
{{- if $v.kafka.topicPrefix }}
- { name: CLOUDCART_KAFKA_TOPIC_PREFIX, value: {{ $v.kafka.topicPrefix | quote }} }
{{- end }}
- { name: CLOUDCART_KAFKA_PARTITIONS, value: {{ $v.kafka.partitions | quote }} }
- { name: CLOUDCART_KAFKA_REPLICATION_FACTOR, value: {{ $v.kafka.replicationFactor | quote }} }
{{- end }}
{{- if has "clickhouse" .engines }}
- { name: CLOUDCART_CLICKHOUSE_URL_FILE, value: /etc/cloudcart/engines/clickhouse.url }
- { name: CLOUDCART_CLICKHOUSE_DATABASE, value: {{ $v.clickhouse.database | quote }} }
- { name: CLOUDCART_CLICKHOUSE_MEMORY_BYTES, value: {{ printf "%.0f" (float64 $v.clickhouse.memoryBytes) | quote }} }
{{- end }}
{{- end }}

{{- define "cloudcart.engineMounts" -}}
{{- if .engines }}
- { name: {{ .volume | default "engines" }}, mountPath: /etc/cloudcart/engines, readOnly: true }
{{- end }}
{{- range .engines }}
{{- if (get $.root.Values .).caSecret }}
- { name: {{ . }}-ca, mountPath: /etc/cloudcart/{{ . }}-ca, readOnly: true }
{{- end }}
{{- end }}
{{- end }}

{{/* One volume of what the engines' Secrets hold, each key under the name by which the variables know it. */}}
{{- define "cloudcart.engineVolumes" -}}
{{- $v := .root.Values -}}
{{- $database := include "cloudcart.database" . | fromYaml -}}
{{- if .engines }}
- name: {{ .volume | default "engines" }}
  projected:
    defaultMode: 0440
    sources:
      {{- if has "postgres" .engines }}
      - secret:
          name: {{ $database.existingSecret }}
          items:
            - { key: {{ $database.key }}, path: postgres.url }
            {{- if and $database.replicaKey (has .service (list "product" "order")) }}
            - { key: {{ $database.replicaKey }}, path: postgres.replica }
            {{- end }}
      {{- end }}
      {{- if has "redis" .engines }}
      - secret:
          name: {{ $v.redis.existingSecret }}
          items: [{ key: {{ $v.redis.key }}, path: redis.url }]
      {{- end }}
      {{- if and (has "kafka" .engines) $v.kafka.sasl.user }}
      - secret:
          name: {{ $v.kafka.sasl.existingSecret }}
          items: [{ key: {{ $v.kafka.sasl.key }}, path: kafka.password }]
      {{- end }}
      {{- if has "clickhouse" .engines }}
      - secret:
          name: {{ $v.clickhouse.existingSecret }}
          items: [{ key: {{ $v.clickhouse.key }}, path: clickhouse.url }]
      {{- end }}
{{- end }}
{{- end }}

{{/* Takes root and engines. */}}
{{- define "cloudcart.caVolumes" -}}
{{- range .engines }}
{{- if (get $.root.Values .).caSecret }}
- name: {{ . }}-ca
  secret: { secretName: {{ (get $.root.Values .).caSecret }}, defaultMode: 0440 }
{{- end }}
{{- end }}
{{- end }}

{{/* The variable of a setting: http.request_timeout is CLOUDCART_HTTP_REQUEST_TIMEOUT. */}}
{{- define "cloudcart.variable" -}}
CLOUDCART_{{ . | upper | replace "." "_" }}
{{- end }}
