{{/* Objects are called like the service, whatever the release is called: others find the service by that name. */}}
{{- define "service.name" -}}
{{- .Chart.Name | quote -}}
{{- end -}}

{{/* Who the pods are. Part of every selector, so it never changes. */}}
{{- define "service.selector" -}}
app.kubernetes.io/name: {{ include "service.name" . }}
{{- end -}}

{{/* Labels of pods: who they are, and who pays for them. */}}
{{- define "service.podLabels" -}}
{{ include "service.selector" . }}
app.kubernetes.io/part-of: {{ .Values.system | quote }}
service: {{ include "service.name" . }}
team: {{ .Values.team | quote }}
feature: {{ .Values.feature | quote }}
environment: {{ include "service.environment" . | quote }}
{{- end -}}

{{/* Labels of objects. The chart's version is not on pods, or each new one would restart them. */}}
{{- define "service.labels" -}}
{{ include "service.podLabels" . }}
app.kubernetes.io/managed-by: {{ .Release.Service | quote }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" | quote }}
{{- end -}}

{{- define "service.environment" -}}
{{- if not .Values.environment -}}
{{- fail "environment is not set: give --values with values-test.yaml or values-production.yaml" -}}
{{- end -}}
{{- .Values.environment -}}
{{- end -}}

{{- define "service.image" -}}
{{- with .Values.image -}}
{{- if and .tag .digest -}}
{{- fail "image.tag and image.digest are both set: give one of them" -}}
{{- else if .digest -}}
{{- printf "%s@%s" .repository .digest -}}
{{- else if .tag -}}
{{- printf "%s:%s" .repository .tag -}}
{{- else -}}
{{- fail "the image is not set: give --set image.digest=sha256:... or --set-string image.tag=..." -}}
{{- end -}}
{{- end -}}
{{- end -}}
