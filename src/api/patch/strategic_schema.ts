import { findType } from '../schema/table.ts'
import { failedMerge } from './patch_error.ts'

/** How a strategic merge treats one field, and the schema of what is inside it. */
export interface FieldStrategy {
  readonly merges: boolean
  readonly replaces: boolean
  readonly mergeKey: string
  readonly inner: StrategicSchema
}

/** Answers for the members of one type; knows nothing of raw JSON, which then merges like any map. */
export interface StrategicSchema {
  readonly name: string
  field(key: string): FieldStrategy
}

/** Structs that hold any JSON: nothing is known of how it merges. */
const RAW: ReadonlySet<string> = new Set([
  'io.k8s.apimachinery.pkg.runtime.RawExtension',
  'io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1',
])

const schemas = new Map<string, StrategicSchema>()

/** The patch strategies of a type of the table: `io.k8s.api.core.v1.PodSpec` or `map<…>`. */
export function strategicSchema(tableType: string): StrategicSchema {
  const known = schemas.get(tableType)
  if (known !== undefined) return known
  const made = makeSchema(tableType)
  schemas.set(tableType, made)
  return made
}

function makeSchema(tableType: string): StrategicSchema {
  const item = /^map<(.*)>$/.exec(tableType)?.[1]
  if (item !== undefined) return { name: tableType, field: () => strategyOf('', '', item) }
  const fields = findType(tableType)?.fields
  const name = tableType.slice(tableType.lastIndexOf('.') + 1)
  const isStruct = fields !== undefined || RAW.has(tableType)
  return {
    name,
    field(key) {
      const facts = fields !== undefined && Object.hasOwn(fields, key) ? fields[key] : undefined
      if (isStruct && facts === undefined) {
        throw failedMerge(`unable to find api field in struct ${name} for the json field ${JSON.stringify(key)}`)
      }
      return strategyOf(facts?.patchStrategy ?? '', facts?.mergeKey ?? '', facts?.t ?? '')
    },
  }
}

function strategyOf(strategies: string, mergeKey: string, tableType: string): FieldStrategy {
  const words = strategies.split(',')
  return {
    merges: words.includes('merge'),
    replaces: words.includes('replace'),
    mergeKey,
    inner: strategicSchema(tableType.replace(/\[\]$/, '')),
  }
}
