{{/* The release's name, of at most 40 characters, so that -dashboard and the hashes of pods fit behind it. */}}
{{- define "cloudcart.fullname" -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" -}}
{{- else if contains $name .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end }}

{{- define "cloudcart.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end -}}
{{- end }}

{{/* What never changes, for selectors. */}}
{{- define "cloudcart.selector" -}}
app.kubernetes.io/name: {{ default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "cloudcart.labels" -}}
{{ include "cloudcart.selector" . }}
app.kubernetes.io/version: {{ .Values.image.tag | default .Chart.AppVersion | quote }}
app.kubernetes.io/part-of: cloudcart
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end }}

{{/*
The services: the port of each, whom it calls and which engines it talks to. Addresses, policies and mounted secrets all follow from it.
The dashboard is a second port of the gateway's process.
*/}}
{{- define "cloudcart.topology" -}}
user:      { port: 3001, calls: [order, analytics], engines: [postgres] }
product:   { port: 3002, calls: [user, order], engines: [postgres, redis, kafka] }
order:     { port: 3003, calls: [user, product], engines: [postgres, kafka] }
analytics: { port: 3004, calls: [user, product, order], engines: [postgres, kafka, clickhouse] }
gateway:   { port: 8080, calls: [user, product, order, analytics], engines: [], front: true }
{{- if .Values.services.dashboard.enabled }}
dashboard: { port: 5174, calls: [user, product, order, analytics], engines: [], front: true }
{{- end }}
{{- end }}

{{/* The topology with the values of each service: defaults, and services.<name> over them. */}}
{{- define "cloudcart.services" -}}
{{- $all := dict -}}
{{- range $name, $facts := include "cloudcart.topology" . | fromYaml -}}
{{- $values := mergeOverwrite (deepCopy $.Values.defaults) (deepCopy (get $.Values.services $name | default dict)) -}}
{{- $engines := list -}}
{{- range $facts.engines -}}
{{- if or (eq . "postgres") (get $.Values .).enabled -}}{{- $engines = append $engines . -}}{{- end -}}
{{- end -}}
{{- $_ := set $all $name (merge (dict "engines" $engines "values" $values) $facts) -}}
{{- end -}}
{{- $all | toYaml -}}
{{- end }}

{{/* What no schema can say: which services may have several processes. */}}
{{- define "cloudcart.check" -}}
{{- range $name, $needed := dict "product" "redis" "analytics" "clickhouse" -}}
{{- $service := get (include "cloudcart.services" $ | fromYaml) $name -}}
{{- $most := $service.values.replicas -}}
{{- if $service.values.autoscaling.enabled -}}{{- $most = $service.values.autoscaling.maxReplicas -}}{{- end -}}
{{- if and (gt (int $most) 1) (not (get $.Values $needed).enabled) -}}
{{- fail (printf "services.%s: several processes share what %s holds: set %s.enabled, or one replica and autoscaling.enabled=false." $name $needed $needed) -}}
{{- end -}}
{{- end -}}
{{- range $name, $service := include "cloudcart.services" . | fromYaml -}}
{{- with $service.values.autoscaling -}}
{{- if and .enabled (gt (int .minReplicas) (int .maxReplicas)) -}}
{{- fail (printf "services.%s.autoscaling: minReplicas is more than maxReplicas." $name) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- with .Values.shutdown -}}
{{- if ge (int .lameDuckSeconds) (int .drainSeconds) -}}
{{- fail "shutdown.lameDuckSeconds must be less than shutdown.drainSeconds, which it is a part of." -}}
{{- end -}}
{{- end -}}
{{- end }}

{{/* The Secret of a service's database: takes root and service, answers existingSecret, key and replicaKey. */}}
{{- define "cloudcart.database" -}}
{{- $own := get .root.Values.postgres.services .service | default dict -}}
{{- mergeOverwrite (pick .root.Values.postgres "existingSecret" "key" "replicaKey") $own | toYaml -}}
{{- end }}

{{- define "cloudcart.podSecurity" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
fsGroupChangePolicy: OnRootMismatch
seccompProfile: { type: RuntimeDefault }
{{- end }}

{{- define "cloudcart.containerSecurity" -}}
allowPrivilegeEscalation: false
privileged: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end }}
