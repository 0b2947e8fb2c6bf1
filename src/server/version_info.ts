/** The Kubernetes version whose behaviour the server has. */
const EMULATED = 'v1.36.3'

/** What `/version` answers; the suffix keeps anybody from mistaking it for upstream's own build. */
export const versionInfo = (product = '0.1.0'): object => ({
  major: '1',
  minor: '36',
  emulationMajor: '1',
  emulationMinor: '36',
  minCompatibilityMajor: '1',
  minCompatibilityMinor: '35',
  gitVersion: `${EMULATED}+berth.${product}`,
  gitCommit: '',
  gitTreeState: 'clean',
  buildDate: '1970-01-01T00:00:00Z',
  goVersion: '',
  compiler: 'node',
  platform: 'linux',
})
