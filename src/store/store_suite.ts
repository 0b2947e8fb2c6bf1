import { afterEach, beforeEach, describe } from 'node:test'
import type { StoreLimits } from './limits.ts'
import type { Store } from './store.ts'
import { describeHistory } from './suite_history.ts'
import { describeLists } from './suite_lists.ts'
import type { SuiteBackend } from './suite_support.ts'
import { describeWatches, describeWatchOrder } from './suite_watches.ts'
import { describeWrites } from './suite_writes.ts'

/** What every backend of the store must do: one suite, run by each of them. */
export function describeStore(name: string, create: () => Promise<SuiteBackend>): void {
  describe(`store on ${name}`, () => {
    let backend: SuiteBackend
    let store: Store
    beforeEach(async () => {
      backend = await create()
      store = await backend.open()
    })
    afterEach(async () => {
      await store.close()
      await backend.dispose()
    })
    const reopen = async (limits: Partial<StoreLimits> = {}) => {
      await store.close()
      store = await backend.open({ limits })
    }
    const current = { store: () => store, reopen }
    describeWrites(current)
    describeLists(current)
    describeWatches(current)
    describeWatchOrder(current)
    describeHistory(current)
  })
}
