import { parseArgs } from 'node:util'
import fc from 'fast-check'
import { startTestServer } from '../../src/server/testing/test_server.ts'
import { FIRST_OBJECTS, question } from './requests.ts'
import { checkAnswer } from './well_formed.ts'

/**
 * Asks the server whatever may come to somebody's mind, for as long as one likes:
 * `node test/fuzz/soak.ts [--seconds 60] [--seed N]`. A failure prints its seed and the smallest question.
 */
const { values } = parseArgs({ options: { seconds: { type: 'string', default: '60' }, seed: { type: 'string' } } })
const cluster = await startTestServer()
for (const object of FIRST_OBJECTS) await cluster.ask(object)
const codes = new Map<number, number>()
const seed = values.seed === undefined ? {} : { seed: Number(values.seed) }
const began = performance.now()
try {
  await fc.assert(
    fc.asyncProperty(question, async (asked) => {
      const code = await checkAnswer(cluster, asked)
      codes.set(code, (codes.get(code) ?? 0) + 1)
    }),
    {
      numRuns: Number.MAX_SAFE_INTEGER,
      interruptAfterTimeLimit: Number(values.seconds) * 1000,
      markInterruptAsFailure: false,
      ...seed,
    },
  )
} finally {
  await cluster.stop()
}
const asked = [...codes.values()].reduce((sum, count) => sum + count, 0)
const perCode = [...codes].sort(([one], [other]) => one - other).map(([code, count]) => `${code}: ${count}`)
console.log(`${asked} questions in ${Math.round((performance.now() - began) / 1000)} s; ${perCode.join(', ')}`)
