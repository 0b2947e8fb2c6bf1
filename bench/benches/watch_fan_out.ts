import { withBare } from '../harness/bare.ts'
import { atLeast, atMost, type Bench, type Round } from '../harness/bench.ts'
import { withCluster } from '../harness/cluster.ts'
import type { Target } from '../harness/connection.ts'
import { load, openMany } from '../harness/load.ts'
import { CONFIG_MAPS, configMap } from '../harness/objects.ts'
import { percentile } from '../harness/statistics.ts'

const [WATCHERS, CLIENTS, COUNT] = [100, 32, 3_000]
const EVENT_HEAD = Buffer.from('{"type":"ADDED"')
const P99 = 'p99, ms'

/** Creates objects while everybody watches; every watcher has to see every one of them. */
async function round(target: Target, name: string): Promise<Round> {
  const connections = await openMany(target, WATCHERS)
  const sentAt = new Map<string, number>()
  const delays: number[] = []
  let seen = 0
  let finish: () => void = () => {}
  const all = new Promise<void>((resolve) => (finish = resolve))
  const since = await currentRevision(target)
  for (const [index, connection] of connections.entries()) {
    const count = eventCounter()
    await connection.watch(`${CONFIG_MAPS}?watch=1${since}`, (chunk) => {
      seen += count(chunk)
      // One watcher in fifty tells how late it was; asking all would measure the asking.
      if (index % 50 === 0) delays.push(...delaysOf(chunk.toString('latin1'), sentAt))
      if (seen >= WATCHERS * COUNT) finish()
    })
  }
  const began = performance.now()
  const request = (index: number) => {
    sentAt.set(`${name}-${index}`, performance.now())
    return { method: 'POST', path: CONFIG_MAPS, body: configMap(`${name}-${index}`) }
  }
  await load(target, { clients: CLIENTS, count: COUNT, request })
  await all
  const seconds = (performance.now() - began) / 1_000
  for (const connection of connections) connection.close()
  return { value: (WATCHERS * COUNT) / seconds, also: { [P99]: percentile(delays, 0.99) } }
}

/** Counts the events in a watch's bytes; one that begins in one chunk may end in the next. */
function eventCounter(): (chunk: Buffer) => number {
  const rest = EVENT_HEAD.length - 1
  let end = Buffer.alloc(0)
  return (chunk) => {
    const seam = Buffer.concat([end, chunk.subarray(0, rest)])
    end = Buffer.from(chunk.length < rest ? seam.subarray(-rest) : chunk.subarray(-rest))
    return (chunk.length < rest ? 0 : countIn(chunk)) + countIn(seam)
  }
}

function countIn(bytes: Buffer): number {
  let count = 0
  for (let at = bytes.indexOf(EVENT_HEAD); at >= 0; at = bytes.indexOf(EVENT_HEAD, at + EVENT_HEAD.length)) count++
  return count
}

function delaysOf(text: string, sentAt: ReadonlyMap<string, number>): number[] {
  const now = performance.now()
  return [...text.matchAll(/"name":"(fan-[\d-]+)"/g)].flatMap(([, name]) => {
    const sent = sentAt.get(name ?? '')
    return sent === undefined ? [] : [now - sent]
  })
}

/** Watches start at what is there now, or they would begin with everything. */
async function currentRevision(target: Target): Promise<string> {
  const [connection] = await openMany(target, 1)
  const { body } = (await connection?.request('GET', `${CONFIG_MAPS}?limit=1`)) ?? { body: '{}' }
  connection?.close()
  const { metadata } = JSON.parse(`${body}`) as { metadata?: { resourceVersion: string } }
  return metadata === undefined ? '' : `&resourceVersion=${metadata.resourceVersion}`
}

export const watchFanOut: Bench = {
  name: 'watch-fanout',
  about: `events delivered to ${WATCHERS} watchers while ${CLIENTS} clients create ConfigMaps`,
  unit: '/s',
  must: atLeast(150_000),
  alsoMust: { [P99]: atMost(80) },
  run: (use) =>
    withCluster(['--runtime', 'simulated', '--nodes', '3'], (cluster) =>
      withBare(async (bare) => {
        let count = 0
        await use({
          berth: () => round(cluster.target(), `fan-${count++}`),
          yardstick: () => round(bare.target(), `fan-${count++}`),
        })
      }),
    ),
}
