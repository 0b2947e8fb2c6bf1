import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { NODES } from '../src/api/resources.ts'
import { systemClock } from '../src/base/clock.ts'
import { type Log, silentLog } from '../src/base/log.ts'
import { systemRandom } from '../src/base/random.ts'
import { toRfc3339 } from '../src/base/time.ts'
import { createClient } from '../src/client/typed_client.ts'
import { openAuthority } from '../src/host/certificates.ts'
import { listenHttps } from '../src/host/https_server.ts'
import { writeKubeconfig } from '../src/host/kubeconfig.ts'
import { volumeDirectories } from '../src/host/volume_directories.ts'
import { startControllerManager } from '../src/main/controller_manager.ts'
import { allControllers } from '../src/main/controllers.ts'
import { createServer } from '../src/server/server.ts'
import { MemoryJournal } from '../src/store/memory_journal.ts'
import { createStore } from '../src/store/mvcc.ts'

/**
 * Serves the API with all controllers, the scheduler and three nodes that nobody runs pods on, from
 * memory: what the recorded traces expect. `node scripts/serve_with_controllers.ts KUBECONFIG
 * [--port N] [--feature-gates A=true,B=false]`; MaxUnavailableStatefulSet is off unless said.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    port: { type: 'string', default: '0' },
    'feature-gates': { type: 'string', default: '' },
    verbose: { type: 'boolean', default: false },
  },
})
const kubeconfig = positionals[0] ?? 'kubeconfig'
const featureGates = new Map([['MaxUnavailableStatefulSet', false], ...gatesIn(values['feature-gates'])])

const say = (message: string, fields?: object) => console.error(message, fields ?? '')
const log: Log = {
  ...silentLog,
  ...(values.verbose ? { info: say, debug: say } : {}),
  warn: say,
  error: say,
  child: () => log,
}
const store = await createStore({ journal: new MemoryJournal(), clock: systemClock, log, freeze: true })
const folder = mkdtempSync(join(tmpdir(), 'berth-serve-'))
const authority = await openAuthority(folder)
const certificate = await authority.server({ names: ['localhost'], addresses: ['127.0.0.1'] })

const token = systemRandom.uuid()
const admin = { name: 'admin', uid: '1', groups: ['system:masters'] }
const deps = { store, clock: systemClock, random: systemRandom, log, featureGates }
const server = createServer({ ...deps, staticTokens: new Map([[token, admin]]) })
await server.start()
const transportFor = (component: string) =>
  server.transport({ name: `system:${component}`, groups: ['system:masters'] })
await makeNodes()
const volumes = volumeDirectories(join(folder, 'volumes'))
const controllers = allControllers({ featureGates, authority: authority.certificate, volumes })
const manager = startControllerManager({ ...deps, transportFor, controllers })
const tls = { key: certificate.key, certificate: certificate.certificate, clientCa: authority.certificate }
const listening = await listenHttps({ handler: server.http, port: Number(values.port), address: '127.0.0.1', tls })
const url = `https://127.0.0.1:${listening.port}`
const access = {
  server: url,
  authority: authority.certificate,
  cluster: 'berth',
  user: 'admin',
  credentials: { token },
}
writeKubeconfig(kubeconfig, access)
console.log(`serving ${url}; kubeconfig: ${kubeconfig}`)

process.once('SIGTERM', stop)
process.once('SIGINT', stop)

async function stop(): Promise<void> {
  manager.stop()
  await listening.close()
  await server.stop()
  await store.close()
  rmSync(folder, { recursive: true })
  process.exit(0)
}

async function makeNodes(): Promise<void> {
  const client = createClient(transportFor('node-maker'))
  const size = { cpu: '1000', memory: '1000Gi', pods: '100000' }
  const at = toRfc3339(systemClock.now())
  const ready = { type: 'Ready', status: 'True', reason: 'KubeletReady', lastHeartbeatTime: at, lastTransitionTime: at }
  for (const name of ['node-0', 'node-1', 'node-2']) {
    await client.create(NODES, { metadata: { name, labels: { 'kubernetes.io/hostname': name } }, spec: {} })
    const ref = { namespace: '', name }
    const status = { capacity: size, allocatable: size, conditions: [ready] }
    await client.patch(NODES, ref, { type: 'merge', body: { status }, subresource: 'status' })
    await client.patch(NODES, ref, { type: 'merge', body: { spec: { taints: null } } })
  }
}

function gatesIn(text: string): [string, boolean][] {
  const pairs = text.split(',').filter((pair) => pair.includes('='))
  return pairs.map((pair) => [pair.split('=')[0] ?? '', pair.endsWith('=true')])
}
