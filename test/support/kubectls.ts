import { existsSync, globSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { capture, projectRoot } from './berth.ts'

/** A kubectl to test with. */
export interface Kubectl {
  readonly version: string
  readonly program: string
}

/** The machine's own kubectl and Debian's, where they can be had: a new one and one of 1.20. */
export async function kubectls(): Promise<readonly Kubectl[]> {
  const programs = ['kubectl', await debianKubectl()].filter((program) => program !== undefined)
  const found = await Promise.all(programs.map(async (program) => ({ program, version: await versionOf(program) })))
  const different = new Map(found.filter(({ version }) => version !== '').map((each) => [each.version, each]))
  if (different.size === 0) throw new Error('there is no kubectl; apt-get install kubernetes-client brings one')
  return [...different.values()]
}

/** Unpacked into the project's `.berth` and not installed, so that the machine's own one stays as it is. */
async function debianKubectl(): Promise<string | undefined> {
  const folder = join(projectRoot, '.berth/debian-kubectl')
  const program = join(folder, 'usr/bin/kubectl')
  if (existsSync(program)) return program
  mkdirSync(folder, { recursive: true })
  await capture('sh', ['-c', 'cd "$0" && apt-get -qq download kubernetes-client', folder])
  for (const file of globSync(join(folder, '*.deb'))) await capture('dpkg-deb', ['--extract', file, folder])
  return existsSync(program) ? program : undefined
}

async function versionOf(program: string): Promise<string> {
  const { printed } = await capture(program, ['version', '--client', '--output=json']).catch(() => ({ printed: '' }))
  return /"gitVersion": "v([^"]+)"/.exec(printed)?.[1] ?? ''
}
