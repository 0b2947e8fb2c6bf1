import { systemClock } from '../base/clock.ts'
import { silentLog } from '../base/log.ts'
import { MemoryJournal } from './memory_journal.ts'
import { createStore } from './mvcc.ts'
import { describeStore } from './store_suite.ts'

describeStore('memory', async () => {
  const journal = new MemoryJournal()
  return {
    open: (options) => createStore({ journal, clock: systemClock, log: silentLog, freeze: true, ...options }),
    dispose: async () => {},
  }
})
