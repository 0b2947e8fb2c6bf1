import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { mustRun, runCommand } from '../processes.ts'

/** Makes an empty network namespace that lives as long as the file is a mount point. True when it was made now. */
export async function makeNamespace(file: string): Promise<boolean> {
  if (isMountPoint(file)) return false
  makeTarget(file)
  await mustRun(['unshare', `--net=${file}`, 'true'])
  return true
}

/** Keeps a running process's network namespace under a name. */
export async function keepNamespace(file: string, ofProcess: 'self'): Promise<void> {
  if (isMountPoint(file)) return
  makeTarget(file)
  await mustRun(['mount', '--bind', `/proc/${ofProcess}/ns/net`, file])
}

/** Gone already is success. The kernel ends the namespace with its last process. */
export async function removeNamespace(file: string): Promise<void> {
  for (const point of mountPointsBelow(file)) await mustRun(['umount', point])
  rmSync(file, { force: true })
}

/**
 * The command, to be run inside a network namespace. `nsenter` and not `ip netns exec`: that one
 * mounts a new `/sys` and so hides the cgroups.
 */
export function inNamespace(file: string, command: readonly string[]): readonly string[] {
  return ['nsenter', `--net=${file}`, ...command]
}

/** Runs many `ip` commands at once; what is there already ("File exists") is success. */
export async function configureNamespace(file: string, commands: readonly string[]): Promise<void> {
  const result = await runCommand(inNamespace(file, ['ip', '-force', '-batch', '-']), {
    input: `${commands.join('\n')}\n`,
  })
  const complaints = result.stderr.split('\n').filter(isRealComplaint)
  if (complaints.length > 0) throw new Error(`network of ${file}: ${complaints.join('; ')}`)
}

function isRealComplaint(line: string): boolean {
  return line.trim() !== '' && !line.includes('File exists') && !line.startsWith('Command failed')
}

/** Mount points at and below a path, deepest first. */
export function mountPointsBelow(path: string): readonly string[] {
  const inside = mountPoints().filter((point) => point === path || point.startsWith(`${path}/`))
  // Later lines cover earlier ones, so the reverse order is also right for several mounts on one point.
  return inside.reverse().sort((a, b) => b.length - a.length)
}

function isMountPoint(path: string): boolean {
  return mountPoints().includes(path)
}

/** From the kernel's own table, where blanks and the like are written as octal numbers. */
function mountPoints(): readonly string[] {
  return readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[4])
    .filter((point) => point !== undefined)
    .map((point) =>
      point.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8))),
    )
}

function makeTarget(file: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o711 })
  if (!existsSync(file)) closeSync(openSync(file, 'w', 0o600))
}
