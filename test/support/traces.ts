import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { capture } from './berth.ts'
import { runDirectoryOf } from './test_cluster.ts'

/**
 * What a cluster leaves on a machine. Other clusters may run there at the same time, so each trace is
 * told by the data directory, by its run directory or by a network namespace that was the cluster's;
 * the machine's own links, rules and files are compared as a whole.
 */
export interface MachineState {
  readonly links: readonly string[]
  readonly rules: readonly string[]
}

/** The machine's own network, which no cluster may touch. */
export async function machineState(): Promise<MachineState> {
  const lines = async (file: string, args: readonly string[]) =>
    (await capture(file, args)).printed.split('\n').filter((line) => line !== '')
  return {
    links: (await lines('ip', ['-o', 'link'])).map((line) => line.split(':')[1]?.trim() ?? ''),
    rules: await lines('nft', ['list', 'tables']),
  }
}

/** What a running cluster has that does not carry its name. */
export interface Footprint {
  /** The network namespaces of its nodes, its bridge and its pods. */
  readonly namespaces: ReadonlySet<string>
  /** The files that keep them. */
  readonly files: readonly string[]
}

export function footprintOf(data: string): Footprint {
  const own = readlinkSync('/proc/self/ns/net')
  const namespaces = new Set(
    processes()
      .filter((process) => names(process.command, data) || names(process.cgroup, data))
      .map((process) => process.namespace)
      .filter((namespace) => namespace !== '' && namespace !== own),
  )
  const kept = mounts().filter((mount) => namespaces.has(mount.split(' ')[3] ?? ''))
  return { namespaces, files: kept.map((mount) => mount.split(' ')[4] ?? '') }
}

const mounts = () => readFileSync('/proc/self/mountinfo', 'utf8').split('\n')

/** Everything that is still there of a cluster, in words; an empty list is what `down` owes. */
export function tracesOf(data: string, { namespaces, files }: Footprint): readonly string[] {
  return [
    ...processes()
      .filter((process) => isOf(process, data, namespaces))
      .map((process) => `process ${process.pid}: ${process.command}`),
    ...mounts()
      .filter((line) => names(line, data) || namespaces.has(line.split(' ')[3] ?? ''))
      .map((line) => `mount ${line}`),
    ...files.filter((file) => existsSync(file)),
    ...[...OUTSIDE, ...cgroupControllers()].flatMap((folder) => entriesNaming(folder, data)),
  ]
}

/** Places outside the data directory where parts of a cluster could write. */
const OUTSIDE = ['/run', '/run/netns', '/run/containerd', '/var/lib/cni', '/var/lib/containerd', '/etc/cni', '/etc']

interface Process {
  readonly pid: number
  readonly command: string
  readonly cgroup: string
  readonly namespace: string
}

function isOf(process: Process, data: string, namespaces: ReadonlySet<string>): boolean {
  return names(process.command, data) || names(process.cgroup, data) || namespaces.has(process.namespace)
}

/** Whether a text names the data directory or its run directory. */
const names = (text: string, data: string) => text.includes(data) || text.includes(runDirectoryOf(data).slice(5))

/** All that run, but for this one and for what has ended and waits for its parent. */
function processes(): readonly Process[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && pid !== process.pid)
    .map((pid) => {
      const command = textOf(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim()
      return { pid, command, cgroup: textOf(`/proc/${pid}/cgroup`), namespace: linkOf(`/proc/${pid}/ns/net`) }
    })
    .filter(({ command }) => command !== '')
}

/** Files of the system and of its users that were written after `marker`, but for what other programs keep there. */
export async function writtenSince(marker: string): Promise<readonly string[]> {
  const folders = ['/etc', '/usr', '/opt', '/srv', '/root', '/home', '/var/lib', tmpdir()]
  const found = await capture('find', [...folders, '-xdev', '-newer', marker, '-type', 'f'])
  return found.printed.split('\n').filter((file) => file !== '' && !OTHERS.test(file))
}

/** Other programs' own: packages, kubectl's cache, clones and data directories, of this test's too. */
const OTHERS = /^\/var\/lib\/(dpkg|apt|cni\/results)\/|\/\.(kube|npm|cache)\/|^\/tmp\/(?!node-compile-cache)|^find: /

function textOf(file: string): string {
  try {
    return readFileSync(file, 'latin1')
  } catch {
    return ''
  }
}

/** `net:[4026532008]`, as the table of mounts writes it too. */
function linkOf(file: string): string {
  try {
    return readlinkSync(file)
  } catch {
    return ''
  }
}

function cgroupControllers(): readonly string[] {
  const root = '/sys/fs/cgroup'
  if (!existsSync(root)) return []
  const entries = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory())
  return [root, ...entries.map((entry) => join(root, entry.name))]
}

/** Entries of a folder, and of its folders, that carry the cluster's name. */
function entriesNaming(folder: string, data: string): readonly string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (names(path, data)) return [path]
    return folder.startsWith('/var/lib/cni') && entry.isDirectory() ? entriesNaming(path, data) : []
  })
}
