import { ApiError } from '../../api/error.ts'
import type { Endpoints, Pod, Service } from '../../api/types.ts'
import { badRequest, notFound } from '../api_errors.ts'
import { type Answer, type Call, resourceNameOf } from '../call.ts'
import type { Core } from '../core.ts'
import { headObject } from '../storage.ts'

/** `web`, `web:80` or `https:web:http`: what stands in the path where other requests have a name. */
function targetOf(text: string): { readonly name: string; readonly port: string } {
  const parts = text.split(':')
  if (parts.length === 1) return { name: text, port: '' }
  const [name = '', port = ''] = parts.length === 2 ? parts : parts.slice(1)
  return { name, port }
}

/** A request to `pods/proxy`. */
export async function proxyToPod(core: Core, call: Call): Promise<Answer> {
  const { name } = targetOf(call.request.name ?? '')
  const pod = headObject<Pod>(core.store, 'pods', call.request.namespace ?? '', name)
  if (pod === undefined) throw notFound(resourceNameOf(call.target.facts), name)
  if (!pod.status?.podIP) throw badRequest('address not allowed')
  throw noWay(`pod ${name}`)
}

/** A request to `services/proxy`. */
export async function proxyToService(core: Core, call: Call): Promise<Answer> {
  const { name } = targetOf(call.request.name ?? '')
  const namespace = call.request.namespace ?? ''
  const service = headObject<Service>(core.store, 'services', namespace, name)
  const endpoints = headObject<Endpoints>(core.store, 'endpoints', namespace, name)
  if (service === undefined || endpoints === undefined) throw notFound(resourceNameOf(call.target.facts), name)
  if (!endpoints.subsets?.some((subset) => subset.addresses?.length)) {
    throw unavailable(`no endpoints available for service ${JSON.stringify(name)}`)
  }
  throw noWay(`service ${name}`)
}

const unavailable = (message: string) => new ApiError({ code: 503, reason: 'ServiceUnavailable', message })

/** Pods have addresses inside their node only; a forwarded port reaches them, a proxied request does not yet. */
const noWay = (what: string) =>
  unavailable(`this server does not proxy requests to the ${what}; kubectl port-forward reaches it`)
