import { ApiError } from '../../api/error.ts'
import type { Endpoints, Node, Pod, Service } from '../../api/types.ts'
import type { Random } from '../../base/random.ts'
import { badRequest, notFound } from '../api_errors.ts'
import type { Core } from '../core.ts'
import { headObject } from '../storage.ts'
import type { ProxyDestination } from './proxy_port.ts'
import type { ResourcePath } from './router.ts'
import { checkReachable } from './streaming_requests.ts'

/** What stands in the path where other requests have a name: `web`, `web:80` or `https:web:http`. */
interface Asked {
  readonly scheme: 'http' | 'https'
  readonly name: string
  readonly port: string
}

const SCHEMES: Readonly<Record<string, Asked['scheme']>> = { '': 'http', http: 'http', https: 'https' }

function askedFor(text: string): Asked | undefined {
  const parts = text.split(':')
  const [scheme = '', name = '', port = ''] = parts.length < 3 ? ['', ...parts] : parts
  const known = SCHEMES[scheme]
  return known === undefined || name === '' || parts.length > 3 ? undefined : { scheme: known, name, port }
}

const KIND: Readonly<Record<string, string>> = { pods: 'pod', services: 'service', nodes: 'node' }

/** Where a request to `pods/proxy`, `services/proxy` or `nodes/proxy` goes. @throws ApiError 400, 404, 503 */
export function proxyDestination(core: Core, { resource, namespace = '', name: text = '' }: ResourcePath) {
  const asked = askedFor(text)
  if (asked === undefined) throw badRequest(`invalid ${KIND[resource]} request ${JSON.stringify(text)}`)
  if (resource === 'pods') return podDestination(core, namespace, asked)
  return resource === 'services' ? serviceDestination(core, namespace, asked, text) : nodeDestination(core, asked)
}

function podDestination(core: Core, namespace: string, { scheme, name, port }: Asked): ProxyDestination {
  const pod = headObject<Pod>(core.store, 'pods', namespace, name)
  if (pod === undefined) throw notFound({ group: '', resource: 'pods' }, name)
  const host = pod.status?.podIP
  const node = pod.spec.nodeName
  if (!host || !node || !isProxyable(host)) throw badRequest('address not allowed')
  return { type: 'address', node, scheme, host, port: port === '' ? firstPort(pod) : port }
}

function firstPort({ spec }: Pod): string {
  const port = spec.containers.find(({ ports = [] }) => ports.length > 0)?.ports?.[0]
  return port === undefined ? '' : String(port.containerPort)
}

/** The server must not be made to talk with itself or with what is on its own link. */
const isProxyable = (address: string): boolean => !/^(127\.|169\.254\.|0\.|22[4-9]\.|23\d\.|255\.)/.test(address)

function serviceDestination(core: Core, namespace: string, asked: Asked, text: string): ProxyDestination {
  const { scheme, name } = asked
  const service = headObject<Service>(core.store, 'services', namespace, name)
  const portName = /^\d+$/.test(asked.port) ? nameOfPort(service, asked) : asked.port
  const endpoints = headObject<Endpoints>(core.store, 'endpoints', namespace, name)
  if (service === undefined || endpoints === undefined) throw notFound({ group: '', resource: 'services' }, name)
  if (!endpoints.subsets?.length) throw unavailable(`no endpoints available for service ${JSON.stringify(name)}`)
  const ready = readyAddresses(core, endpoints, portName)
  const chosen = anyOf(core.deps.random, ready)
  if (chosen === undefined) throw unavailable(`no endpoints available for service ${JSON.stringify(text)}`)
  return { type: 'address', scheme, ...chosen }
}

/** The number of a service's port stands for the port's name, by which endpoints know it. */
function nameOfPort(service: Service | undefined, { name, port }: Asked): string {
  if (service === undefined) throw notFound({ group: '', resource: 'services' }, name)
  const found = service.spec?.ports?.find((one) => one.port === Number(port))
  if (found === undefined) throw unavailable(`no service port ${port} found for service ${JSON.stringify(name)}`)
  return found.name ?? ''
}

interface Address {
  readonly node: string
  readonly host: string
  readonly port: string
}

/** Only addresses of pods count: whoever writes endpoints must not choose what the server connects to. */
function readyAddresses(core: Core, { metadata, subsets = [] }: Endpoints, portName: string): Address[] {
  return subsets.flatMap(({ addresses = [], ports = [] }) => {
    const port = ports.find((one) => (one.name ?? '') === portName)
    if (port === undefined) return []
    return addresses.flatMap(({ ip, targetRef }) => {
      if (targetRef?.kind !== 'Pod' || targetRef.namespace !== metadata.namespace) return []
      const pod = headObject<Pod>(core.store, 'pods', targetRef.namespace ?? '', targetRef.name ?? '')
      const isIts = pod?.status?.podIPs?.some((one) => one.ip === ip) ?? pod?.status?.podIP === ip
      const node = pod?.spec.nodeName
      return isIts && node ? [{ node, host: ip, port: String(port.port) }] : []
    })
  })
}

const anyOf = <T>(random: Random, list: readonly T[]): T | undefined =>
  list.length === 0 ? undefined : list[random.integer(list.length)]

/** The kubelet's port, as the nodes' status tells it, or upstream's. */
const KUBELET_PORT = 10_250

function nodeDestination(core: Core, { scheme, name, port }: Asked): ProxyDestination {
  const node = headObject<Node>(core.store, 'nodes', '', name)
  if (node === undefined) throw notFound({ group: '', resource: 'nodes' }, name)
  checkReachable(core, name, 'nodes')
  const kubeletPort = node.status?.daemonEndpoints?.kubeletEndpoint?.Port || KUBELET_PORT
  if (port === '' || port === String(kubeletPort)) return { type: 'agent', node: name }
  const host = node.status?.addresses?.find(({ type }) => type === 'InternalIP')?.address
  if (host === undefined || !isProxyable(host)) throw badRequest('address not allowed')
  return { type: 'address', node: name, scheme, host, port }
}

const unavailable = (message: string) => new ApiError({ code: 503, reason: 'ServiceUnavailable', message })
