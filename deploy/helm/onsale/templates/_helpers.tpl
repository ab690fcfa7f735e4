{{- define "onsale.image" -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end }}

{{- define "onsale.secret" -}}
{{ .Values.secrets.existing | default (printf "%s-secrets" .Release.Name) }}
{{- end }}

{{/* Labels that never change: (dict "root" $ "role" "booking") */}}
{{- define "onsale.selector" -}}
app.kubernetes.io/name: onsale
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .role }}
{{- end }}

{{- define "onsale.labels" -}}
{{ include "onsale.selector" . }}
app.kubernetes.io/version: {{ .root.Values.image.tag | default .root.Chart.AppVersion | quote }}
app.kubernetes.io/part-of: onsale
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version }}
{{- end }}

{{/* A role's Service, by its whole name: each replica's address is told. */}}
{{- define "onsale.host" -}}
{{ .root.Release.Name }}-{{ .role }}.{{ .root.Release.Namespace }}.svc.{{ .root.Values.clusterDomain }}
{{- end }}

{{/* The secrets that a role reads, as a list of names: its own database, what it is told, and what all share. */}}
{{- define "onsale.secretNames" -}}
{{- $own := printf "DATABASE_URL_%s" (upper .role) -}}
{{- $names := concat (list "ONSALE_SECRET" $own) .spec.secretsOf -}}
{{- $known := list -}}
{{- range $names -}}
  {{- if or $.root.Values.secrets.existing (hasKey $.root.Values.secrets.values .) -}}
    {{- $known = append $known . -}}
  {{- end -}}
{{- end -}}
{{ join " " $known }}
{{- end }}

{{/* What a role is told: settings of all, its own, its neighbours, and where its secrets lie. */}}
{{- define "onsale.env" -}}
{{- $root := .root -}}
{{- $env := dict "METRICS_LISTEN" "0.0.0.0:9464" -}}
{{- range $name, $value := $root.Values.settings -}}
  {{- if ne (toString $value) "" -}}{{- $_ := set $env $name (toString $value) -}}{{- end -}}
{{- end -}}
{{- range $role, $spec := $root.Values.roles -}}
  {{- if and $spec.enabled (ne $role "gateway") -}}
    {{- $_ := set $env (printf "UPSTREAM_%s" (upper $role)) (printf "dns://%s:8080" (include "onsale.host" (dict "root" $root "role" $role))) -}}
  {{- end -}}
{{- end -}}
{{- $_ := set $env (printf "DATABASE_POOL_%s" (upper .role)) (toString .spec.pool) -}}
{{- $_ := set $env "DATABASE_POOL_BUS" (toString $root.Values.databasePoolBus) -}}
{{- $_ := set $env "BUS_DATABASE_URL_FILE" (printf "/etc/onsale/secrets/DATABASE_URL_%s" (upper .role)) -}}
{{- range splitList " " (include "onsale.secretNames" .) -}}
  {{- $_ := set $env (printf "%s_FILE" .) (printf "/etc/onsale/secrets/%s" .) -}}
{{- end -}}
{{- range $name, $value := .spec.settings -}}
  {{- $_ := set $env $name (toString $value) -}}
{{- end -}}
{{- range $name, $value := $env }}
- name: {{ $name }}
  value: {{ $value | quote }}
{{- end }}
{{- end }}

{{- define "onsale.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end }}

{{- define "onsale.podSecurity" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
seccompProfile: { type: RuntimeDefault }
{{- end }}

{{/* The most replicas of a role. */}}
{{- define "onsale.replicasMax" -}}
{{- if .autoscaling.enabled -}}{{ max .autoscaling.max .replicas }}{{- else -}}{{ .replicas }}{{- end -}}
{{- end }}
