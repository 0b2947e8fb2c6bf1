import { readFileSync } from 'node:fs'
import { mustRun } from '../processes.ts'

/** Where this machine gets its Debian packages from. */
export interface DebianSources {
  readonly codename: string
  readonly architecture: string
  /** For `sources.list`. */
  readonly lines: readonly string[]
  /** `Acquire::…` settings: proxies, retries and the like. */
  readonly options: readonly string[]
}

/** Reads it from apt itself, so that mirrors and proxies are the machine's own. */
export async function debianSources(): Promise<DebianSources> {
  const release = readFileSync('/etc/os-release', 'utf8')
  const codename = /^VERSION_CODENAME=(.*)$/m.exec(release)?.[1] ?? 'stable'
  const format = '$(REPO_URI)|$(CODENAME)|$(COMPONENT)|$(ORIGIN)|$(RELEASE)'
  const targets = await mustRun(['apt-get', 'indextargets', '--format', format, 'Created-By: Packages'])
  const lines = new Set(
    targets
      .split('\n')
      .map(sourceLine)
      .filter((line) => line !== undefined),
  )
  const architecture = (await mustRun(['dpkg', '--print-architecture'])).trim()
  const known = lines.size > 0 ? [...lines] : [`deb http://deb.debian.org/debian ${codename} main`]
  return { codename, architecture, lines: known, options: await acquireOptions() }
}

/** Other archives that the machine uses (Node's, a vendor's) have no part in an image. */
function sourceLine(target: string): string | undefined {
  const [uri, codename, component, origin] = target.split('|')
  if (!uri || !codename || component !== 'main' || origin !== 'Debian') return undefined
  return `deb ${uri} ${codename} main`
}

async function acquireOptions(): Promise<readonly string[]> {
  const settings = await mustRun(['apt-config', 'dump'])
  return settings
    .split('\n')
    .filter((line) => /^Acquire::(https?|ftp|Retries|Check-Valid-Until|ForceIPv4)[:\s]/i.test(line))
    .filter((line) => !line.endsWith(' "";'))
}
