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
      return [name, value === 'true']
    }),
  )
}

/** `cpu=4,memory=8Gi,pods=110` */
export function parseNodeSize(text: string): Record<string, string> {
  return Object.fromEntries(pairsOf(text, '--node-size'))
}

/** `sqlite`, `memory` or `etcd=URL[,URL]` */
export function parseStore(text: string): StoreChoice {
  if (text === 'sqlite' || text === 'memory') return { kind: text }
  if (text.startsWith('etcd=')) return { kind: 'etcd', urls: text.slice('etcd='.length).split(',') }
  throw new UsageError(`--store: must be sqlite, memory or etcd=URL[,URL], not "${text}"`)
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
