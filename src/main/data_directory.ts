import { createHash } from 'node:crypto'
import { realpathSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'

/** Where everything of one cluster lives. Nothing outside it is written, but for `run` while the cluster is up. */
export interface DataDirectory {
  readonly root: string
  /** Format number and options of the cluster. */
  readonly clusterFile: string
  readonly storeFile: string
  readonly pki: string
  readonly kubeconfig: string
  readonly logs: string
  readonly images: string
  readonly volumes: string
  readonly nodes: string
  /** Sockets and run files; short, since a unix socket's path ends at 107 bytes. */
  readonly run: string
  /** The socket on which agents reach the API. */
  readonly apiSocket: string
  readonly daemonRunFile: string
  /** Held while somebody starts or stops the cluster. */
  readonly lock: string
}

export function dataDirectory(given: string | undefined): DataDirectory {
  const root = realPath(
    resolve(given ?? join(process.env['XDG_STATE_HOME'] ?? join(homedir(), '.local/state'), 'berth')),
  )
  const run = join(runRoot(), `berth-${createHash('sha256').update(root).digest('hex').slice(0, 8)}`)
  return {
    root,
    clusterFile: join(root, 'cluster.json'),
    storeFile: join(root, 'store.db'),
    pki: join(root, 'pki'),
    kubeconfig: join(root, 'kubeconfig'),
    logs: join(root, 'log'),
    images: join(root, 'images'),
    volumes: join(root, 'volumes'),
    nodes: join(root, 'nodes'),
    run,
    apiSocket: join(run, 'api.sock'),
    daemonRunFile: join(run, 'berthd.json'),
    lock: `${run}.lock`,
  }
}

/** Two names of one directory must give one run directory. */
function realPath(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}

/** Users without root have no `/run`, but a run directory of their own. */
function runRoot(): string {
  if (process.getuid?.() === 0) return '/run'
  return process.env['XDG_RUNTIME_DIR'] ?? '/tmp'
}

/** `ENOENT` and the like; undefined for what is not a system error. */
export function errorCodeOf(thrown: unknown): string | undefined {
  return thrown instanceof Error ? (thrown as NodeJS.ErrnoException).code : undefined
}

/** Where a node's agent answers the API server. */
export const agentDoor = (directory: DataDirectory, node: string): string => join(directory.run, node, 'agent.sock')
