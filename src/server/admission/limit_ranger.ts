import type { MutableObject } from '../../api/kind_rules.ts'
import { addQuantities, compareQuantities } from '../../api/quantity.ts'
import type { KubeObject } from '../../api/types.ts'
import { forbidden } from '../api_errors.ts'
import { type AdmissionPlugin, type Attributes, isAbout } from './admission.ts'

type Quantities = Readonly<Record<string, string>>

/** One rule of a LimitRange. */
interface LimitItem {
  readonly type: string
  readonly min?: Quantities
  readonly max?: Quantities
  readonly default?: Quantities
  readonly defaultRequest?: Quantities
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
    if (attributes.operation !== 'CREATE' || !isAbout(attributes, '', 'pods')) return
    const items = itemsOf(limitRanges(attributes.namespace))
    const notes = containersOf(attributes.object).flatMap(([container, role]) => fillIn(container, role, items))
    if (notes.length === 0) return
    const { metadata } = attributes.object
    metadata['annotations'] = {
      ...metadata['annotations'],
      [ANNOTATION]: `LimitRanger plugin set: ${notes.join('; ')}`,
    }
  },
  validate(attributes, { limitRanges }) {
    const faults = faultsOf(attributes, () => itemsOf(limitRanges(attributes.namespace)))
    if (faults.length === 0) return
    const text = faults.length === 1 ? faults[0] : `[${faults.join(', ')}]`
    throw forbidden(attributes.facts.ref, attributes.name, text ?? '')
  },
}

const itemsOf = (ranges: Iterable<LimitRange>): LimitItem[] => [...ranges].flatMap((range) => range.spec.limits ?? [])

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

function faultsOf(attributes: Attributes, items: () => LimitItem[]): string[] {
  const { object, operation } = attributes
  if (operation === 'CREATE' && isAbout(attributes, '', 'pods')) return podFaults(object, items())
  const isClaim = isAbout(attributes, '', 'persistentvolumeclaims')
  if (!isClaim || operation === 'DELETE') return []
  const requests: Quantities = object['spec']?.resources?.requests ?? {}
  return items()
    .filter((item) => item.type === 'PersistentVolumeClaim')
    .flatMap((item) => [...minFaults(item, { requests, limits: {} }), ...maxRequestFaults(item, requests)])
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
  const whole = usages.slice(0, pod['spec'].containers?.length ?? 0).reduce(sumOf, { requests: {}, limits: {} })
  return items.flatMap((item) => {
    const measured = item.type === 'Container' ? usages : item.type === 'Pod' ? [whole] : []
    return measured.flatMap((usage) => [...minFaults(item, usage), ...maxFaults(item, usage)])
  })
}

const sumOf = (one: Usage, other: Usage): Usage => ({
  requests: added(one.requests, other.requests),
  limits: added(one.limits, other.limits),
})

function added(one: Quantities, other: Quantities): Quantities {
  const sum: Record<string, string> = { ...one }
  for (const [name, value] of Object.entries(other))
    sum[name] = name in sum ? addQuantities(sum[name] ?? '0', value) : value
  return sum
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
