import { spawn } from 'node:child_process'
import { globSync } from 'node:fs'
import { run } from 'node:test'
import { type Suite, type SuiteResult, suites } from './suites.ts'

/**
 * `npm test`: runs every suite within its time budget and ends with `N passed, N failed`.
 * `npm test -- unit tidy` runs only the suites of these names.
 */
const wanted = process.argv.slice(2)
const chosen = suites.filter((suite) => wanted.length === 0 || wanted.includes(suite.name))
const totals = { passed: 0, failed: 0 }
/** What earlier suites did not use of their budgets. */
let spareSeconds = 0
const times: string[] = []

for (const suite of chosen) {
  const began = performance.now()
  console.log(`\n── ${suite.name}: ${suite.about}`)
  const limitSeconds = suite.budgetSeconds + Math.floor(spareSeconds)
  const result = suite.files === undefined ? await runCommand(suite, limitSeconds) : await runFiles(suite, limitSeconds)
  totals.passed += result.passed
  totals.failed += result.failed
  const seconds = (performance.now() - began) / 1000
  spareSeconds = Math.max(0, limitSeconds - seconds)
  const time = `${seconds.toFixed(1)} s of its budget of ${suite.budgetSeconds} s`
  times.push(`${suite.name.padEnd(12)} ${time}${seconds > suite.budgetSeconds ? ': OVER' : ''}`)
  console.log(`── ${suite.name}: ${result.passed} passed, ${result.failed} failed in ${time}`)
}

console.log(`\n${times.join('\n')}`)
console.log(`\n${totals.passed} passed, ${totals.failed} failed`)
process.exit(totals.failed > 0 || totals.passed === 0 ? 1 : 0)

/** Runs `node:test` files, each in a process of its own; what does not end within the time has failed. */
async function runFiles(suite: Suite, limitSeconds: number): Promise<SuiteResult> {
  const files = (suite.files ?? []).flatMap((pattern) => globSync(pattern)).sort()
  const result = { passed: 0, failed: 0 }
  const signal = AbortSignal.timeout(limitSeconds * 1000)
  const stream = run({ files, concurrency: suite.concurrency ?? 2, signal, timeout: limitSeconds * 1000 })
  stream.on('test:stderr', (line) => process.stderr.write(line.message))
  stream.on('test:diagnostic', ({ message }) => {
    if (message.startsWith('figure: ')) console.log(`  ${message.slice('figure: '.length)}`)
  })
  stream.on('test:pass', (test) => {
    if (test.details.type === 'suite') return
    if (test.skip !== undefined) console.log(`  skipped: ${test.name} (${test.skip})`)
    else result.passed += 1
  })
  stream.on('test:fail', (test) => {
    if (isChildFailure(test.details.error)) return
    result.failed += 1
    const cause = test.details.error.cause ?? test.details.error
    console.log(
      `  FAILED ${test.file ?? ''} › ${test.name}\n${indented(cause instanceof Error ? (cause.stack ?? cause.message) : String(cause))}`,
    )
  })
  for await (const _ of stream);
  return result
}

/** A parent, or a whole file, that failed only because something in it did. */
function isChildFailure(error: Error & { readonly failureType?: string }): boolean {
  return error.failureType === 'subtestsFailed'
}

function indented(text: string): string {
  return text.replace(/^/gm, '    ')
}

/** Runs a command; it counts as one test, unless its last line says `N passed, N failed`. */
function runCommand(suite: Suite, limitSeconds: number): Promise<SuiteResult> {
  const [program, ...args] = suite.command ?? []
  if (program === undefined) throw new Error(`suite ${suite.name} has neither files nor a command`)
  return new Promise((resolve) => {
    let output = ''
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'], detached: true })
    const tooLong = setTimeout(() => {
      console.log(`  FAILED ${suite.name}: not done after ${limitSeconds} s`)
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGTERM')
    }, limitSeconds * 1000)
    child.stdout.on('data', (chunk: Buffer) => {
      output = (output + chunk).slice(-4096)
      process.stdout.write(chunk)
    })
    child.on('close', (code) => {
      clearTimeout(tooLong)
      const counted = /(\d+) passed, (\d+) failed\s*$/.exec(output)
      const failed = code === 0 ? 0 : 1
      resolve(
        counted
          ? { passed: Number(counted[1]), failed: Math.max(Number(counted[2]), failed) }
          : { passed: 1 - failed, failed },
      )
    })
  })
}
