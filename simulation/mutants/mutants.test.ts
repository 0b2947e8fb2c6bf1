import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mutants } from './mutants.ts'
import { hunt, mutatedCopy } from './run.ts'

for (const mutant of mutants) {
  test(`${mutant.name} is found within ${mutant.seedsMax} seeds`, async (context) => {
    const copy = mutatedCopy(mutant)
    try {
      const { found, printed } = await hunt(copy.folder, mutant.seedsMax)
      assert.ok(found, `nothing was found in the source where ${mutant.about}:\n${printed}`)
      context.diagnostic(printed.trim().split('\n')[0] ?? '')
    } finally {
      copy.remove()
    }
  })
}
