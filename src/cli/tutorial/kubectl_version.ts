import { spawnSync } from 'node:child_process'

const ANSWER_MS_MAX = 10_000

/** The second number of the version of the kubectl in PATH: 32 for v1.32.4. Undefined when there is none. */
export function kubectlMinor(path: string | undefined): number | undefined {
  const env = { ...process.env, ...(path !== undefined && { PATH: path }) }
  const { stdout } = spawnSync('kubectl', ['version', '--client', '--output=json'], {
    env,
    encoding: 'utf8',
    timeout: ANSWER_MS_MAX,
  })
  const minor = /"gitVersion": *"v1\.(\d+)/.exec(stdout ?? '')?.[1]
  return minor === undefined ? undefined : Number(minor)
}
