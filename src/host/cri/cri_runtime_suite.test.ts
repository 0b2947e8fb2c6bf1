import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { silentLog } from '../../base/log.ts'
import { type RuntimeUnderTest, runtimeSuite } from '../../node/runtime_suite.ts'
import { createMachine } from '../machine/machine.ts'
import { keepAwake } from '../processes.ts'
import { createCriRuntime } from './cri_runtime.ts'
import { testImages, whyNoContainers } from './testing/real_node.ts'

const data = mkdtempSync(join(tmpdir(), 'berth-suite-'))
const machine = createMachine({ dataDirectory: data, log: silentLog })

after(async () => {
  if (machine.nodes().length > 0) await machine.downAll(1_000)
  rmSync(data, { recursive: true, force: true })
})

/** One node for all tests; each leaves its containerd as empty as it found it. */
async function create(): Promise<RuntimeUnderTest> {
  const node = await machine.nodeUp({ name: 'node-0', index: 0 })
  const runtime = await createCriRuntime({ socket: node.containerdSocket, images: testImages(node) })
  const logDirectory = join(data, 'logs')
  mkdirSync(logDirectory, { recursive: true })
  return {
    runtime,
    image: 'busybox:1.28',
    command: ['sh', '-c', 'trap "exit 0" TERM; while true; do sleep 0.05; done'],
    sandbox: { logDirectory, cgroupParent: `${node.cgroupParent}/podsuite` },
    pass: keepAwake,
    close: async () => {
      for (const { id } of await runtime.listContainers()) await runtime.removeContainer(id)
      for (const { id } of await runtime.listSandboxes()) {
        await runtime.stopSandbox(id)
        await runtime.removeSandbox(id)
      }
      runtime.close()
    },
  }
}

runtimeSuite('containerd', create, { skip: whyNoContainers() })
