import { formatQuantity } from '../../api/quantity.ts'
import type { KubeObject, Node, Pod } from '../../api/types.ts'
import {
  METRICS_GROUP,
  NODE_METRICS,
  type NodeMetrics,
  POD_METRICS,
  type PodMetrics,
  type Usage,
} from '../../api/usage_metrics.ts'
import type { Millis } from '../../base/clock.ts'
import { toRfc3339 } from '../../base/time.ts'
import { methodNotAllowed, notFound } from '../api_errors.ts'
import { type Answer, type Call, objectAnswer, resourceNameOf } from '../call.ts'
import type { Core } from '../core.ts'
import { selectionOf } from '../selection.ts'
import type { Figures, NodeFigures, PodFigures } from './figures.ts'

const API_VERSION = `${METRICS_GROUP}/v1beta1`

/** GET of one node's or pod's figures. One that was not seen twice yet has none. */
export async function getUsage(core: Core, call: Call): Promise<Answer> {
  const { name = '', namespace } = call.request
  const found = (await usageObjects(core, call)).find(({ metadata }) => metadata.name === name)
  if (found !== undefined) return objectAnswer(200, call.target.facts, { object: found, bytes: undefined })
  throw notFound(resourceNameOf(call.target.facts), namespace === undefined ? name : `${namespace}/${name}`)
}

/** GET of all, or of those that the selectors choose. */
export async function listUsage(core: Core, call: Call): Promise<Answer> {
  const { facts } = call.target
  const selection = selectionOf(facts, call.request.options)
  const items = (await usageObjects(core, call)).filter((object) => selection.matches(object))
  return {
    code: 200,
    body: { type: 'list', facts, metadata: {}, items: items.map((object) => ({ object, bytes: undefined })) },
  }
}

async function usageObjects(core: Core, call: Call): Promise<readonly KubeObject[]> {
  const figures = await core.usage?.figures()
  if (figures === undefined) throw methodNotAllowed()
  const now = core.deps.clock.now()
  if (!call.target.facts.ref.namespaced) return nodeObjects(core, figures, now)
  return podObjects(core, call.request.namespace, { figures, now })
}

type AllFigures = ReadonlyMap<string, NodeFigures>

async function nodeObjects({ store }: Core, figures: AllFigures, now: Millis): Promise<readonly NodeMetrics[]> {
  const { items } = await store.list({ resource: 'nodes' })
  return items.flatMap(({ object }) => {
    const { metadata } = object as Node
    const found = figures.get(metadata.name)?.node
    if (found === undefined) return []
    return [{ ...headOf(NODE_METRICS.kind, metadata, now), ...timesOf([found]), usage: usageOf(found) }]
  })
}

/** In the order of the pods' own list; those that do not run, or are new, are left out. */
async function podObjects(
  { store }: Core,
  namespace: string | undefined,
  { figures, now }: { readonly figures: AllFigures; readonly now: Millis },
): Promise<readonly PodMetrics[]> {
  const byUid = new Map<string, PodFigures>()
  for (const node of figures.values()) for (const pod of node.pods) byUid.set(pod.uid, pod)
  const { items } = await store.list({ resource: 'pods', ...(namespace === undefined ? {} : { namespace }) })
  return items.flatMap(({ object }) => {
    const { metadata, status } = object as Pod
    const found = byUid.get(metadata.uid)
    if (found === undefined || status?.phase !== 'Running') return []
    const containers = found.containers.map((one) => ({ name: one.name, usage: usageOf(one) }))
    return [{ ...headOf(POD_METRICS.kind, metadata, now), ...timesOf(found.containers), containers }]
  })
}

/** The object is made for the asker, so it is as old as the answer. */
function headOf(kind: string, { name, namespace, labels }: KubeObject['metadata'], now: Millis): KubeObject {
  const place = { ...(namespace === undefined ? {} : { namespace }), ...(labels === undefined ? {} : { labels }) }
  const metadata = { name, ...place, creationTimestamp: toRfc3339(now) } as KubeObject['metadata']
  return { kind, apiVersion: API_VERSION, metadata }
}

/** The oldest look and the longest window of all containers. */
function timesOf(all: readonly Figures[]): { readonly timestamp: string; readonly window: string } {
  const windowMs = Math.max(...all.map((one) => one.windowMs))
  return { timestamp: toRfc3339(Math.min(...all.map(({ at }) => at))), window: durationText(windowMs) }
}

/** As Go writes it: `15.002s`, `1m0.5s`. */
function durationText(ms: Millis): string {
  const minutes = Math.floor(ms / 60_000)
  return `${minutes === 0 ? '' : `${minutes}m`}${(ms % 60_000) / 1000}s`
}

const usageOf = ({ cpuNanoCores, memoryBytes }: Figures): Usage => ({
  cpu: formatQuantity({ nanos: BigInt(cpuNanoCores), format: 'decimal' }),
  memory: formatQuantity({ nanos: BigInt(memoryBytes) * 1_000_000_000n, format: 'binary' }),
})
