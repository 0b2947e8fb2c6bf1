import { duplicate, type FieldError, forbidden, invalid, notSupported, required } from '../../field_error.ts'
import type { Container, PodSpec, Volume } from '../../types.ts'
import { dnsLabel, portName } from '../../validation/names.ts'
import { isPort, PORT_RANGE } from '../../validation/numbers.ts'
import { environmentErrors, environmentSourceErrors } from './pod_validation_env.ts'
import { volumeDeviceErrors, volumeMountErrors } from './pod_validation_mounts.ts'
import { lifecycleErrors, probesErrors } from './pod_validation_probes.ts'
import { resourceErrors } from './pod_validation_resources.ts'
import {
  containerRestartErrors,
  initResizeErrors,
  initRestartErrors,
  resizePolicyErrors,
} from './pod_validation_restarts.ts'
import { containerSecurityErrors } from './pod_validation_security.ts'

/** What the checks of a container need to know of its pod. */
export interface ContainerContext {
  readonly spec: PodSpec
  readonly volumes: ReadonlyMap<string, Volume>
}

const PULL_POLICIES = ['Always', 'IfNotPresent', 'Never']
const MESSAGE_POLICIES = ['File', 'FallbackToLogsOnError']
const PROTOCOLS = ['SCTP', 'TCP', 'UDP']
const ONLY_SIDECARS = 'may not be set for init containers without restartPolicy=Always'

/** The regular containers: each one's own faults, then host ports that two of them want. */
export function containersErrors(context: ContainerContext, field: string): FieldError[] {
  const containers = context.spec.containers ?? []
  if (containers.length === 0) return [required(field)]
  const names = new Set<string>()
  const errors = containers.flatMap((container, index) => {
    const at = `${field}[${index}]`
    return [
      ...containerErrors(container, context, at),
      ...nameTakenErrors(container.name, names, at),
      ...lifecycleErrors(container, context.spec, at),
      ...probesErrors(container, context.spec, at),
      ...containerRestartErrors(container, at),
    ]
  })
  return [...errors, ...hostPortConflicts(containers, field)]
}

/** The init containers; only those that always restart may have probes and lifecycle handlers. */
export function initContainersErrors(context: ContainerContext, field: string): FieldError[] {
  const { containers, initContainers = [] } = context.spec
  const names = new Set((containers ?? []).map((container) => container.name))
  return initContainers.flatMap((container, index) => {
    const at = `${field}[${index}]`
    const sidecar = container.restartPolicy === 'Always'
    return [
      ...containerErrors(container, context, at),
      ...initRestartErrors(container, at),
      ...nameTakenErrors(container.name, names, at),
      ...hostPortConflicts([container], field),
      ...(sidecar
        ? [...lifecycleErrors(container, context.spec, at), ...probesErrors(container, context.spec, at)]
        : [...forbiddenForInit(container, at), ...initResizeErrors(container, at)]),
    ]
  })
}

const forbiddenForInit = (container: Container, at: string): FieldError[] =>
  (['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'] as const)
    .filter((part) => container[part] !== undefined)
    .map((part) => forbidden(`${at}.${part}`, ONLY_SIDECARS))

function nameTakenErrors(name: string, names: Set<string>, at: string): FieldError[] {
  if (names.has(name)) return [duplicate(`${at}.name`, name)]
  names.add(name)
  return []
}

/** What holds for containers of all sorts. */
export function containerErrors(container: Container, context: ContainerContext, at: string): FieldError[] {
  return [
    ...containerNameErrors(container.name, at),
    ...(container.image ? [] : [required(`${at}.image`)]),
    ...choiceErrors(container.terminationMessagePolicy, MESSAGE_POLICIES, `${at}.terminationMessagePolicy`),
    ...containerPortErrors(container.ports ?? [], `${at}.ports`),
    ...environmentErrors(container.env ?? [], `${at}.env`),
    ...environmentSourceErrors(container.envFrom ?? [], `${at}.envFrom`),
    ...volumeMountErrors(container, context.volumes, `${at}.volumeMounts`),
    ...volumeDeviceErrors(container, context.volumes, `${at}.volumeDevices`),
    ...choiceErrors(container.imagePullPolicy, PULL_POLICIES, `${at}.imagePullPolicy`),
    ...resourceErrors(
      container.resources,
      `${at}.resources`,
      (context.spec.resourceClaims ?? []).flatMap(({ name }) => (name ? [name] : [])),
    ),
    ...resizePolicyErrors(container.resizePolicy ?? [], context.spec.restartPolicy, `${at}.resizePolicy`),
    ...containerSecurityErrors(container.securityContext, `${at}.securityContext`, context.spec.hostUsers !== false),
  ]
}

const containerNameErrors = (name: string, at: string): FieldError[] =>
  name ? dnsLabel(name).map((fault) => invalid(`${at}.name`, name, fault)) : [required(`${at}.name`)]

/** White space around an image's name is refused in a pod, and let pass in a template. */
export function imagePaddingErrors(containers: readonly Container[] | undefined, field: string): FieldError[] {
  return (containers ?? []).flatMap(({ image = '' }, index) =>
    image.trim() === image
      ? []
      : [invalid(`${field}[${index}].image`, image, 'must not have leading or trailing whitespace')],
  )
}

function choiceErrors(value: string | undefined, known: readonly string[], field: string): FieldError[] {
  if (!value) return [required(field)]
  return known.includes(value) ? [] : [notSupported(field, value, known)]
}

type Ports = NonNullable<Container['ports']>

function containerPortErrors(ports: Ports, field: string): FieldError[] {
  const names = new Set<string>()
  return ports.flatMap((port, index) => {
    const at = `${field}[${index}]`
    return [
      ...portNameErrors(port.name, names, `${at}.name`),
      ...(port.containerPort ? [] : [required(`${at}.containerPort`)]),
      ...(port.containerPort && !isPort(port.containerPort)
        ? [invalid(`${at}.containerPort`, port.containerPort, PORT_RANGE)]
        : []),
      ...(port.hostPort && !isPort(port.hostPort) ? [invalid(`${at}.hostPort`, port.hostPort, PORT_RANGE)] : []),
      ...choiceErrors(port.protocol, PROTOCOLS, `${at}.protocol`),
    ]
  })
}

function portNameErrors(name: string | undefined, names: Set<string>, field: string): FieldError[] {
  if (!name) return []
  const faults = portName(name)
  if (faults.length > 0) return faults.map((fault) => invalid(field, name, fault))
  if (names.has(name)) return [duplicate(field, name)]
  names.add(name)
  return []
}

function hostPortConflicts(containers: readonly Container[], field: string): FieldError[] {
  const taken = new Set<string>()
  return containers.flatMap((container, index) =>
    (container.ports ?? []).flatMap((port, portIndex) => {
      if (!port.hostPort) return []
      const key = `${port.protocol}/${port.hostIP ?? ''}/${port.hostPort}`
      if (taken.has(key)) return [duplicate(`${field}[${index}].ports[${portIndex}].hostPort`, key)]
      taken.add(key)
      return []
    }),
  )
}
