import { parseArgs } from 'node:util'
import { runScenario } from './scenario.ts'

/**
 * `npm run soak -- --seeds 1000 [--from 0]`: runs the scenario with many seeds, one after the other, and prints
 * what each broken promise was. `--json` prints every result as a line, for those who compare.
 */
const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '100' },
    from: { type: 'string', default: '0' },
    json: { type: 'boolean', default: false },
    'stop-at-first': { type: 'boolean', default: false },
  },
})

const first = Number(values.from)
let failed = 0
let passed = 0
for (let seed = first; seed < first + Number(values.seeds); seed++) {
  const result = await runScenario(String(seed))
  if (values.json) console.log(JSON.stringify(result))
  if (result.violation === undefined) {
    passed += 1
    continue
  }
  failed += 1
  if (!values.json) console.log(`seed ${seed}: ${result.violation}`)
  if (values['stop-at-first']) break
}
if (!values.json) console.log(`${passed} passed, ${failed} failed`)
process.exit(failed > 0 ? 1 : 0)
