import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Millis } from '../../base/clock.ts'
import { findTool } from '../machine/surroundings.ts'
import { type CommandResult, runCommand } from '../processes.ts'
import { PULL_TIMEOUT_MS } from './limits.ts'

/** What is asked of a registry, and as whom. */
export interface RegistryRequest {
  /** Full name. */
  readonly reference: string
  /** Names and passwords as in a secret's `.dockerconfigjson`; absent: nobody in particular. */
  readonly credentials?: string
}

export interface RegistryAccess {
  /** Put before commands that download: an agent inside a node has no network of its own. */
  readonly enterHost: readonly string[]
  /** A folder for passwords and half-done downloads. */
  readonly work: string
  /** Mirrors and the like, in the format of containers-registries.conf(5); need not be there. */
  readonly settings: string
}

/** The digest of what a registry has under a name now. @throws Error with the registry's own words */
export function lookUp(access: RegistryAccess, request: RegistryRequest, limitMs: Millis): Promise<string> {
  return withScratch(access, async (scratch) => {
    const answer = await skopeo(access, scratch, { request, limitMs, command: ['inspect', '--raw'], to: [] })
    return `sha256:${createHash('sha256').update(answer.stdout).digest('hex')}`
  })
}

/** Downloads an image for this machine's architecture as an OCI layout; `take` reads it before it is removed. */
export function download<Result>(
  access: RegistryAccess,
  request: RegistryRequest,
  take: (layout: string) => Promise<Result>,
): Promise<Result> {
  return withScratch(access, async (scratch) => {
    const layout = join(scratch, 'layout')
    const command = ['copy', '--quiet', '--remove-signatures']
    await skopeo(access, scratch, { request, limitMs: PULL_TIMEOUT_MS, command, to: [`oci:${layout}:image`] })
    return take(layout)
  })
}

async function withScratch<Result>({ work }: RegistryAccess, run: (scratch: string) => Promise<Result>) {
  mkdirSync(work, { recursive: true })
  const scratch = mkdtempSync(join(work, 'pull-'))
  try {
    return await run(scratch)
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

interface SkopeoCall {
  readonly request: RegistryRequest
  readonly limitMs: Millis
  readonly command: readonly string[]
  readonly to: readonly string[]
}

async function skopeo(access: RegistryAccess, scratch: string, call: SkopeoCall): Promise<CommandResult> {
  if (findTool('skopeo') === undefined) {
    throw new Error(
      'the program skopeo is missing, which downloads images; berth doctor names the command that installs it',
    )
  }
  const { reference, credentials } = call.request
  const isCopy = call.to.length > 0
  const flags = [
    // A file, because other users see a command's arguments.
    ...(credentials === undefined ? [] : ['--authfile', secretFile(scratch, credentials)]),
    ...(isOfThisMachine(reference) ? [isCopy ? '--src-tls-verify=false' : '--tls-verify=false'] : []),
  ]
  // A name with a tag and a digest is the digest's; the tag is for people.
  const source = `docker://${reference.replace(/:[\w][\w.-]*@/, '@')}`
  const settings = existsSync(access.settings) ? ['--registries-conf', access.settings] : []
  const command = ['skopeo', '--insecure-policy', ...settings, ...call.command, ...flags, source, ...call.to]
  const result = await runCommand([...access.enterHost, ...command], { timeoutMs: call.limitMs })
  if (result.code !== 0) throw new Error(complaintOf(result.stderr))
  return result
}

function secretFile(scratch: string, credentials: string): string {
  const file = join(scratch, 'auth.json')
  writeFileSync(file, credentials, { mode: 0o600 })
  return file
}

/** Registries of the machine itself speak plain HTTP, as every container tool expects of them. */
const isOfThisMachine = (reference: string): boolean => /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?\//.test(reference)

/** The last line of its log says what is wrong: `time="…" level=fatal msg="…"`. */
function complaintOf(stderr: string): string {
  const last = stderr.trim().split('\n').at(-1) ?? ''
  const message = /msg="((?:[^"\\]|\\.)*)"/.exec(last)?.[1]
  if (message !== undefined) return message.replaceAll('\\"', '"')
  return last === '' ? 'the registry did not answer in time' : last
}
