import type { RuntimeContainer, Sandbox } from './runtime.ts'

/** Finds out, from one listing to the next, which pods' sandboxes or containers have changed. */
export class RuntimeChanges {
  #before = new Map<string, string>()

  /** The uids of the pods that are not as they were in the last listing. */
  observe(sandboxes: readonly Sandbox[], containers: readonly RuntimeContainer[]): readonly string[] {
    const parts = new Map<string, string[]>()
    for (const { id, pod, state } of [...sandboxes, ...containers]) {
      const known = parts.get(pod.uid)
      if (known === undefined) parts.set(pod.uid, [`${id} ${state}`])
      else known.push(`${id} ${state}`)
    }
    // A runtime lists in any order, another one each time.
    const now = new Map([...parts].map(([uid, texts]) => [uid, texts.sort().join(';')]))
    const uids = new Set([...this.#before.keys(), ...now.keys()])
    const changed = [...uids].filter((uid) => this.#before.get(uid) !== now.get(uid))
    this.#before = now
    return changed
  }
}
