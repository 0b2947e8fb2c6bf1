import { Buffer } from 'node:buffer'
import { ApiError } from '../../api/error.ts'
import { BEARER_PROTOCOL } from '../../api/tunnel_options.ts'

/** Numbered channels: what clients other than kubectl speak. */
const CHANNEL_PROTOCOLS = ['v4.channel.k8s.io', 'v4.base64.channel.k8s.io']
/** The same before version 4, where a command's result is a text and success says nothing. No name means the first of them. */
const OLD_EXEC_PROTOCOLS = ['channel.k8s.io', 'base64.channel.k8s.io', '']
const EXEC_PROTOCOLS = ['v5.channel.k8s.io', ...CHANNEL_PROTOCOLS, ...OLD_EXEC_PROTOCOLS]
/** SPDY frames inside WebSocket messages: how newer clients forward ports. */
export const TUNNEL_PROTOCOL = 'SPDY/3.1+portforward.k8s.io'
const FORWARD_PROTOCOLS = [TUNNEL_PROTOCOL, ...CHANNEL_PROTOCOLS, '']

/** How a command's streams are numbered, by what the client offers; '' when it offers nothing. @throws ApiError 400 */
export const execProtocolOf = (offered: readonly string[]): string => chosenOf(offered, EXEC_PROTOCOLS)

/** How forwarded ports travel, by what the client offers; '' when it offers nothing. @throws ApiError 400 */
export const forwardProtocolOf = (offered: readonly string[]): string => chosenOf(offered, FORWARD_PROTOCOLS)

/** The server's first choice among what the client offers; a token among the protocols is none of them. */
function chosenOf(offered: readonly string[], known: readonly string[]): string {
  const names = offered.filter((name) => !name.startsWith(BEARER_PROTOCOL))
  const chosen = known.find((name) => (name === '' ? names.length === 0 : names.includes(name)))
  if (chosen !== undefined) return chosen
  const listed = known.filter((name) => name !== '')
  throw new ApiError({
    code: 400,
    reason: 'BadRequest',
    message: `unable to upgrade: none of the protocols ${JSON.stringify(names)} is one of ${JSON.stringify(listed)}`,
  })
}

/** What the error channel carries of a command's result, which is a Status in JSON; undefined for nothing at all. */
export function resultIn(protocol: string, status: Uint8Array): Uint8Array | undefined {
  if (!OLD_EXEC_PROTOCOLS.includes(protocol)) return status
  const { status: outcome, message = '' } = JSON.parse(Buffer.from(status).toString('utf8')) as ResultStatus
  return outcome === 'Success' ? undefined : Buffer.from(message)
}

interface ResultStatus {
  readonly status?: string
  readonly message?: string
}
