import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ContainerConfig, ContainerRuntime, PodIdentity, RuntimeImage, Sandbox, SandboxConfig } from './runtime.ts'

/** A runtime under test. */
export interface RuntimeUnderTest {
  readonly runtime: ContainerRuntime
  /** An image that is there, with a program that runs until it is told to stop. */
  readonly image: string
  readonly command: readonly string[]
  /** Settings for a sandbox's logs and cgroup on this machine. */
  readonly sandbox: Partial<SandboxConfig>
  /** Lets time go by. */
  pass(ms: number): Promise<void>
  close(): Promise<void>
}

/** What every runtime does alike; each implementation runs it. `skip` is the reason why it cannot run here. */
export function runtimeSuite(
  name: string,
  create: () => Promise<RuntimeUnderTest>,
  { skip = false }: { readonly skip?: string | false } = {},
): void {
  const run = (title: string, body: (under: RuntimeUnderTest) => Promise<void>) =>
    test(`${name}: ${title}`, { skip }, async () => {
      const under = await create()
      try {
        await body(under)
      } finally {
        await under.close()
      }
    })

  run('a container runs in its sandbox and is found by its pod', async (under) => {
    const { runtime } = under
    const { id, sandbox } = await startOne(under, POD)
    const [found] = await runtime.listContainers(POD.uid)
    assert.deepEqual([found?.id, found?.state, found?.name, found?.sandboxId], [id, 'running', 'app', sandbox.id])
    assert.equal(found?.annotations['berth.dev/test'], 'kept')
    assert.deepEqual(await runtime.listContainers('another uid'), [])
    assert.equal((await runtime.listSandboxes(POD.uid))[0]?.state, 'ready')
  })

  run('a stopped container stays with its exit code until it is removed', async (under) => {
    const { runtime } = under
    const { id } = await startOne(under, POD)
    await stop(under, id)
    const [ended] = await runtime.listContainers(POD.uid)
    assert.equal(ended?.state, 'exited')
    assert.equal(typeof ended?.exitCode, 'number')
    assert.ok((ended?.finishedAt ?? 0) >= (ended?.startedAt ?? Number.POSITIVE_INFINITY))
    await runtime.removeContainer(id)
    assert.deepEqual(await runtime.listContainers(POD.uid), [])
  })

  run('ending a sandbox ends what runs in it', async (under) => {
    const { runtime } = under
    const { sandbox } = await startOne(under, POD)
    await runtime.stopSandbox(sandbox.id)
    await under.pass(100)
    assert.equal((await runtime.listContainers(POD.uid))[0]?.state, 'exited')
    assert.equal((await runtime.listSandboxes(POD.uid))[0]?.state, 'notready')
    await runtime.removeSandbox(sandbox.id)
    assert.deepEqual(await runtime.listSandboxes(POD.uid), [])
  })

  run('what is gone already may be stopped and removed again', async (under) => {
    const { runtime } = under
    const { id, sandbox } = await startOne(under, POD)
    await stop(under, id)
    await stop(under, id)
    await runtime.removeContainer(id)
    await runtime.removeContainer(id)
    await runtime.stopSandbox(sandbox.id)
    await runtime.removeSandbox(sandbox.id)
    await runtime.removeSandbox(sandbox.id)
  })

  run('a command inside answers, and none does when the container has ended', async (under) => {
    const { id } = await startOne(under, POD)
    assert.equal((await under.runtime.execSync(id, ['hostname'], 5_000)).exitCode, 0)
    await stop(under, id)
    await assert.rejects(under.runtime.execSync(id, ['hostname'], 5_000))
  })

  run('an image that is nowhere is an ImageError', async ({ runtime }) => {
    await assert.rejects(runtime.ensureImage('example.invalid/nothing:1', 'Never'), {
      name: 'ImageError',
      reason: 'ErrImageNeverPull',
    })
  })
}

const POD: PodIdentity = { namespace: 'default', name: 'suite', uid: '11111111-2222-4333-8444-555555555555' }

async function startOne(
  under: RuntimeUnderTest,
  pod: PodIdentity,
): Promise<{ readonly id: string; readonly sandbox: Sandbox }> {
  const { runtime } = under
  const sandbox = await runtime.runSandbox({ ...SANDBOX, ...under.sandbox, pod })
  const image = await runtime.ensureImage(under.image, 'IfNotPresent')
  const id = await runtime.createContainer(sandbox, containerConfig(image, under.command))
  await runtime.startContainer(id)
  return { id, sandbox }
}

async function stop(under: RuntimeUnderTest, id: string): Promise<void> {
  const stopped = under.runtime.stopContainer(id, 1)
  await Promise.race([stopped, under.pass(1_500)])
  await stopped
}

const SANDBOX: Omit<SandboxConfig, 'pod'> = {
  attempt: 0,
  hostname: 'suite',
  logDirectory: '',
  dns: { servers: [], searches: [], options: [] },
  hostNetwork: false,
  shareProcessNamespace: false,
  labels: {},
  annotations: {},
  sysctls: {},
  cgroupParent: '',
}

function containerConfig(image: RuntimeImage, command: readonly string[]): ContainerConfig {
  return {
    name: 'app',
    attempt: 0,
    image,
    command,
    args: [],
    workingDir: '',
    env: [],
    mounts: [],
    stdin: false,
    stdinOnce: false,
    tty: false,
    logPath: 'app-0.log',
    annotations: { 'berth.dev/test': 'kept' },
    resources: {},
    security: {
      privileged: false,
      supplementalGroups: [],
      addCapabilities: [],
      dropCapabilities: [],
      readOnlyRootFilesystem: false,
      noNewPrivileges: false,
    },
  }
}
