import type { Container } from '../../api/types.ts'
import type { HostFiles } from '../host_port.ts'
import { TERMINATION_LOG_BYTES_MOST, TERMINATION_LOG_LINES_MOST, TERMINATION_MESSAGE_BYTES_MOST } from '../limits.ts'
import { splitLogLines } from '../log_lines.ts'
import { exitCodeOf } from '../pod_worker/containers.ts'
import type { RuntimeContainer } from '../runtime.ts'

/** What an ended container wrote as its last words; with FallbackToLogsOnError the end of its log after a failure. */
export async function terminationMessageOf(
  files: HostFiles,
  container: Container,
  instance: RuntimeContainer,
  places: { readonly messageFile: string; readonly logFile: string },
): Promise<string | undefined> {
  const written = await files.readFile(places.messageFile, { bytesMax: TERMINATION_MESSAGE_BYTES_MOST })
  if (written !== undefined && written.length > 0) return new TextDecoder().decode(written)
  if (container.terminationMessagePolicy !== 'FallbackToLogsOnError' || exitCodeOf(instance) === 0) return undefined
  const log = await files.readFile(places.logFile, {
    offset: -4 * TERMINATION_LOG_BYTES_MOST,
    bytesMax: 4 * TERMINATION_LOG_BYTES_MOST,
  })
  if (log === undefined) return undefined
  const lines = splitLogLines(log).lines.slice(-TERMINATION_LOG_LINES_MOST)
  const decoder = new TextDecoder()
  const text = lines.map((line) => `${decoder.decode(line.text)}${line.isPartial ? '' : '\n'}`).join('')
  return text.slice(-TERMINATION_LOG_BYTES_MOST)
}
