import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseTutorial } from '../src/cli/tutorial/document.ts'
import { kubectlMinor } from '../src/cli/tutorial/kubectl_version.ts'
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
const wanted = asked.length > 0 ? asked : written.sort((a, b) => Number(b === 'web') - Number(a === 'web'))
const minor = kubectlMinor(undefined) ?? 0
const needs = (name: string): number =>
  parseTutorial(readFileSync(join(projectRoot, 'tutorials', `${name}.md`), 'utf8'), name).kubectl
const tutorials = wanted.filter((name) => minor >= needs(name))
for (const name of wanted.filter((one) => !tutorials.includes(one))) {
  console.log(`${name} is not played: it shows what kubectl 1.${needs(name)} prints, and this machine has 1.${minor}`)
}
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
