import type * as k8s from '@kubernetes/client-node'
import { type FieldError, forbidden, invalid, notSupported, required } from '../../field_error.ts'
import type { Container, PodSpec, Probe, Wire } from '../../types.ts'
import { httpHeaderName } from '../../validation/names.ts'
import { nonNegative, portErrors, portOrNameErrors } from '../../validation/numbers.ts'

/** What a probe or a lifecycle hook does; a probe has no sleep, a hook no gRPC call. */
type Handler = Partial<Wire<k8s.V1LifecycleHandler>> & Pick<Probe, 'grpc'>

const SCHEMES = ['HTTP', 'HTTPS']
const HANDLERS = ['exec', 'httpGet', 'tcpSocket', 'grpc', 'sleep'] as const
const GRACE_SECONDS_DEFAULT = 30

/** Hooks after the start and before the stop. */
export function lifecycleErrors({ lifecycle }: Container, spec: PodSpec, at: string): FieldError[] {
  return (['postStart', 'preStop'] as const).flatMap((hook) => {
    const handler = lifecycle?.[hook]
    return handler === undefined ? [] : handlerErrors(handler, spec, `${at}.lifecycle.${hook}`)
  })
}

/** Liveness, readiness and startup probes. */
export function probesErrors(container: Container, spec: PodSpec, at: string): FieldError[] {
  const { livenessProbe, readinessProbe, startupProbe } = container
  return [
    ...(livenessProbe
      ? [
          ...probeErrors(livenessProbe, spec, `${at}.livenessProbe`),
          ...mustSucceedOnce(livenessProbe, `${at}.livenessProbe`),
        ]
      : []),
    ...(readinessProbe ? readinessErrors(readinessProbe, spec, `${at}.readinessProbe`) : []),
    ...(startupProbe
      ? [
          ...probeErrors(startupProbe, spec, `${at}.startupProbe`),
          ...mustSucceedOnce(startupProbe, `${at}.startupProbe`),
        ]
      : []),
  ]
}

function readinessErrors(probe: Probe, spec: PodSpec, at: string): FieldError[] {
  const { terminationGracePeriodSeconds: seconds } = probe
  const field = `${at}.terminationGracePeriodSeconds`
  return [
    ...probeErrors(probe, spec, at),
    ...(seconds === undefined ? [] : [invalid(field, seconds, 'must not be set for readinessProbes')]),
  ]
}

const mustSucceedOnce = ({ successThreshold }: Probe, at: string): FieldError[] =>
  successThreshold === 1 ? [] : [invalid(`${at}.successThreshold`, successThreshold ?? 0, 'must be 1')]

function probeErrors(probe: Probe, spec: PodSpec, at: string): FieldError[] {
  const seconds = probe.terminationGracePeriodSeconds
  return [
    ...handlerErrors(probe, spec, at),
    ...nonNegative(probe.initialDelaySeconds, `${at}.initialDelaySeconds`),
    ...nonNegative(probe.timeoutSeconds, `${at}.timeoutSeconds`),
    ...nonNegative(probe.periodSeconds, `${at}.periodSeconds`),
    ...nonNegative(probe.successThreshold, `${at}.successThreshold`),
    ...nonNegative(probe.failureThreshold, `${at}.failureThreshold`),
    ...(seconds !== undefined && seconds <= 0
      ? [invalid(`${at}.terminationGracePeriodSeconds`, seconds, 'must be greater than 0')]
      : []),
  ]
}

function handlerErrors(handler: Handler, spec: PodSpec, at: string): FieldError[] {
  const present = HANDLERS.filter((kind) => handler[kind] !== undefined)
  const [first, ...others] = present
  if (first === undefined) return [required(at, 'must specify a handler type')]
  return [
    ...actionErrors(handler, first, spec, at),
    ...others.map((kind) => forbidden(`${at}.${kind}`, 'may not specify more than 1 handler type')),
  ]
}

function actionErrors(handler: Handler, kind: (typeof HANDLERS)[number], spec: PodSpec, at: string): FieldError[] {
  switch (kind) {
    case 'exec':
      return (handler.exec?.command ?? []).length === 0 ? [required(`${at}.exec.command`)] : []
    case 'httpGet':
      return handler.httpGet ? httpGetErrors(handler.httpGet, `${at}.httpGet`) : []
    case 'tcpSocket':
      return portOrNameErrors(handler.tcpSocket?.port ?? 0, `${at}.tcpSocket.port`)
    case 'grpc':
      return portErrors(handler.grpc?.port ?? 0, `${at}.grpc.port`)
    case 'sleep':
      return sleepErrors(handler.sleep?.seconds ?? 0, spec, `${at}.sleep`)
  }
}

const httpGetErrors = (action: Wire<k8s.V1HTTPGetAction>, at: string): FieldError[] => [
  ...(action.path ? [] : [required(`${at}.path`)]),
  ...portOrNameErrors(action.port, `${at}.port`),
  ...(action.scheme !== undefined && !SCHEMES.includes(action.scheme)
    ? [notSupported(`${at}.scheme`, action.scheme, SCHEMES)]
    : []),
  ...(action.httpHeaders ?? []).flatMap(({ name }) =>
    httpHeaderName(name).map((fault) => invalid(`${at}.httpHeaders`, name, fault)),
  ),
]

function sleepErrors(seconds: number, spec: PodSpec, at: string): FieldError[] {
  const grace = spec.terminationGracePeriodSeconds ?? GRACE_SECONDS_DEFAULT
  if (seconds >= 0 && seconds <= grace) return []
  return [invalid(at, seconds, `must be non-negative and less than terminationGracePeriodSeconds (${grace})`)]
}
