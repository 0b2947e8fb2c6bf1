import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'

/** The ids that a database has acknowledged, one a line, in a file outside the cluster. */
export class AcknowledgedFile {
  readonly path: string
  #count = 0

  constructor(path: string) {
    this.path = path
    writeFileSync(path, '')
  }

  get count(): number {
    return this.#count
  }

  append(ids: readonly number[]): void {
    appendFileSync(this.path, ids.map((id) => `${id}\n`).join(''))
    this.#count += ids.length
  }

  read(): number[] {
    return readFileSync(this.path, 'utf8').split('\n').filter(Boolean).map(Number)
  }
}
