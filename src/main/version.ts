import { statSync } from 'node:fs'

/** Berth's own version; the API shows it behind the version of Kubernetes that it emulates. */
export const VERSION = '0.1.0'

/** Tells two builds apart, also of one version: `up` replaces a daemon and agents of another build. */
export function buildId(): string {
  const program = process.argv[1]
  return program === undefined ? VERSION : `${VERSION} of ${new Date(statSync(program).mtimeMs).toISOString()}`
}
