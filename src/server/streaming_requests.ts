import type { LogOptions } from '../api/container_log.ts'
import { ApiError } from '../api/error.ts'
import type { FieldError } from '../api/field_error.ts'
import type { Pod } from '../api/types.ts'
import { badRequest, invalid, notFound } from './api_errors.ts'
import type { Core } from './core.ts'
import { defined } from './query.ts'
import type { TunnelRequest } from './streaming_port.ts'

/** The newest state of a pod that a client wants to talk to. @throws ApiError 404 */
export function podFor(core: Core, namespace: string | undefined, name: string | undefined): Pod {
  const stored = core.store.get({ resource: 'pods', namespace: namespace ?? '', name: name ?? '' })
  if (stored === undefined) throw notFound({ group: '', resource: 'pods' }, name ?? '')
  return stored.object as Pod
}

const namesOf = (containers: readonly { readonly name: string }[] | undefined): string[] =>
  (containers ?? []).map((container) => container.name)

/** The container that is meant: the only one if none is named. @throws ApiError 400 */
export function containerOf({ metadata, spec }: Pod, asked: string): string {
  const own = namesOf(spec.containers)
  const initial = namesOf(spec.initContainers)
  if (asked !== '') {
    if ([...own, ...initial, ...namesOf(spec.ephemeralContainers)].includes(asked)) return asked
    throw badRequest(`container ${asked} is not valid for pod ${metadata.name}`)
  }
  const [first] = own
  if (own.length === 1 && first !== undefined) return first
  const others = initial.length === 0 ? '' : ` or one of the init containers: [${initial.join(' ')}]`
  throw badRequest(
    `a container name must be specified for pod ${metadata.name}, choose one of: [${own.join(' ')}]${others}`,
  )
}

/** Whether anybody can be asked about the pod's containers yet. */
export const isAssigned = ({ spec }: Pod): boolean => Boolean(spec.nodeName)

const isTrue = (query: URLSearchParams, name: string): boolean => {
  const value = query.get(name)
  return value !== null && value !== '0' && value.toLowerCase() !== 'false'
}

const KINDS: Readonly<Record<string, TunnelRequest['kind']>> = {
  exec: 'exec',
  attach: 'attach',
  portforward: 'portforward',
}

/** What a tunnel is asked for. @throws ApiError 400 */
export function tunnelRequestOf(pod: Pod, subresource: string, query: URLSearchParams): TunnelRequest {
  const kind = KINDS[subresource]
  if (kind === undefined) throw badRequest(`${subresource} is no tunnel`)
  const container = kind === 'portforward' ? '' : containerOf(pod, query.get('container') ?? '')
  if (!isAssigned(pod)) throw badRequest(`pod ${pod.metadata.name} does not have a host assigned`)
  const ports = query
    .getAll('ports')
    .flatMap((list) => list.split(','))
    .filter((port) => port !== '')
  return {
    kind,
    pod,
    container,
    command: query.getAll('command'),
    stdin: isTrue(query, 'stdin'),
    stdout: isTrue(query, 'stdout'),
    stderr: isTrue(query, 'stderr'),
    tty: isTrue(query, 'tty'),
    ports: ports.map(Number),
  }
}

const bound = (field: string, value: number, rule: string): FieldError => ({
  type: 'FieldValueInvalid',
  field,
  message: `Invalid value: ${value}: must be ${rule}`,
})

function numberOf(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name)
  if (text === null || text === '') return undefined
  if (!/^[+-]?\d+$/.test(text)) throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`)
  return Number(text)
}

interface LogNumbers {
  readonly tailLines: number | undefined
  readonly limitBytes: number | undefined
  readonly sinceSeconds: number | undefined
  readonly sinceTime: string | undefined
}

function logFaults({ tailLines, limitBytes, sinceSeconds, sinceTime }: LogNumbers): FieldError[] {
  const faults: FieldError[] = []
  if (tailLines !== undefined && tailLines < 0) faults.push(bound('tailLines', tailLines, 'greater than or equal to 0'))
  if (limitBytes !== undefined && limitBytes < 1) faults.push(bound('limitBytes', limitBytes, 'greater than 0'))
  if (sinceSeconds !== undefined && sinceTime !== undefined) {
    const message = 'Forbidden: at most one of `sinceTime` or `sinceSeconds` may be specified'
    return [...faults, { type: 'FieldValueForbidden', field: '[]', message }]
  }
  if (sinceSeconds !== undefined && sinceSeconds < 1) faults.push(bound('sinceSeconds', sinceSeconds, 'greater than 0'))
  return faults
}

/** The parameters of a log request, but for the container. @throws ApiError 400, 422 */
export function logOptionsOf(name: string, query: URLSearchParams): Omit<LogOptions, 'container'> {
  const numbers: LogNumbers = {
    tailLines: numberOf(query, 'tailLines'),
    limitBytes: numberOf(query, 'limitBytes'),
    sinceSeconds: numberOf(query, 'sinceSeconds'),
    sinceTime: query.get('sinceTime') ?? undefined,
  }
  const faults = logFaults(numbers)
  if (faults.length > 0) throw invalid({ group: '', kind: 'PodLogOptions' }, name, faults)
  return {
    follow: isTrue(query, 'follow'),
    previous: isTrue(query, 'previous'),
    timestamps: isTrue(query, 'timestamps'),
    ...defined(numbers),
  }
}

/** Nobody is there who could reach a container. */
export const noStreaming = (): ApiError =>
  new ApiError({ code: 503, reason: 'ServiceUnavailable', message: 'no node can be reached for streaming' })
