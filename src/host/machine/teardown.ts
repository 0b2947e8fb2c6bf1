import { existsSync, readdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Millis } from '../../base/clock.ts'
import { endProcess, findProcesses, identify, keepAwake, type ProcessIdentity, runCommand } from '../processes.ts'
import { endByRunFile } from '../run_files.ts'
import { endStrayContainerds } from './containerd.ts'
import { AGENT_END_MS, CLEANUP_POLL_MS, CLEANUP_TRIES, CONTAINERD_END_MS } from './limits.ts'
import type { MachinePaths } from './machine_paths.ts'
import { mountPointsBelow, removeNamespace } from './namespaces.ts'
import { cniNetworkName } from './node_network.ts'

/**
 * Ends everything of a node, in the order in which nothing can start anew: the agent, the
 * containers (SIGTERM, SIGKILL after `graceMs`), containerd, its shims; then mounts, namespace, files in
 * `/run` and cgroups. What has gone already is success, so it can be repeated after any crash.
 */
export async function tearDownNode(paths: MachinePaths, name: string, graceMs: Millis): Promise<void> {
  const places = paths.node(name)
  await endByRunFile(places.agentRunFile, AGENT_END_MS)
  await endContainers(paths, name, graceMs)
  await endByRunFile(places.containerdRunFile, CONTAINERD_END_MS)
  await endStrayContainerds(places)
  await Promise.all(shimsOf(places.socket).map((shim) => endProcess(shim, CONTAINERD_END_MS)))
  await unmountBelow(join(paths.data, 'nodes', name))
  await removeNamespace(places.namespace)
  await repeat(`${places.run}`, async () => {
    await unmountBelow(places.run)
    rmSync(places.run, { recursive: true, force: true })
    return mountPointsBelow(places.run).length === 0 && !existsSync(places.run)
  })
  for (const directory of cgroupsOf(paths, name)) await removeCgroup(directory)
  forgetCniResults(cniNetworkName(paths, name))
}

/** What belongs to no single node. Called when no node is left. */
export async function tearDownShared(paths: MachinePaths): Promise<void> {
  await removeNamespace(paths.bridgeNamespace)
  await removeNamespace(paths.hostNamespace)
  await unmountBelow(paths.run)
  rmSync(join(paths.run, 'netns'), { recursive: true, force: true })
  // What the server keeps there (its socket, its run file) is the server's to remove.
  for (const directory of directoriesIn(paths.run)) removeIfEmpty(directory)
  removeIfEmpty(paths.run)
  for (const controller of cgroupRoots()) removeIfEmpty(join(controller, `berth-${paths.hash}`))
  for (const directory of SHARED_DIRECTORIES) removeIfEmpty(directory)
}

/** containerd and libcni make these whatever their configuration says. */
const SHARED_DIRECTORIES = [
  '/run/containerd/s',
  '/run/containerd/fifo',
  '/run/containerd/runc',
  '/run/containerd',
  '/var/lib/cni/results',
  '/var/lib/cni/networks',
  '/var/lib/cni',
]

/** The node's own part of each cgroup hierarchy; the agent makes the pods' cgroups below it. */
export function nodeCgroup(paths: MachinePaths, name: string): string {
  return `/berth-${paths.hash}/${name}`
}

/** Each container and pause process is in a cgroup below the node's, whoever started it. */
async function endContainers(paths: MachinePaths, name: string, graceMs: Millis): Promise<void> {
  const processes = new Map<number, ProcessIdentity>()
  for (const directory of cgroupsOf(paths, name)) {
    for (const pid of processesBelow(directory)) {
      const identity = identify(pid)
      if (identity !== undefined) processes.set(pid, identity)
    }
  }
  const ends = [...processes.values()].map((process) =>
    endProcess(process, hearsTermination(process.pid) ? graceMs : 0),
  )
  await Promise.all(ends)
}

/**
 * The first process of a pid namespace gets no signal that it does not catch: to wait for the end of
 * one that ignores SIGTERM in this way would be in vain.
 */
function hearsTermination(pid: number): boolean {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'latin1')
    const isFirst = /^NSpid:.*\s1$/m.test(status)
    const caught = BigInt(`0x${/^SigCgt:\s*([0-9a-f]+)/m.exec(status)?.[1] ?? '0'}`)
    return !isFirst || (caught & SIGTERM_BIT) !== 0n
  } catch {
    return true
  }
}

/** Signal 15 is bit 14 of a mask. */
const SIGTERM_BIT = 1n << 14n

/** Shims outlive containerd; their arguments name the socket of the one that they serve. */
function shimsOf(socket: string): readonly ProcessIdentity[] {
  return findProcesses((args) => (args[0] ?? '').includes('containerd-shim') && args.includes(socket))
}

function cgroupsOf(paths: MachinePaths, name: string): readonly string[] {
  return cgroupRoots()
    .map((root) => join(root, nodeCgroup(paths, name)))
    .filter((directory) => existsSync(directory))
}

/** One directory with cgroup v2; one per controller with v1 (some are links to one and the same). */
export function cgroupRoots(): readonly string[] {
  const root = '/sys/fs/cgroup'
  if (!existsSync(root)) return []
  if (existsSync(join(root, 'cgroup.controllers'))) return [root]
  return readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(root, entry.name))
}

function processesBelow(directory: string): readonly number[] {
  const own = numbersIn(join(directory, 'cgroup.procs'))
  return [...own, ...directoriesIn(directory).flatMap((child) => processesBelow(child))]
}

async function removeCgroup(directory: string): Promise<void> {
  for (const child of directoriesIn(directory)) await removeCgroup(child)
  // The kernel lets go of a cgroup a moment after its last process has ended.
  await repeat(`cgroup ${directory}`, () => removeIfEmpty(directory))
}

async function unmountBelow(path: string): Promise<void> {
  await repeat(`mounts below ${path}`, async () => {
    const points = mountPointsBelow(path)
    for (const point of points) await runCommand(['umount', '--no-canonicalize', point])
    return mountPointsBelow(path).length === 0
  })
}

async function repeat(what: string, attempt: () => boolean | Promise<boolean>): Promise<void> {
  for (let tried = 0; !(await attempt()); tried++) {
    if (tried >= CLEANUP_TRIES) throw new Error(`${what}: still in use after ${tried} attempts`)
    await keepAwake(CLEANUP_POLL_MS)
  }
}

/** True when the directory is not there afterwards. */
function removeIfEmpty(directory: string): boolean {
  try {
    rmdirSync(directory)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT'
  }
}

/** libcni keeps a result per pod and interface, named `network-sandbox-interface`. */
function forgetCniResults(network: string): void {
  const directory = '/var/lib/cni/results'
  if (!existsSync(directory)) return
  for (const file of readdirSync(directory)) {
    const sandbox = file.startsWith(`${network}-`) ? file.slice(network.length + 1).split('-')[0] : undefined
    if (sandbox === undefined) continue
    rmSync(join(directory, file), { force: true })
    // containerd adds a loopback network of its own, and that has one name on the whole machine.
    rmSync(join(directory, `cni-loopback-${sandbox}-lo`), { force: true })
  }
}

function directoriesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => join(directory, entry.name))
  } catch {
    return []
  }
}

function numbersIn(file: string): readonly number[] {
  try {
    return readFileSync(file, 'latin1').split('\n').filter(Boolean).map(Number)
  } catch {
    return []
  }
}
