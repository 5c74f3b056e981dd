{{- define "lifeboat.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- define "lifeboat.fullname" -}}
{{- $name := include "lifeboat.name" . }}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" }}
{{- else if contains $name .Release.Name }}
{{- .Release.Name | trunc 63 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name $name | trunc 63 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{- define "lifeboat.selectorLabels" -}}
app.kubernetes.io/name: {{ include "lifeboat.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "lifeboat.labels" -}}
{{ include "lifeboat.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end }}

{{- define "lifeboat.serviceAccountName" -}}
{{- default (ternary (include "lifeboat.fullname" .) "default" .Values.serviceAccount.create) .Values.serviceAccount.name }}
{{- end }}

{{- define "lifeboat.image" -}}
{{- if .Values.image.digest }}
{{- printf "%s@%s" .Values.image.repository .Values.image.digest }}
{{- else }}
{{- printf "%s:%s" .Values.image.repository (default .Chart.AppVersion .Values.image.tag) }}
{{- end }}
{{- end }}

{{- define "lifeboat.subjects" -}}
- kind: ServiceAccount
  name: {{ include "lifeboat.serviceAccountName" . }}
  namespace: {{ .Release.Namespace }}
{{- end }}

{{/* Everything in namespaces: in all of them by the ClusterRole, or in `watchNamespaces` by Roles. */}}
{{- define "lifeboat.namespacedRules" -}}
{{- $groups := list "admin.gloo.solo.io" "discovery.mesh.gloo.solo.io" "discovery.smh.solo.io" "networking.enterprise.mesh.gloo.solo.io" "networking.gloo.solo.io" "networking.mesh.gloo.solo.io" "networking.smh.solo.io" "resilience.policy.gloo.solo.io" }}
- apiGroups: [discovery.k8s.io]
  resources: [endpointslices]
  verbs: [list, watch]
- apiGroups:
  {{- range $groups }}
  - {{ . }}
  {{- end }}
  resources: ["*"]
  verbs: [list, watch]
{{- if .Values.writeStatuses }}
- apiGroups:
  {{- range $groups }}
  - {{ . }}
  {{- end }}
  resources: ["*/status"]
  verbs: [patch]
- apiGroups: [""]
  resources: [events]
  verbs: [create, patch]
{{- end }}
{{- end }}

{{/* The combinations of values that the schema cannot explain in a sentence. */}}
{{- define "lifeboat.check" -}}
{{- $values := .Values }}
{{- if $values.kubeconfig.secretName }}
{{- if $values.clusterName }}
{{- fail "clusterName: the clusters of kubeconfig.contexts have names already. Remove one of the two." }}
{{- end }}
{{- if not $values.kubeconfig.contexts }}
{{- fail "kubeconfig.contexts: name each cluster and its context in the kubeconfig, such as [{ name: east, context: kind-east }]." }}
{{- end }}
{{- $names := list }}
{{- range $values.kubeconfig.contexts }}{{ $names = append $names .name }}{{ end }}
{{- with $values.kubeconfig.management }}
{{- if not (has . $names) }}
{{- fail (printf "kubeconfig.management: %s is none of the clusters of kubeconfig.contexts." .) }}
{{- end }}
{{- end }}
{{- else }}
{{- if not $values.clusterName }}
{{- fail "clusterName: is missing. It is the name that resources use for this cluster. For several clusters, set kubeconfig instead." }}
{{- end }}
{{- if or $values.kubeconfig.contexts $values.kubeconfig.management }}
{{- fail "kubeconfig.secretName: is missing. The contexts are in the kubeconfig of this Secret." }}
{{- end }}
{{- end }}
{{- $proves := or $values.clients.ca.secretName $values.clients.jwks.configMapName }}
{{- if not $values.insecure }}
{{- if not $values.tls.secretName }}
{{- fail "tls.secretName: is missing. Name a Secret of the type kubernetes.io/tls, or allow plain text with insecure: true." }}
{{- end }}
{{- if not $values.admin.tokenSecretName }}
{{- fail "admin.tokenSecretName: is missing. Name a Secret with the token of the admin address, or allow everyone to read the configuration with insecure: true." }}
{{- end }}
{{- if not (or $proves $values.clients.allowAny) }}
{{- fail "clients: nobody could connect. Set clients.ca.secretName or clients.jwks.configMapName, or accept any client with clients.allowAny: true." }}
{{- end }}
{{- end }}
{{- if and $proves $values.clients.allowAny }}
{{- fail "clients.allowAny: contradicts clients.ca and clients.jwks. Remove one." }}
{{- end }}
{{- if and $values.clients.ca.secretName (not $values.tls.secretName) }}
{{- fail "clients.ca: needs tls.secretName. Without TLS, clients show no certificates." }}
{{- end }}
{{- if and $values.clients.policy (not $proves) }}
{{- fail "clients.policy: needs clients.ca or clients.jwks. Without them, clients prove no identity." }}
{{- end }}
{{- end }}

{{/* Files of these volumes that change are used without a restart. */}}
{{- define "lifeboat.volumes" -}}
{{- with .Values.tls.secretName }}
      - name: tls
        secret: { secretName: {{ . }}, defaultMode: 0440 }
{{- end }}
{{- with .Values.clients.ca.secretName }}
      - name: client-ca
        # The Secret of an authority may have its key as well, which stays where it is.
        secret: { secretName: {{ . }}, defaultMode: 0440, items: [{ key: {{ $.Values.clients.ca.key }}, path: {{ $.Values.clients.ca.key }} }] }
{{- end }}
{{- with .Values.clients.jwks.configMapName }}
      - name: client-jwks
        configMap: { name: {{ . }}, defaultMode: 0440 }
{{- end }}
{{- if .Values.clients.policy }}
      - name: client-policy
        configMap: { name: {{ include "lifeboat.fullname" . }}-client-policy, defaultMode: 0440 }
{{- end }}
{{- with .Values.admin.tokenSecretName }}
      - name: admin-token
        secret: { secretName: {{ . }}, defaultMode: 0440 }
{{- end }}
{{- with .Values.kubeconfig.secretName }}
      - name: kubeconfig
        secret: { secretName: {{ . }}, defaultMode: 0440 }
{{- end }}
{{- end }}
