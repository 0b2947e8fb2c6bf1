import type { LogOptions } from '../../api/container_log.ts'
import { DecodeError } from '../../api/decode/state.ts'
import { timeOf } from '../../api/decode/time_codec.ts'
import { ApiError } from '../../api/error.ts'
import { type FieldError, forbidden } from '../../api/field_error.ts'
import type { Node, Pod } from '../../api/types.ts'
import { badRequest, invalid, notFound, rawServerError } from '../api_errors.ts'
import type { Core } from '../core.ts'
import { headObject } from '../storage.ts'
import { defined, integer } from './query.ts'
import type { ResourcePath } from './router.ts'
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
  const all = [...namesOf(spec.initContainers), ...own, ...namesOf(spec.ephemeralContainers)]
  if (asked !== '') {
    if (all.includes(asked)) return asked
    throw badRequest(`container ${asked} is not valid for pod ${metadata.name}`)
  }
  const [first] = own
  if (own.length === 1 && first !== undefined) return first
  throw badRequest(`a container name must be specified for pod ${metadata.name}, choose one of: [${all.join(' ')}]`)
}

/** Nodes are reached by an address of one of these types. */
const REACHED_BY = new Set(['Hostname', 'InternalDNS', 'InternalIP', 'ExternalDNS', 'ExternalIP'])

/** @throws ApiError when there is no such node, or it has not said yet where it is */
export function checkReachable(core: Core, nodeName: string, of: 'pods' | 'nodes'): void {
  const node = headObject<Node>(core.store, 'nodes', '', nodeName)
  if (node === undefined) throw notFound({ group: '', resource: of }, nodeName)
  const addresses = node.status?.addresses ?? []
  if (addresses.some(({ type }) => REACHED_BY.has(type))) return
  const known = addresses.map(({ type, address }) => `{${type} ${address}}`).join(' ')
  throw rawServerError(`no preferred addresses found; known addresses: [${known}]`)
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

/** What a tunnel is asked for. @throws ApiError 400, 404 */
export function tunnelRequestOf(
  core: Core,
  { namespace, name, subresource = '' }: ResourcePath,
  query: URLSearchParams,
) {
  const kind = KINDS[subresource]
  if (kind === undefined) throw badRequest(`${subresource} is no tunnel`)
  const ports = kind === 'portforward' ? portsOf(query) : []
  const pod = podFor(core, namespace, name)
  const container = kind === 'portforward' ? '' : containerOf(pod, query.get('container') ?? '')
  if (!pod.spec.nodeName) throw badRequest(`pod ${pod.metadata.name} does not have a host assigned`)
  checkReachable(core, pod.spec.nodeName, 'pods')
  const asked: TunnelRequest = {
    kind,
    pod,
    container,
    command: query.getAll('command'),
    stdin: isTrue(query, 'stdin'),
    stdout: isTrue(query, 'stdout'),
    stderr: isTrue(query, 'stderr'),
    tty: isTrue(query, 'tty'),
    ports,
  }
  return asked
}

const PORT_MAX = 65_535

/** The ports that a query names, several of them in one parameter or in many. @throws ApiError 400 */
function portsOf(query: URLSearchParams): number[] {
  const lists = query.getAll('ports').map((list) => list.split(','))
  return lists.flat().map((text) => {
    const refuse = (why: string) =>
      badRequest(`cannot convert to []int32: strconv.ParseUint: parsing ${JSON.stringify(text)}: ${why}`)
    if (!/^\d+$/.test(text)) throw refuse('invalid syntax')
    if (Number(text) > PORT_MAX) throw refuse('value out of range')
    return Number(text)
  })
}

/** Connections cannot be tried without being made. @throws ApiError 400 */
export function refuseDryRun(query: URLSearchParams): void {
  if (query.has('dryRun')) throw badRequest('dryRun is not supported')
}

const bound = (field: string, value: number, rule: string): FieldError => ({
  type: 'FieldValueInvalid',
  field,
  message: `Invalid value: ${value}: must be ${rule}`,
})

/** @throws ApiError 400 in Go's words */
function sinceTimeOf(query: URLSearchParams): string | undefined {
  const text = query.get('sinceTime')
  if (text === null || text === '') return undefined
  try {
    return timeOf(text)
  } catch (thrown) {
    throw thrown instanceof DecodeError ? badRequest(thrown.message) : thrown
  }
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
    return [...faults, forbidden('[]', 'at most one of `sinceTime` or `sinceSeconds` may be specified')]
  }
  if (sinceSeconds !== undefined && sinceSeconds < 1) faults.push(bound('sinceSeconds', sinceSeconds, 'greater than 0'))
  return faults
}

/** The parameters of a log request, but for the container. @throws ApiError 400, 422 */
export function logOptionsOf(name: string, query: URLSearchParams): Omit<LogOptions, 'container'> {
  const [sinceSeconds, sinceTime] = [integer(query, 'sinceSeconds'), sinceTimeOf(query)]
  const [tailLines, limitBytes] = [integer(query, 'tailLines'), integer(query, 'limitBytes')]
  const numbers: LogNumbers = { tailLines, limitBytes, sinceSeconds, sinceTime }
  const stream: FieldError[] = query.has('stream') ? [forbidden('stream', 'may not be specified')] : []
  const faults = [...logFaults(numbers), ...stream]
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
