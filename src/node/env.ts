import type { ConfigMap, Container, Pod, Secret, Service } from '../api/types.ts'
import { base64ToText } from '../base/base64.ts'
import { podField, resourceField } from './downward.ts'
import { expandVariables } from './expand.ts'
import { ConfigError } from './pod_worker/ports.ts'

/** Where values come from. */
export interface EnvSources {
  readonly configMap: (namespace: string, name: string) => ConfigMap | undefined
  readonly secret: (namespace: string, name: string) => Secret | undefined
  /** Services of the pod's namespace, and `kubernetes` of `default`. */
  readonly services: readonly Service[]
  readonly podIps: readonly string[]
  readonly hostIps: readonly string[]
  /** What a container without limits may use: the node's allocatable. */
  readonly allocatable: Readonly<Record<string, string>>
}

type EnvVar = NonNullable<Container['env']>[number]

/**
 * A container's environment: service variables, then `envFrom`, then `env`; a later value wins, and
 * `$(NAME)` refers to what was defined before it.
 * @throws ConfigError when a source that is not optional is missing
 */
export function environmentOf(
  pod: Pod,
  container: Container,
  sources: EnvSources,
): readonly { readonly name: string; readonly value: string }[] {
  const values = new Map<string, string>(serviceVariables(pod, sources.services))
  for (const from of container.envFrom ?? []) addAll(values, pod, from, sources)
  for (const one of container.env ?? []) {
    const value =
      one.valueFrom === undefined ? expandVariables(one.value ?? '', values) : valueFrom(pod, container, one, sources)
    if (value !== undefined) values.set(one.name, value)
  }
  return [...values].map(([name, value]) => ({ name, value }))
}

type EnvFrom = NonNullable<Container['envFrom']>[number]

function addAll(values: Map<string, string>, pod: Pod, from: EnvFrom, sources: EnvSources): void {
  const { namespace = '' } = pod.metadata
  const add = (entries: Readonly<Record<string, string>>) => {
    for (const [key, value] of Object.entries(entries)) values.set(`${from.prefix ?? ''}${key}`, value)
  }
  if (from.configMapRef !== undefined) {
    const found = sources.configMap(namespace, from.configMapRef.name ?? '')
    if (found !== undefined) add(found.data ?? {})
    else if (from.configMapRef.optional !== true)
      throw new ConfigError(`configmap "${from.configMapRef.name}" not found`)
  }
  if (from.secretRef !== undefined) {
    const found = sources.secret(namespace, from.secretRef.name ?? '')
    if (found !== undefined) add(decodedData(found))
    else if (from.secretRef.optional !== true) throw new ConfigError(`secret "${from.secretRef.name}" not found`)
  }
}

function decodedData(secret: Secret): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(secret.data ?? {}).map(([key, value]) => [key, base64ToText(value)]))
}

function valueFrom(pod: Pod, container: Container, one: EnvVar, sources: EnvSources): string | undefined {
  const { namespace = '' } = pod.metadata
  const { configMapKeyRef, fieldRef, resourceFieldRef, secretKeyRef } = one.valueFrom ?? {}
  if (configMapKeyRef !== undefined) {
    const found = sources.configMap(namespace, configMapKeyRef.name ?? '')
    return required(found?.data?.[configMapKeyRef.key], {
      ...configMapKeyRef,
      kind: 'configmap',
      namespace,
      found: found !== undefined,
    })
  }
  if (secretKeyRef !== undefined) {
    const found = sources.secret(namespace, secretKeyRef.name ?? '')
    const value = found?.data?.[secretKeyRef.key]
    const text = value === undefined ? undefined : base64ToText(value)
    return required(text, { ...secretKeyRef, kind: 'secret', namespace, found: found !== undefined })
  }
  if (fieldRef !== undefined) return podField(pod, fieldRef.fieldPath, sources)
  if (resourceFieldRef !== undefined)
    return resourceField(pod, { ...resourceFieldRef, containerName: container.name }, sources.allocatable)
  return undefined
}

interface KeyReference {
  readonly kind: string
  readonly namespace: string
  readonly name?: string
  readonly key: string
  readonly optional?: boolean
  readonly found: boolean
}

function required(value: string | undefined, from: KeyReference): string | undefined {
  if (value !== undefined || from.optional === true) return value
  if (!from.found) throw new ConfigError(`${from.kind} "${from.name}" not found`)
  const kind = from.kind === 'secret' ? 'Secret' : 'ConfigMap'
  throw new ConfigError(`couldn't find key ${from.key} in ${kind} ${from.namespace}/${from.name}`)
}

/** `WEB_SERVICE_HOST`, `WEB_PORT_80_TCP` and so on; only for `kubernetes` when the pod wants no service links. */
function* serviceVariables(pod: Pod, services: readonly Service[]): Iterable<readonly [string, string]> {
  for (const service of services) {
    const { name, namespace } = service.metadata
    const ip = service.spec.clusterIP
    const isApi = name === 'kubernetes' && namespace === 'default'
    const isWanted = isApi || (pod.spec.enableServiceLinks !== false && namespace === pod.metadata.namespace)
    if (isWanted && ip && ip !== 'None') yield* variablesOf(name, ip, service.spec.ports ?? [])
  }
}

type Ports = NonNullable<Service['spec']['ports']>

function* variablesOf(name: string, ip: string, ports: Ports): Iterable<readonly [string, string]> {
  const prefix = name.toUpperCase().replaceAll('-', '_')
  const [first] = ports
  yield [`${prefix}_SERVICE_HOST`, ip]
  if (first === undefined) return
  yield [`${prefix}_SERVICE_PORT`, String(first.port)]
  for (const port of ports)
    if (port.name) yield [`${prefix}_SERVICE_PORT_${port.name.toUpperCase().replaceAll('-', '_')}`, String(port.port)]
  yield [`${prefix}_PORT`, `${(first.protocol ?? 'TCP').toLowerCase()}://${ip}:${first.port}`]
  for (const { port, protocol = 'TCP' } of ports) {
    const stem = `${prefix}_PORT_${port}_${protocol}`
    yield [stem, `${protocol.toLowerCase()}://${ip}:${port}`]
    yield [`${stem}_PROTO`, protocol.toLowerCase()]
    yield [`${stem}_PORT`, String(port)]
    yield [`${stem}_ADDR`, ip]
  }
}
