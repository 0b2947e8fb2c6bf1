import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { berth, capture, projectRoot } from './berth.ts'

export interface Printed {
  readonly code: number
  readonly printed: string
}

/** A cluster in a data directory of its own, as a user would start it. */
export interface TestCluster {
  readonly data: string
  /** Sockets, namespaces and run files. */
  readonly run: string
  readonly kubeconfig: string
  /** Starts it, or starts it again; answers what was printed. @throws Error when it fails */
  up(...args: readonly string[]): Promise<string>
  /** Any command on this cluster, whatever its exit code. */
  berth(...args: readonly string[]): Promise<Printed>
  /** What kubectl printed; blanks part the arguments of a text. @throws Error when it fails */
  kubectl(args: string | readonly string[], input?: string): Promise<string>
  /** The same, whatever its exit code. */
  tryKubectl(args: string | readonly string[], input?: string): Promise<Printed>
  /** The same cluster, seen by another kubectl. */
  with(program: string): TestCluster
  /** The process of a run file, such as `node-0/agent.json`. */
  pidOf(runFile: string): number
}

const KUBECTL_MS_MAX = 75_000

/** A data directory that is stopped and removed when the file's tests have ended, however they ended. */
export function testCluster(): TestCluster {
  const data = realpathSync(mkdtempSync(join(tmpdir(), 'berth-test-')))
  after(async () => {
    await berth(['down', '--data', data, '--purge'])
    rmSync(data, { recursive: true, force: true })
  })
  return clusterAt(data, 'kubectl')
}

function clusterAt(data: string, program: string): TestCluster {
  const kubeconfig = join(data, 'kubeconfig')
  const commands = commandsOf(data, kubeconfig, program)
  return { data, run: runDirectoryOf(data), kubeconfig, ...commands, with: (other) => clusterAt(data, other) }
}

function commandsOf(data: string, kubeconfig: string, program: string) {
  const tryKubectl = (args: string | readonly string[], input = '') =>
    capture(program, typeof args === 'string' ? args.split(' ') : args, {
      env: { KUBECONFIG: kubeconfig },
      input,
      timeoutMs: KUBECTL_MS_MAX,
    })
  return {
    tryKubectl,
    kubectl: async (args: string | readonly string[], input?: string) => {
      const { code, printed } = await tryKubectl(args, input)
      if (code !== 0) throw new Error(`kubectl ${String(args)} ended with ${code}:\n${printed}`)
      return printed
    },
    // No test asks anybody outside for an image.
    up: (...args: readonly string[]) => berth(['up', '--data', data, '--images', 'stand-ins', ...args]),
    berth: (...args: readonly string[]) => capture(join(projectRoot, 'bin/berth'), [...args, '--data', data]),
    pidOf: (runFile: string) => JSON.parse(readFileSync(join(runDirectoryOf(data), runFile), 'utf8')).pid as number,
  }
}

/** Where `up` keeps what ends with the machine. */
export function runDirectoryOf(data: string): string {
  return `/run/berth-${createHash('sha256').update(data).digest('hex').slice(0, 8)}`
}

/** Gives the cluster these images without building them again: they are kept in the project's `.berth`. */
export async function giveImages(cluster: TestCluster, ...names: readonly string[]): Promise<void> {
  const kept = join(projectRoot, '.berth/test-images')
  // Every pod needs the first one.
  for (const name of ['registry.k8s.io/pause:3.10', ...names]) await berth(['image', 'build', name, '--data', kept])
  // Blobs never change, so that links do; another file system wants a copy.
  const [from, to] = [join(kept, 'images'), join(cluster.data, 'images')]
  if (spawnSync('cp', ['--archive', '--link', from, to]).status !== 0) cpSync(from, to, { recursive: true })
}

/** Asks until the answer is good. @throws Error with the last complaint when time is up */
export async function eventually<T>(what: string, ask: () => T | Promise<T>, limitMs = 30_000): Promise<T> {
  const until = Date.now() + limitMs
  for (;;) {
    try {
      return await ask()
    } catch (thrown) {
      if (Date.now() > until) throw new Error(`${what}: not after ${limitMs / 1000} s`, { cause: thrown })
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
  }
}

/** Whether a process runs; one that has ended and waits for its parent does not. */
export function isRunning(pid: number): boolean {
  if (!existsSync(`/proc/${pid}/stat`)) return false
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'))
  } catch {
    return false
  }
}
