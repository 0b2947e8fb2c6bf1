import { type Log, messageOf } from '../base/log.ts'

/** Ends the process in good order on the first SIGTERM, SIGINT or SIGHUP. */
export function onceStopped(stop: () => Promise<void>, log: Log): void {
  let stopping = false
  const onSignal = (signal: string) => {
    if (stopping) return
    stopping = true
    log.info('stopping', { signal })
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error('could not stop in good order', { error: messageOf(error) })
        process.exit(1)
      },
    )
  }
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, onSignal)
}
