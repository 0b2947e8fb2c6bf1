import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { berth, program, projectRoot } from './support/berth.ts'

/**
 * Plays the documents on real containers, in a data directory of their own; each is one test. They are played in
 * the language in which they were written; that a translation has the same commands is a test of its own.
 */
const written = readdirSync(join(projectRoot, 'tutorials'))
  .filter((file) => file.endsWith('.md'))
  .map((file) => file.slice(0, -'.md'.length))
const asked = process.argv.slice(2)
// The one with the simplest pods comes first: what fails there would fail in the others, too.
const tutorials = asked.length > 0 ? asked : written.sort((a, b) => Number(b === 'web') - Number(a === 'web'))
/** As many as the document with the most asks for. */
const NODES = 3

const data = mkdtempSync(join(tmpdir(), 'berth-tutorials-'))
let failed = 0
try {
  await berth(['up', '--data', data, '--nodes', `${NODES}`, '--images', 'stand-ins'])
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
