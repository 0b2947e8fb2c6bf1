import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { connect } from './player/connection.ts'
import { makeNodes } from './player/nodes.ts'
import { type CaseResult, caseFiles, playSuite } from './player/suite.ts'

/** Plays the recorded cases against any server: `npm run conformance -- --kubeconfig FILE [FILE-PREFIX ...]`. */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    kubeconfig: { type: 'string', default: process.env['KUBECONFIG'] ?? '' },
    only: { type: 'string', default: '' },
    jobs: { type: 'string', default: '4' },
    quiet: { type: 'boolean', default: false },
    'make-nodes': { type: 'boolean', default: false },
  },
})

if (values.kubeconfig === '') {
  console.error(
    'usage: npm run conformance -- --kubeconfig FILE [--only TEXT] [--jobs N] [--quiet] [api-crud kinds- ...]',
  )
  process.exit(2)
}

/** How many places of a failed case are shown. */
const PROBLEMS_SHOWN = 12

const notYet = new Set(
  readFileSync(new URL('not-yet.txt', import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#')),
)

const connection = connect(values.kubeconfig)
if (values['make-nodes']) await makeNodes(connection)
// A line `file · *` says that nothing of a file is there yet: it is played only when it is named.
const begun = caseFiles().filter((file) => !notYet.has(`${file} · *`))
const files = positionals.length === 0 ? begun : [...new Set(positionals.flatMap((prefix) => caseFiles(prefix)))]
const results = await playSuite(connection, { files, only: values.only, jobs: Number(values.jobs), report })
connection.close()

const failed = results.filter((result) => result.problems.length > 0)
const surprising = failed.filter((result) => !notYet.has(lineOf(result)))
for (const file of files) summary(file)
const late = results.filter((result) => result.problems.length === 0 && notYet.has(lineOf(result)))
if (late.length > 0)
  console.log(
    `${late.length} cases of not-yet.txt pass now:\n${late.map((result) => `  ${lineOf(result)}`).join('\n')}`,
  )
console.log(`${failed.length - surprising.length} cases do not pass yet (conformance/not-yet.txt)`)
console.log(`${results.length - failed.length} passed, ${surprising.length} failed`)
process.exit(surprising.length > 0 ? 1 : 0)

function lineOf(result: CaseResult): string {
  return `${result.file} · ${result.name}`
}

function report(result: CaseResult): void {
  if (result.problems.length === 0 || values.quiet) return
  const rest = result.problems.length - PROBLEMS_SHOWN
  const lines = result.problems.slice(0, PROBLEMS_SHOWN).map((line) => `    ${line}`)
  console.log(`${lineOf(result)}${notYet.has(lineOf(result)) ? ' (not yet)' : ''}`)
  console.log([...lines, ...(rest > 0 ? [`    … ${rest} more`] : [])].join('\n'))
}

function summary(file: string): void {
  const own = results.filter((result) => result.file === file)
  if (own.length > 0)
    console.log(`${file}: ${own.filter((result) => result.problems.length === 0).length} of ${own.length}`)
}
