import type { RuntimeContainer, Sandbox } from './runtime.ts'

/** Finds out, from one listing to the next, which pods' sandboxes or containers have changed. */
export class RuntimeChanges {
  #before = new Map<string, string>()

  /** The uids of the pods that are not as they were in the last listing. */
  observe(sandboxes: readonly Sandbox[], containers: readonly RuntimeContainer[]): readonly string[] {
    const now = new Map<string, string>()
    const note = (uid: string, text: string) => now.set(uid, `${now.get(uid) ?? ''}${text};`)
    for (const one of sandboxes) note(one.pod.uid, `${one.id} ${one.state}`)
    for (const one of containers) note(one.pod.uid, `${one.id} ${one.state}`)
    const uids = new Set([...this.#before.keys(), ...now.keys()])
    const changed = [...uids].filter((uid) => this.#before.get(uid) !== now.get(uid))
    this.#before = now
    return changed
  }
}
