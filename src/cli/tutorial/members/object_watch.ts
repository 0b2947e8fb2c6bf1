import type { ChildProcess } from 'node:child_process'
import type { KubeObject } from '../../../api/types.ts'
import { startQuietly } from './quiet_process.ts'

const AGAIN_MS = 1_000

/** The objects that a `kubectl get --watch` has told of, kept up to date by its events. */
export class ObjectWatch<T extends KubeObject> {
  readonly #args: readonly string[]
  readonly #env: NodeJS.ProcessEnv
  #objects = new Map<string, T>()
  #kubectl: ChildProcess | undefined
  #again: NodeJS.Timeout | undefined

  constructor(resource: string, selector: string, env: NodeJS.ProcessEnv) {
    this.#args = ['get', resource, '-l', selector, '--watch', '--output-watch-events', '-o', 'json']
    this.#env = env
    this.#start()
  }

  get objects(): readonly T[] {
    return [...this.#objects.values()]
  }

  close(): void {
    clearTimeout(this.#again)
    this.#kubectl?.removeAllListeners('close')
    this.#kubectl?.kill('SIGKILL')
  }

  #start(): void {
    const objects = new Map<string, T>()
    this.#objects = objects
    const kubectl = startQuietly(['kubectl', ...this.#args], this.#env)
    let unread = ''
    kubectl.stdout?.on('data', (chunk: Buffer) => {
      const lines = (unread + chunk).split('\n')
      unread = lines.pop() ?? ''
      for (const line of lines) take(objects, JSON.parse(line) as WatchEvent<T>)
    })
    // A watch ends now and then, also with the server.
    kubectl.on('close', () => {
      this.#again = setTimeout(() => this.#start(), AGAIN_MS)
    })
    this.#kubectl = kubectl
  }
}

interface WatchEvent<T> {
  readonly type: string
  readonly object: T
}

function take<T extends KubeObject>(objects: Map<string, T>, { type, object }: WatchEvent<T>): void {
  if (type === 'DELETED') objects.delete(object.metadata.name)
  else if (type === 'ADDED' || type === 'MODIFIED') objects.set(object.metadata.name, object)
}
