import { NAMESPACES } from '../../api/resources.ts'
import { sleep, systemClock } from '../../base/clock.ts'
import { type Log, silentLog } from '../../base/log.ts'
import { seededRandom } from '../../base/random.ts'
import type { Client } from '../../client/client.ts'
import { createClient } from '../../client/typed_client.ts'
import { createControlPlane } from '../../main/control_plane.ts'
import { MemoryJournal } from '../../store/memory_journal.ts'
import { createStore } from '../../store/mvcc.ts'
import type { VolumeStore } from '../volumes/store.ts'

/** A whole control plane in this process: real server, store in memory, all controllers, no nodes. */
export interface TestCluster {
  readonly client: Client
  /** Names of the volumes that exist below. */
  readonly directories: ReadonlySet<string>
  stop(): Promise<void>
}

const ADMINISTRATOR = { name: 'admin', groups: ['system:masters', 'system:authenticated'] }
const WAIT_MOST_MS = 10_000
const LOOK_EVERY_MS = 5

export async function startCluster(options: { readonly log?: Log } = {}): Promise<TestCluster> {
  const { log = silentLog } = options
  const shared = { clock: systemClock, random: seededRandom('cluster'), log }
  const store = await createStore({ journal: new MemoryJournal(), clock: systemClock, log, freeze: true })
  const plane = await createControlPlane({ ...shared, store })
  const directories = new Set<string>()
  plane.startControllers({ authority: 'PEM', featureGates: new Map(), volumes: fakeStore(directories) })
  return {
    client: createClient(plane.server.transport(ADMINISTRATOR)),
    directories,
    async stop() {
      await plane.stop()
      await store.close()
    },
  }
}

function fakeStore(directories: Set<string>): VolumeStore {
  return {
    async create(name) {
      directories.add(name)
      return `/volumes/${name}`
    },
    async delete(name) {
      directories.delete(name)
    },
  }
}

/** Looks until `found` answers something; fails after ten seconds with what was waited for. */
export async function eventually<T>(what: string, found: () => Promise<T | undefined | false>): Promise<T> {
  for (let waitedMs = 0; waitedMs < WAIT_MOST_MS; waitedMs += LOOK_EVERY_MS) {
    const value = await found().catch(() => undefined)
    if (value !== undefined && value !== false) return value
    await sleep(systemClock, LOOK_EVERY_MS)
  }
  throw new Error(`did not happen within ${WAIT_MOST_MS} ms: ${what}`)
}

export async function createNamespace(client: Client, name: string): Promise<void> {
  await client.create(NAMESPACES, { metadata: { name } })
}
