import { parseQuantity } from '../api/quantity.ts'
import type { ImageChoice } from '../host/images/origin.ts'

/** What `berth up` can be told. Kept in the data directory, so that a later `up` continues with it. */
export interface ClusterOptions {
  /** 0: the API and the controllers without any node. */
  readonly nodes: number
  readonly runtime: 'containerd' | 'simulated'
  readonly store: StoreChoice
  /** The API's port on 127.0.0.1. */
  readonly port: number
  readonly featureGates: Readonly<Record<string, boolean>>
  /** Allocatable of simulated nodes, as quantities by resource: `{cpu: '4', memory: '8Gi', pods: '110'}`. */
  readonly nodeSize: Readonly<Record<string, string>>
  readonly images: ImageChoice
}

export type StoreChoice =
  | { readonly kind: 'sqlite' | 'memory' }
  | { readonly kind: 'etcd'; readonly urls: readonly string[] }

/** A mistake in the command line: exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** Something that the user can mend: printed without a stack, exit code 1. */
export class UserError extends Error {
  override readonly name = 'UserError'
}

/** `A=true,B=false` */
export function parseFeatureGates(text: string): Record<string, boolean> {
  return Object.fromEntries(
    pairsOf(text, '--feature-gates').map(([name, value]) => {
      if (value !== 'true' && value !== 'false')
        throw new UsageError(`--feature-gates: ${name} must be true or false, not "${value}"`)
      if (!KNOWN_GATES.includes(name))
        throw new UsageError(`--feature-gates: unrecognized feature gate: ${name}; there is ${KNOWN_GATES.join(', ')}`)
      return [name, value === 'true']
    }),
  )
}

/**
 * Those that change something here; upstream's others are as v1.36 ships them. BestPracticeWarnings is
 * Berth's own: advice as `Warning` headers, on unless there are no nodes.
 */
const KNOWN_GATES: readonly string[] = ['MaxUnavailableStatefulSet', 'BestPracticeWarnings']

/** `cpu=4,memory=8Gi,pods=110` */
export function parseNodeSize(text: string): Record<string, string> {
  const pairs = pairsOf(text, '--node-size')
  for (const [name, value] of pairs) {
    if (parseQuantity(value) === undefined)
      throw new UsageError(`--node-size: ${name} must be a quantity such as 4 or 8Gi, not "${value}"`)
  }
  return Object.fromEntries(pairs)
}

/** `sqlite`, `memory` or `etcd=URL[,URL]` */
export function parseStore(text: string): StoreChoice {
  if (text === 'sqlite' || text === 'memory') return { kind: text }
  if (text.startsWith('etcd=')) return { kind: 'etcd', urls: text.slice('etcd='.length).split(',') }
  throw new UsageError(`--store: must be sqlite, memory or etcd=URL[,URL], not "${text}"`)
}

/** `auto`, `originals` or `stand-ins` */
export function parseImages(text: string): ImageChoice {
  if (text === 'auto' || text === 'originals' || text === 'stand-ins') return text
  throw new UsageError(`--images: must be auto, originals or stand-ins, not "${text}"`)
}

/** A whole number from `least` to `most`. */
export function parseCount(option: string, text: string, least: number, most: number): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < least || value > most || text.trim() === '') {
    throw new UsageError(`${option}: must be a whole number from ${least} to ${most}, not "${text}"`)
  }
  return value
}

function pairsOf(text: string, option: string): [string, string][] {
  return text
    .split(',')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const [name, value, ...rest] = pair.split('=')
      if (!name || value === undefined || rest.length > 0)
        throw new UsageError(`${option}: "${pair}" is not NAME=VALUE`)
      return [name, value]
    })
}
