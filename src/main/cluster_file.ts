import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { type DataDirectory, errorCodeOf } from './data_directory.ts'
import { type ClusterOptions, UserError } from './options.ts'

/** The format of the data directory. A newer Berth migrates an older one; an older Berth refuses a newer one. */
const DATA_FORMAT = 1

interface ClusterFile {
  readonly format: number
  readonly options: ClusterOptions
}

/** What the cluster of this directory was started with; undefined if there is none yet. @throws UserError */
export function readClusterFile(directory: DataDirectory): ClusterOptions | undefined {
  let text: string
  try {
    text = readFileSync(directory.clusterFile, 'utf8')
  } catch (error) {
    if (errorCodeOf(error) === 'ENOENT') return undefined
    throw error
  }
  const file = parse(directory, text)
  if (file.format > DATA_FORMAT) {
    throw new UserError(
      `${directory.root} was written by a newer Berth (data format ${file.format}, this one knows ${DATA_FORMAT}); ` +
        'use that version, or another directory with --data',
    )
  }
  return file.options
}

/** Replaces the file in one step. */
export function writeClusterFile(directory: DataDirectory, options: ClusterOptions): void {
  mkdirSync(directory.root, { recursive: true, mode: 0o700 })
  const file: ClusterFile = { format: DATA_FORMAT, options }
  writeFileSync(`${directory.clusterFile}.new`, `${JSON.stringify(file, undefined, 2)}\n`, { mode: 0o600 })
  renameSync(`${directory.clusterFile}.new`, directory.clusterFile)
}

function parse(directory: DataDirectory, text: string): ClusterFile {
  try {
    const file = JSON.parse(text) as Partial<ClusterFile>
    if (typeof file.format === 'number' && file.options !== undefined)
      return { format: file.format, options: file.options }
  } catch {
    // Falls through: the file is not ours, or was damaged.
  }
  throw new UserError(
    `${directory.clusterFile} is not a file that Berth wrote; mend it, or use another directory with --data`,
  )
}
