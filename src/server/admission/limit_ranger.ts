import type { MutableObject } from '../../api/kind_rules.ts'
import { compareQuantities, nanosOf } from '../../api/quantity.ts'
import { sumOfContainers } from '../../api/quota/pod_usage.ts'
import type { KubeObject, Pod, PodSpec } from '../../api/types.ts'
import { type AdmissionPlugin, type Attributes, isAbout, refusal } from './admission.ts'

type Quantities = Readonly<Record<string, string>>

/** One rule of a LimitRange. */
interface LimitItem {
  readonly type: string
  readonly min?: Quantities
  readonly max?: Quantities
  readonly default?: Quantities
  readonly defaultRequest?: Quantities
  readonly maxLimitRequestRatio?: Quantities
}

export interface LimitRange extends KubeObject {
  readonly spec: { readonly limits?: readonly LimitItem[] | null }
}

interface Container {
  readonly name: string
  resources?: { requests?: Quantities; limits?: Quantities }
}

const ANNOTATION = 'kubernetes.io/limit-ranger'

/** Gives containers the namespace's default requests and limits, and refuses what is beyond its bounds. */
export const limitRanger: AdmissionPlugin = {
  name: 'LimitRanger',
  admit(attributes, { limitRanges }) {
    if (!isPodBounded(attributes)) return
    for (const range of limitRanges(attributes.namespace)) fillPod(attributes.object, itemsOf(range))
  },
  validate(attributes, { limitRanges }) {
    const isPod = isPodBounded(attributes)
    if (!isPod && !isClaimBounded(attributes)) return
    for (const range of limitRanges(attributes.namespace)) {
      const faults = isPod
        ? podFaults(attributes.object, itemsOf(range))
        : claimFaults(attributes.object, itemsOf(range))
      if (faults.length > 0) throw refusal(attributes, aggregate(faults))
    }
  },
}

const itemsOf = (range: LimitRange): readonly LimitItem[] => range.spec.limits ?? []

const isLeaving = ({ old }: Attributes): boolean => old?.metadata.deletionTimestamp !== undefined

/** A pod's resources are set once; after that only a resize changes them. */
function isPodBounded(attributes: Attributes): boolean {
  if (attributes.operation === 'CREATE') return isAbout(attributes, '', 'pods')
  const { facts, subresource, operation } = attributes
  const isResize = operation === 'UPDATE' && subresource === 'resize' && facts.ref.resource === 'pods'
  return isResize && !isLeaving(attributes)
}

const isClaimBounded = (attributes: Attributes): boolean =>
  isAbout(attributes, '', 'persistentvolumeclaims') && attributes.operation !== 'DELETE' && !isLeaving(attributes)

/** Each fault once, as one text. */
function aggregate(faults: readonly string[]): string {
  const texts = [...new Set(faults)]
  return texts.length === 1 ? (texts[0] ?? '') : `[${texts.join(', ')}]`
}

function fillPod(pod: MutableObject, items: readonly LimitItem[]): void {
  const notes = containersOf(pod).flatMap(([container, role]) => fillIn(container, role, items))
  if (notes.length === 0) return
  const { metadata } = pod
  metadata['annotations'] = {
    ...metadata['annotations'],
    [ANNOTATION]: `LimitRanger plugin set: ${notes.join('; ')}`,
  }
}

function containersOf({ spec }: MutableObject): [Container, string][] {
  const own: Container[] = spec.containers ?? []
  const initial: Container[] = spec.initContainers ?? []
  return [
    ...own.map((one): [Container, string] => [one, 'container']),
    ...initial.map((one): [Container, string] => [one, 'init container']),
  ]
}

/** Fills in what a container does not say; tells what was filled in, as the annotation does. */
function fillIn(container: Container, role: string, items: readonly LimitItem[]): string[] {
  const own = items.filter((item) => item.type === 'Container')
  const requests = missing(
    container.resources?.requests,
    own.map((item) => item.defaultRequest),
  )
  const limits = missing(
    container.resources?.limits,
    own.map((item) => item.default),
  )
  const notes: string[] = []
  for (const [what, added] of [['request', requests] as const, ['limit', limits] as const]) {
    const names = Object.keys(added).sort()
    if (names.length === 0) continue
    container.resources = { ...container.resources, [`${what}s`]: { ...container.resources?.[`${what}s`], ...added } }
    notes.push(`${names.join(', ')} ${what} for ${role} ${container.name}`)
  }
  return notes
}

function missing(present: Quantities = {}, defaults: readonly (Quantities | undefined)[]): Quantities {
  const all: Quantities = Object.assign({}, ...defaults)
  return Object.fromEntries(Object.entries(all).filter(([name]) => !(name in present)))
}

interface Usage {
  readonly requests: Quantities
  readonly limits: Quantities
}

function podFaults(pod: MutableObject, items: readonly LimitItem[]): string[] {
  const usages = containersOf(pod).map(([{ resources }]) => ({
    requests: resources?.requests ?? {},
    limits: resources?.limits ?? {},
  }))
  const { spec } = pod as unknown as Pod
  const whole = { requests: wholeOf(spec, 'requests'), limits: wholeOf(spec, 'limits') }
  return items.flatMap((item) => {
    const measured = item.type === 'Container' ? usages : item.type === 'Pod' ? [whole] : []
    return measured.flatMap((usage) => [
      ...minFaults(item, usage),
      ...maxFaults(item, usage),
      ...ratioFaults(item, usage),
    ])
  })
}

/** What a pod says for itself as a whole counts instead of the sum of its containers. */
function wholeOf(spec: PodSpec, half: 'requests' | 'limits'): Quantities {
  const own = Object.entries(spec.resources?.[half] ?? {}).filter(([name]) => name === 'cpu' || name === 'memory')
  return { ...sumOfContainers(spec, half), ...Object.fromEntries(own) }
}

function claimFaults(claim: MutableObject, items: readonly LimitItem[]): string[] {
  const requests: Quantities = claim['spec']?.resources?.requests ?? {}
  return items
    .filter((item) => item.type === 'PersistentVolumeClaim')
    .flatMap((item) => [...minFaults(item, { requests, limits: {} }), ...maxRequestFaults(item, requests)])
}

const isLess = (value: string, bound: string): boolean => compareQuantities(value, bound) < 0

function minFaults({ type, min = {} }: LimitItem, { requests, limits }: Usage): string[] {
  return Object.entries(min).flatMap(([name, bound]) => {
    const rule = `minimum ${name} usage per ${type} is ${bound}`
    const [request, limit] = [requests[name], limits[name]]
    if (request === undefined) return [`${rule}.  No request is specified`]
    if (isLess(request, bound)) return [`${rule}, but request is ${request}`]
    return limit !== undefined && isLess(limit, bound) ? [`${rule}, but limit is ${limit}`] : []
  })
}

function maxFaults({ type, max = {} }: LimitItem, { requests, limits }: Usage): string[] {
  return Object.entries(max).flatMap(([name, bound]) => {
    const rule = `maximum ${name} usage per ${type} is ${bound}`
    const [request, limit] = [requests[name], limits[name]]
    if (limit === undefined) return [`${rule}.  No limit is specified`]
    if (isLess(bound, limit)) return [`${rule}, but limit is ${limit}`]
    return request !== undefined && isLess(bound, request) ? [`${rule}, but request is ${request}`] : []
  })
}

function maxRequestFaults({ type, max = {} }: LimitItem, requests: Quantities): string[] {
  return Object.entries(max).flatMap(([name, bound]) => {
    const rule = `maximum ${name} usage per ${type} is ${bound}`
    const request = requests[name]
    if (request === undefined) return [`${rule}.  No request is specified`]
    return isLess(bound, request) ? [`${rule}, but request is ${request}`] : []
  })
}

const RATIO_DIGITS = 6

/** How far a limit may be above the request. */
function ratioFaults({ type, maxLimitRequestRatio = {} }: LimitItem, { requests, limits }: Usage): string[] {
  return Object.entries(maxLimitRequestRatio).flatMap(([name, bound]) => {
    const rule = `${name} max limit to request ratio per ${type} is ${bound}, but`
    const [request, limit] = [amountOf(requests[name]), amountOf(limits[name])]
    if (request === 0) return [`${rule} no request is specified or request is 0`]
    if (limit === 0) return [`${rule} no limit is specified or limit is 0`]
    const ratio = limit / request
    return ratio > amountOf(bound) ? [`${rule} provided ratio is ${ratio.toFixed(RATIO_DIGITS)}`] : []
  })
}

const NANO = 1e9
const amountOf = (quantity: string | undefined): number => Number(nanosOf(quantity ?? '0')) / NANO
