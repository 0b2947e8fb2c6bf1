import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { berth, program } from './support/berth.ts'

/**
 * Plays every recorded case against a cluster without nodes, as its user would start it. The feature
 * gate is off because v1.36 ships it so (`docs/compatibility.md`).
 */
const data = mkdtempSync(join(tmpdir(), 'berth-conformance-'))
let code = 1
try {
  const options = [
    '--data',
    data,
    '--nodes',
    '0',
    '--store',
    'memory',
    '--feature-gates',
    'MaxUnavailableStatefulSet=false',
  ]
  await berth(['up', ...options])
  const kubeconfig = join(data, 'kubeconfig')
  code = await program(process.execPath, [
    'conformance/run.ts',
    '--kubeconfig',
    kubeconfig,
    '--make-nodes',
    ...process.argv.slice(2),
  ])
} finally {
  await berth(['down', '--data', data, '--purge'])
  rmSync(data, { recursive: true, force: true })
}
process.exit(code)
