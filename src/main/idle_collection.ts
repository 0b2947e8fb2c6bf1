import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { type Clock, type Millis, systemClock } from '../base/clock.ts'

const LOOK_MS: Millis = 5_000
/** A process that worked less than this in the last look's time is idle. */
const IDLE_CPU_MS: Millis = 250
/** Less than this is not worth the pause. */
const GARBAGE_BYTES_MIN = 24 * 1024 * 1024
/** A collection that gave back so much is followed by another. */
const AGAIN_BYTES_MIN = 16 * 1024 * 1024

/**
 * Collects what a busy time has left as soon as nothing happens. V8 collects when it allocates, so a cluster that was busy
 * and is idle now would keep the garbage for hours. As a last resort V8 also moves what is left together and gives the
 * pages back: a hundred megabytes of five hundred after 10,000 pods were started, of which a common collection gives none.
 * It moves no more than 12 MB at once, so another collection follows as long as that gives much. With 10,000 pods each
 * stops everything for a third of a second, three times after they were started; with few pods for a twentieth, once.
 */
export function collectWhenIdle(clock: Clock = systemClock): { stop(): void } {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as (how: { type: 'major'; flavor: 'last-resort' }) => void
  let kept = heldBytes()
  let isUnfinished = false
  let cpu = process.cpuUsage()
  const look = () => {
    const { user, system } = process.cpuUsage(cpu)
    const isIdle = (user + system) / 1000 < IDLE_CPU_MS
    const held = heldBytes()
    if (isIdle && (isUnfinished || held - kept > GARBAGE_BYTES_MIN)) {
      collect({ type: 'major', flavor: 'last-resort' })
      kept = heldBytes()
      isUnfinished = held - kept > AGAIN_BYTES_MIN
    }
    cpu = process.cpuUsage()
    timer = clock.after(LOOK_MS, look)
  }
  let timer = clock.after(LOOK_MS, look)
  return { stop: () => timer.cancel() }
}

/** The pages of V8's heap, whether something lies in them or not, and the bytes that go with the objects that hold them. */
function heldBytes(): number {
  const { heapTotal, external } = process.memoryUsage()
  return heapTotal + external
}
