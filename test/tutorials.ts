import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { berth, program } from './support/berth.ts'

/** Plays the documents on real containers, in a data directory of their own; each is one test. */
const tutorials = ['web', 'replicated-mysql']
const data = mkdtempSync(join(tmpdir(), 'berth-tutorials-'))
let failed = 0
try {
  for (const name of tutorials) {
    const code = await program('bin/berth', ['tutorial', name, '--data', data])
    if (code !== 0) failed += 1
  }
} finally {
  await berth(['down', '--data', data, '--purge'])
  rmSync(data, { recursive: true, force: true })
}
console.log(`${tutorials.length - failed} passed, ${failed} failed`)
process.exit(failed > 0 ? 1 : 0)
