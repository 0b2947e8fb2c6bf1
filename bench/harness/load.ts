import { Connection, type RequestOptions, type Target } from './connection.ts'
import { percentile } from './statistics.ts'

export interface LoadResult {
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
}

/** One request of a load: the same method and options, another path or body each time. */
export interface LoadRequest extends RequestOptions {
  readonly method: string
  readonly path: string
}

/** `clients` connections share `count` requests; each sends its next one when its last was answered. */
export async function load(
  target: Target,
  options: { readonly clients: number; readonly count: number; readonly request: (index: number) => LoadRequest },
): Promise<LoadResult> {
  const connections = await openMany(target, options.clients)
  const took: number[] = []
  let next = 0
  const work = async (connection: Connection) => {
    while (next < options.count) {
      const { method, path, ...rest } = options.request(next++)
      const sent = performance.now()
      await connection.request(method, path, rest)
      took.push(performance.now() - sent)
    }
  }
  const began = performance.now()
  await Promise.all(connections.map(work))
  const seconds = (performance.now() - began) / 1_000
  for (const connection of connections) connection.close()
  return { perSecond: options.count / seconds, p50Ms: percentile(took, 0.5), p99Ms: percentile(took, 0.99) }
}

export const openMany = (target: Target, count: number): Promise<Connection[]> =>
  Promise.all(Array.from({ length: count }, () => Connection.open(target)))
