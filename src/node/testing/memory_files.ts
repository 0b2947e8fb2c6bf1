import type { DirectoryEntry, HostFiles } from '../host_port.ts'

type Entry =
  | { readonly kind: 'file'; content: Uint8Array; mode: number; gid?: number }
  | { readonly kind: 'directory'; mode: number }
  | { readonly kind: 'symlink'; target: string }

/** Files in memory, with the port's rules on symlinks and renames. */
export class MemoryFiles implements HostFiles {
  readonly entries = new Map<string, Entry>()
  readonly #identities = new WeakMap<Entry, string>()
  #serial = 0
  readonly #watchers = new Map<string, Set<() => void>>()

  /** The text that a reader of `path` sees, through symlinks. */
  text(path: string): string | undefined {
    const entry = this.entries.get(this.#resolve(path))
    return entry?.kind === 'file' ? new TextDecoder().decode(entry.content) : undefined
  }

  /** What a container's log gets. */
  append(path: string, text: string): void {
    const content = new TextEncoder().encode((this.text(path) ?? '') + text)
    const entry = this.entries.get(path)
    if (entry?.kind === 'file') entry.content = content
    else this.entries.set(path, { kind: 'file', content, mode: 0o640 })
    for (const tell of this.#watchers.get(path) ?? []) tell()
  }

  async makeDirectory(path: string, { mode }: { readonly mode: number }): Promise<void> {
    this.entries.set(path, { kind: 'directory', mode })
  }

  async writeFile(
    path: string,
    content: Uint8Array,
    { gid, mode }: { readonly mode: number; readonly gid?: number },
  ): Promise<void> {
    this.entries.set(path, { kind: 'file', content, mode, ...(gid === undefined ? {} : { gid }) })
  }

  async touchFile(path: string, { mode }: { readonly mode: number }): Promise<void> {
    if (!this.entries.has(path)) this.entries.set(path, { kind: 'file', content: new Uint8Array(), mode })
  }

  async readFile(
    path: string,
    { bytesMax, offset = 0 }: { readonly offset?: number; readonly bytesMax: number },
  ): Promise<Uint8Array | undefined> {
    const entry = this.entries.get(this.#resolve(path))
    if (entry?.kind !== 'file') return undefined
    const from = offset < 0 ? Math.max(0, entry.content.length + offset) : offset
    return entry.content.subarray(from, from + bytesMax)
  }

  async size(path: string): Promise<number | undefined> {
    const entry = this.entries.get(this.#resolve(path))
    return entry?.kind === 'file' ? entry.content.length : undefined
  }

  async identity(path: string): Promise<string | undefined> {
    const entry = this.entries.get(path)
    if (entry === undefined) return undefined
    const known = this.#identities.get(entry) ?? String(++this.#serial)
    this.#identities.set(entry, known)
    return known
  }

  async kindOf(path: string) {
    const kind = this.entries.get(this.#resolve(path))?.kind
    return kind === 'symlink' ? undefined : kind
  }

  async list(path: string): Promise<readonly DirectoryEntry[] | undefined> {
    if (this.entries.get(path)?.kind !== 'directory') return undefined
    return [...this.entries]
      .filter(([name]) => name.startsWith(`${path}/`) && !name.slice(path.length + 1).includes('/'))
      .map(([name, { kind }]) => ({ name: name.slice(path.length + 1), kind }))
  }

  async symlink(target: string, path: string): Promise<void> {
    this.entries.set(path, { kind: 'symlink', target })
  }

  async readLink(path: string): Promise<string | undefined> {
    const entry = this.entries.get(path)
    return entry?.kind === 'symlink' ? entry.target : undefined
  }

  async rename(from: string, to: string): Promise<void> {
    const entry = this.entries.get(from)
    if (entry === undefined) throw new Error(`${from} does not exist`)
    this.entries.delete(from)
    this.entries.set(to, entry)
  }

  async removeTree(path: string): Promise<void> {
    for (const name of [...this.entries.keys()])
      if (name === path || name.startsWith(`${path}/`)) this.entries.delete(name)
  }

  async setGroup(): Promise<void> {}

  watchFile(path: string, onChange: () => void) {
    const watchers = this.#watchers.get(path) ?? new Set()
    this.#watchers.set(path, watchers.add(onChange))
    return { stop: () => watchers.delete(onChange) }
  }

  #resolve(path: string): string {
    const parts = path.split('/').slice(1)
    let at = ''
    for (const part of parts) {
      at = `${at}/${part}`
      for (let entry = this.entries.get(at); entry?.kind === 'symlink'; entry = this.entries.get(at)) {
        at = `${at.slice(0, at.lastIndexOf('/'))}/${entry.target}`
        if (entry.target.includes('/')) return this.#resolve([at, ...parts.slice(parts.indexOf(part) + 1)].join('/'))
      }
    }
    return at
  }
}
