import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '../src/base/clock.ts'
import { type Log, silentLog } from '../src/base/log.ts'
import { systemRandom } from '../src/base/random.ts'
import { openAuthority } from '../src/host/certificates.ts'
import { listenHttps } from '../src/host/https_server.ts'
import { writeKubeconfig } from '../src/host/kubeconfig.ts'
import { createTokenSigner } from '../src/host/token_signer.ts'
import { createControlPlane } from '../src/main/control_plane.ts'
import { MemoryJournal } from '../src/store/memory_journal.ts'
import { createStore } from '../src/store/mvcc.ts'

/**
 * Serves the API alone, from memory, for whoever plays recorded cases against it:
 * `node scripts/serve.ts KUBECONFIG [--port N] [--controllers]`; the first argument is the file to write.
 */
const [kubeconfig = 'kubeconfig', ...flags] = process.argv.slice(2)
const portFlag = flags.indexOf('--port')
const port = portFlag < 0 ? 0 : Number(flags[portFlag + 1])

const log: Log = { ...silentLog, error: (message, fields) => console.error(message, fields ?? '') }
const began = performance.now()
const store = await createStore({ journal: new MemoryJournal(), clock: systemClock, log, freeze: true })
const folder = mkdtempSync(join(tmpdir(), 'berth-serve-'))
const authority = await openAuthority(folder)
const certificate = await authority.server({ names: ['localhost', 'kubernetes.default.svc'], addresses: ['127.0.0.1'] })
const tokens = await createTokenSigner(folder)
await tokens.publicKeys?.()
rmSync(folder, { recursive: true })

const token = systemRandom.uuid()
const admin = { name: 'admin', uid: '1', groups: ['system:masters'] }
const plane = await createControlPlane({
  store,
  clock: systemClock,
  random: systemRandom,
  log,
  tokens,
  staticTokens: new Map([[token, admin]]),
})
const { server } = plane
const nowhere = { create: async (name: string) => `/nowhere/${name}`, delete: async () => {} }
if (flags.includes('--controllers')) {
  plane.startControllers({ featureGates: new Map(), authority: authority.certificate, volumes: nowhere })
}
const tls = { key: certificate.key, certificate: certificate.certificate, clientCa: authority.certificate }
const listening = await listenHttps({ handler: server.http, upgrade: server.upgrade, port, address: '127.0.0.1', tls })
const url = `https://127.0.0.1:${listening.port}`
writeKubeconfig(kubeconfig, {
  server: url,
  authority: authority.certificate,
  cluster: 'berth',
  user: 'admin',
  credentials: { token },
})
console.log(`serving ${url} after ${Math.round(performance.now() - began)} ms; kubeconfig: ${kubeconfig}`)

const stop = async () => {
  await listening.close()
  await plane.stop()
  await store.close()
  process.exit(0)
}
process.once('SIGTERM', stop)
process.once('SIGINT', stop)
