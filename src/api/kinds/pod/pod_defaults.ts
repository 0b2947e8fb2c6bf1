import { fill, fillNumber, items, type Loose, part } from '../draft.ts'
import { imageIsLatest } from '../image_name.ts'
import { volumeDefaults } from '../volume_defaults.ts'
import { dropGatedPodFields } from './pod_gated_fields.ts'

const GRACE_SECONDS_DEFAULT = 30

/** What every pod spec gets, of a pod and of a template alike. */
export function podSpecDefaults(spec: Loose): void {
  dropGatedPodFields(spec)
  fill(spec, 'restartPolicy', 'Always')
  spec.terminationGracePeriodSeconds ??= GRACE_SECONDS_DEFAULT
  fill(spec, 'dnsPolicy', 'ClusterFirst')
  part(spec, 'securityContext')
  fill(spec, 'schedulerName', 'default-scheduler')
  if (spec.serviceAccountName) spec.serviceAccount = spec.serviceAccountName
  else if (spec.serviceAccount) spec.serviceAccountName = spec.serviceAccount
  for (const volume of items(spec.volumes)) volumeDefaults(volume)
  for (const container of items(spec.initContainers)) containerDefaults(container)
  for (const container of items(spec.containers)) containerDefaults(container)
  for (const container of items(spec.ephemeralContainers)) containerDefaults(container)
}

/** What a pod gets beyond what its template would: requests out of limits, service links, host ports. */
export function podOnlyDefaults(spec: Loose): void {
  spec.enableServiceLinks ??= true
  for (const container of [...items(spec.initContainers), ...items(spec.containers)]) {
    requestsFromLimits(container.resources)
    if (spec.hostNetwork) for (const port of items(container.ports)) fillNumber(port, 'hostPort', port.containerPort)
  }
}

/** The template of a workload. */
export function podTemplateDefaults(template: Loose): void {
  part(template, 'metadata')
  podSpecDefaults(part(template, 'spec'))
}

function containerDefaults(container: Loose): void {
  fill(container, 'terminationMessagePath', '/dev/termination-log')
  fill(container, 'terminationMessagePolicy', 'File')
  fill(container, 'imagePullPolicy', imageIsLatest(container.image ?? '') ? 'Always' : 'IfNotPresent')
  part(container, 'resources')
  for (const port of items(container.ports)) fill(port, 'protocol', 'TCP')
  for (const variable of items(container.env)) if (variable.valueFrom) environmentDefaults(variable.valueFrom)
  for (const probe of [container.livenessProbe, container.readinessProbe, container.startupProbe]) {
    if (probe) probeDefaults(probe)
  }
  for (const handler of [container.lifecycle?.postStart, container.lifecycle?.preStop]) {
    if (handler?.httpGet) httpGetDefaults(handler.httpGet)
  }
}

function environmentDefaults(source: Loose): void {
  if (source.fieldRef) fill(source.fieldRef, 'apiVersion', 'v1')
  if (source.resourceFieldRef) source.resourceFieldRef.divisor ??= '0'
  if (source.fileKeyRef) source.fileKeyRef.optional ??= false
}

function probeDefaults(probe: Loose): void {
  fillNumber(probe, 'timeoutSeconds', 1)
  fillNumber(probe, 'periodSeconds', 10)
  fillNumber(probe, 'successThreshold', 1)
  fillNumber(probe, 'failureThreshold', 3)
  if (probe.httpGet) httpGetDefaults(probe.httpGet)
  if (probe.grpc) probe.grpc.service ??= ''
}

function httpGetDefaults(action: Loose): void {
  fill(action, 'path', '/')
  fill(action, 'scheme', 'HTTP')
}

/** A limit without a request asks for as much as it allows. */
function requestsFromLimits(resources: Loose): void {
  for (const [name, amount] of Object.entries(resources?.limits ?? {})) part(resources, 'requests')[name] ??= amount
}
