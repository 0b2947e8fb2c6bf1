import type { Millis } from '../base/clock.ts'
import type { Cell } from './kind_rules.ts'
import { ageOf } from './kinds/durations.ts'
import type { ColumnFacts } from './schema/table.ts'
import type { KubeObject } from './types.ts'

/** The metadata of a list. */
export interface ListMeta {
  readonly resourceVersion?: string
  readonly continue?: string
  readonly remainingItemCount?: number
}

/** The API versions in which tables and partial objects are asked for. */
export type MetaVersion = 'v1' | 'v1beta1'

/** `includeObject` of a request: what of each object stands in its row. */
export type IncludedObject = 'None' | 'Metadata' | 'Object'

/** The columns of a kind and how a row is filled. */
export interface TableShape {
  readonly columns: readonly ColumnFacts[]
  /** Absent: the name and the age are known, everything else is left empty. */
  readonly cells?: ((object: KubeObject, now: Millis) => readonly Cell[]) | undefined
  readonly rowConditions?: ((object: KubeObject) => readonly object[] | undefined) | undefined
}

export interface TableOptions {
  readonly version: MetaVersion
  readonly include: IncludedObject
  readonly now: Millis
  readonly meta: ListMeta
}

/** What a kind without columns of its own shows. */
const DEFAULT_COLUMNS: readonly ColumnFacts[] = [
  ['Name', 'string', 'name', 0],
  ['Created At', 'date', '', 0],
]

const DESCRIPTIONS: Readonly<Record<string, string>> = {
  Name: 'The name of the object, unique among its kind in a namespace.',
  Age: 'The time since the object was created.',
  'Created At': 'The time at which the object was created.',
}

/** Makes the `Table` that kubectl prints: columns, and a row for each object. */
export function toTable(objects: readonly KubeObject[], shape: TableShape, options: TableOptions): object {
  const columns = shape.columns.length === 0 ? DEFAULT_COLUMNS : shape.columns
  return {
    kind: 'Table',
    apiVersion: `meta.k8s.io/${options.version}`,
    metadata: options.meta,
    columnDefinitions: columns.map(definitionOf),
    rows: objects.map((object) => {
      const conditions = shape.rowConditions?.(object)
      return {
        cells: cellsOf(object, { ...shape, columns }, options.now),
        ...(conditions && { conditions }),
        object: includedObject(object, options),
      }
    }),
  }
}

const definitionOf = ([name, type, format, priority]: ColumnFacts): object => ({
  name,
  type,
  format,
  description: DESCRIPTIONS[name] ?? '',
  priority,
})

function cellsOf(object: KubeObject, { columns, cells }: TableShape, now: Millis): readonly Cell[] {
  if (cells !== undefined) return cells(object, now)
  const { name, creationTimestamp } = object.metadata
  const known: Readonly<Record<string, Cell>> = { Age: ageOf(creationTimestamp, now), 'Created At': creationTimestamp }
  return columns.map(([column, , format]) => (format === 'name' ? name : (known[column] ?? '')))
}

function includedObject(object: KubeObject, { include, version }: TableOptions): object | null {
  if (include === 'None') return null
  return include === 'Object' ? object : toPartialObject(object, version)
}

/** An object with nothing but its metadata. */
export const toPartialObject = ({ metadata }: KubeObject, version: MetaVersion): object => ({
  kind: 'PartialObjectMetadata',
  apiVersion: `meta.k8s.io/${version}`,
  metadata,
})

/** A list of objects with nothing but their metadata. */
export const toPartialList = (objects: readonly KubeObject[], meta: ListMeta, version: MetaVersion): object => ({
  kind: 'PartialObjectMetadataList',
  apiVersion: `meta.k8s.io/${version}`,
  metadata: meta,
  items: objects.map((object) => toPartialObject(object, version)),
})
