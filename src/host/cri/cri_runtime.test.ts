import assert from 'node:assert/strict'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { silentLog } from '../../base/log.ts'
import type { ContainerConfig, RuntimeImage, Sandbox } from '../../node/runtime.ts'
import { ImageError } from '../../node/runtime.ts'
import { createMachine, type Machine } from '../machine/machine.ts'
import { mountPointsBelow } from '../machine/namespaces.ts'
import { cgroupRoots } from '../machine/teardown.ts'
import { findProcesses, keepAwake } from '../processes.ts'
import { createCriRuntime } from './cri_runtime.ts'
import { testImages, whyNoContainers } from './testing/real_node.ts'

const BUSYBOX = 'busybox:1.28'

/** The whole way: node, image, sandbox, container, exec, log, restart of the client, stop, and nothing left. */
test('a container runs in a node of its own and leaves nothing behind', { skip: whyNoContainers() }, async () => {
  const data = mkdtempSync(join(tmpdir(), 'berth-cri-'))
  const machine = createMachine({ dataDirectory: data, log: silentLog })
  try {
    await runOneContainer(machine)
    assert.deepEqual((await machine.nodeUp({ name: 'node-0', index: 0 })).podRange, '10.244.0.0/24')
  } finally {
    await machine.downAll(1000)
    assertNothingLeft(machine)
    rmSync(data, { recursive: true, force: true })
  }
})

async function runOneContainer(machine: Machine): Promise<void> {
  const node = await machine.nodeUp({ name: 'node-0', index: 0 })
  const images = testImages(node)
  const runtime = await createCriRuntime({ socket: node.containerdSocket, images })
  assert.match(runtime.version, /^containerd \d/)
  await assert.rejects(runtime.ensureImage('no.such/image:1', 'IfNotPresent'), (error) => error instanceof ImageError)
  await assert.rejects(runtime.ensureImage(BUSYBOX, 'Never'), { reason: 'ErrImageNeverPull' })
  const image = await runtime.ensureImage(BUSYBOX, 'Always')
  assert.deepEqual([image.pulled, image.user], [true, 0])
  assert.equal((await runtime.ensureImage(BUSYBOX, 'IfNotPresent')).pulled, false)

  const logs = join(machine.paths.data, 'logs')
  mkdirSync(join(logs, 'main'), { recursive: true })
  const sandbox = await runtime.runSandbox(sandboxConfig(logs, `${node.cgroupParent}/podtest`))
  assert.deepEqual(sandbox.ips, ['10.244.0.2'])
  const id = await runtime.createContainer(
    sandbox,
    containerConfig(image, 'trap "exit 7" TERM; echo hello; sleep 99 & wait'),
  )
  await runtime.startContainer(id)

  const seen = await runtime.execSync(id, ['sh', '-c', 'echo $HOSTNAME; hostname; echo $GREETING >&2; exit 3'], 5000)
  assert.deepEqual(
    [seen.exitCode, text(seen.stdout), text(seen.stderr), seen.timedOut],
    [3, 'web-0\nweb-0\n', 'ahoy\n', false],
  )
  assert.equal((await runtime.execSync(id, ['no-such-program'], 5000)).exitCode, 127)
  assert.equal((await runtime.execSync(id, ['sleep', '5'], 1000)).timedOut, true)
  assert.match(
    await runtime.streamUrl({ kind: 'attach', containerId: id, stdin: false, stdout: true, stderr: true, tty: false }),
    /^http:\/\/127\.0\.0\.1:\d+\/attach\//,
  )
  await waitFor(() => readFileSync(join(logs, 'main', '0.log'), 'utf8').includes(' stdout F hello\n'))
  runtime.close()

  // Another agent finds everything by listing.
  const second = await createCriRuntime({ socket: node.containerdSocket, images })
  await second.stopContainer(id, 5)
  const [ended] = await second.listContainers()
  assert.deepEqual([ended?.state, ended?.exitCode, ended?.pod.name, ended?.name], ['exited', 7, 'web-0', 'main'])
  await second.removeContainer(id)
  await second.stopSandbox(sandbox.id)
  await second.removeSandbox(sandbox.id)
  await second.removeSandbox(sandbox.id)
  assert.deepEqual([await second.listSandboxes(), await second.listContainers()], [[], []])
  // One that is left running is `down`'s to end.
  await second.runSandbox({ ...sandboxConfig(logs, `${node.cgroupParent}/podtest`), attempt: 1 })
  second.close()
}

function sandboxConfig(logDirectory: string, cgroupParent: string) {
  return {
    pod: { namespace: 'default', name: 'web-0', uid: 'test' } satisfies Sandbox['pod'],
    attempt: 0,
    hostname: 'web-0',
    logDirectory,
    dns: { servers: ['10.96.0.10'], searches: ['default.svc.cluster.local'], options: ['ndots:5'] },
    hostNetwork: false,
    shareProcessNamespace: false,
    labels: {},
    annotations: {},
    sysctls: {},
    cgroupParent,
  }
}

function containerConfig(image: RuntimeImage, script: string): ContainerConfig {
  return {
    name: 'main',
    attempt: 0,
    image,
    command: ['sh', '-c', script],
    args: [],
    workingDir: '',
    env: [{ name: 'GREETING', value: 'ahoy' }],
    mounts: [],
    stdin: false,
    stdinOnce: false,
    tty: false,
    logPath: 'main/0.log',
    annotations: {},
    resources: { cpuShares: 100, memoryLimitBytes: 64 * 1024 * 1024, oomScoreAdj: 900 },
    security: {
      privileged: false,
      supplementalGroups: [],
      addCapabilities: [],
      dropCapabilities: [],
      readOnlyRootFilesystem: false,
      noNewPrivileges: true,
    },
  }
}

function assertNothingLeft(machine: Machine): void {
  const { run, data, hash } = machine.paths
  assert.equal(existsSync(run), false, run)
  assert.deepEqual([...mountPointsBelow(run), ...mountPointsBelow(data)], [])
  assert.deepEqual(
    findProcesses((args) => args.some((arg) => arg.includes(run))),
    [],
  )
  assert.deepEqual(
    cgroupRoots().filter((root) => existsSync(join(root, `berth-${hash}`))),
    [],
  )
}

async function waitFor(holds: () => boolean): Promise<void> {
  for (let tried = 0; !holds(); tried++) {
    assert.ok(tried < 100, 'it holds within two seconds')
    await keepAwake(20)
  }
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString()
}
