import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openAuthority } from '../../src/host/certificates.ts'
import { Connection, type Target } from './connection.ts'
import { type Memory, memoryOf } from './memory.ts'

/** The yardstick's server, in a process of its own. */
export interface Bare {
  target(): Target
  memory(): Memory
}

const script = new URL('bare_server.ts', import.meta.url).pathname

/** Starts the bare server, hands it over and leaves nothing of it. */
export async function withBare<Result>(use: (bare: Bare) => Promise<Result>): Promise<Result> {
  const folder = mkdtempSync(join(process.env['BENCH_DATA'] ?? tmpdir(), 'berth-bench-bare-'))
  const child = spawn(process.execPath, [script, folder], { stdio: ['ignore', 'pipe', 'inherit'] })
  const clear = () => {
    child.kill()
    rmSync(folder, { recursive: true, force: true })
  }
  // A bench that is interrupted ends without its `finally`.
  process.once('exit', clear)
  try {
    const port = await portOf(child)
    const authority = await openAuthority(folder)
    const pair = await authority.keptClient('client', { commonName: 'bench', organizations: [] })
    const target = {
      host: '127.0.0.1',
      port,
      authority: authority.certificate,
      certificate: pair.certificate,
      key: pair.key,
    }
    return await use({ target: () => target, memory: () => memoryOf([folder]) })
  } finally {
    process.off('exit', clear)
    child.kill()
    if (child.exitCode === null) await once(child, 'exit')
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Milliseconds from the start of the bare server until it has answered once. */
export async function bareStartMs(): Promise<number> {
  const began = performance.now()
  return await withBare(async (bare) => {
    const connection = await Connection.open(bare.target())
    await connection.request('GET', '/readyz')
    connection.close()
    return performance.now() - began
  })
}

async function portOf(child: ChildProcess): Promise<number> {
  for await (const chunk of child.stdout ?? []) return Number(`${chunk as Buffer}`)
  throw new Error('the bare server ended before it listened')
}
