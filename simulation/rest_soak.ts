import { parseArgs } from 'node:util'
import { runToRest } from './rest.ts'

/**
 * `npm run soak -- rest --seeds 100 [--from 0]`: runs the scenario of users who stop, and prints who did not come to rest.
 * A seed that never ends is the last that was named.
 */
const { values } = parseArgs({
  options: { seeds: { type: 'string', default: '100' }, from: { type: 'string', default: '0' } },
})

const first = Number(values.from)
let [passed, failed] = [0, 0]
for (let seed = first; seed < first + Number(values.seeds); seed++) {
  process.stdout.write(`seed ${seed}: `)
  const { made, records, violation } = await runToRest(String(seed))
  console.log(violation ?? `${made} objects, ${records} writes, at rest`)
  if (violation === undefined) passed += 1
  else failed += 1
}
console.log(`${passed} passed, ${failed} failed`)
process.exit(failed > 0 ? 1 : 0)
