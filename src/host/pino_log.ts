import pino from 'pino'
import type { Log, LogFields } from '../base/log.ts'

/** A log of JSON lines on standard output, which `up` has pointed at a file under `log/`. */
export function pinoLog(level: 'debug' | 'info' | 'warn'): Log {
  return wrap(
    pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, pino.destination({ fd: 1, sync: true })),
  )
}

function wrap(logger: pino.Logger): Log {
  const line = (method: 'debug' | 'info' | 'warn' | 'error') => (message: string, fields?: LogFields) =>
    fields === undefined ? logger[method](message) : logger[method](fields, message)
  return {
    debug: line('debug'),
    info: line('info'),
    warn: line('warn'),
    error: line('error'),
    child: (fields) => wrap(logger.child(fields)),
  }
}
