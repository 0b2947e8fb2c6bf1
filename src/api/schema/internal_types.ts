import internalJson from './go-internal.json' with { type: 'json' }
import { findType, type GoField, goFieldsOf } from './table.ts'

/** `[Go name, type]`; an embedded struct is called `embedded X`. */
export type InternalField = readonly [goName: string, type: string]

const internalTypes = internalJson as unknown as Readonly<Record<string, readonly InternalField[]>>

/**
 * The fields of an internal Go struct (`apps.StatefulSetSpec`) in Go's order. Groups whose internal
 * types the table lacks have the same fields as their v1 types.
 */
export function internalFieldsOf(type: string): readonly InternalField[] | undefined {
  return Object.hasOwn(internalTypes, type) ? internalTypes[type] : fieldsOfExternal(type)
}

const derived = new Map<string, readonly InternalField[]>()

function fieldsOfExternal(type: string): readonly InternalField[] | undefined {
  const known = derived.get(type)
  if (known !== undefined) return known
  const [group = '', name = ''] = type.split('.')
  const external = `io.k8s.api.${group}.v1.${name}`
  const fields = goFieldsOf(external)?.map((go) => internalField(external, group, go))
  if (fields !== undefined) derived.set(type, fields)
  return fields
}

function internalField(external: string, group: string, [json, goName, goType, when]: GoField): InternalField {
  if (when === 'inline') return [`embedded ${goName}`, `${group}.${goName}`]
  if (!goType.endsWith('struct')) return [goName, goType]
  const inner = /io\.k8s\.[\w.-]+/.exec(findType(external)?.fields?.[json]?.t ?? '')?.[0] ?? ''
  return [goName, goType.replace(/struct$/, internalName(inner, group))]
}

/** `io.k8s.apimachinery.pkg.apis.meta.v1.Time` keeps its path, a type of a group that group and its name. */
function internalName(external: string, group: string): string {
  const shared = /^io\.k8s\.apimachinery\.(.*)\.(v1|resource|intstr|runtime)\.(\w+)$/.exec(external)
  const [, own = group] = /^io\.k8s\.api\.(\w+)\.v1\./.exec(external) ?? []
  if (shared === null) return `${own}.${external.slice(external.lastIndexOf('.') + 1)}`
  const [, path = '', last, name] = shared
  return `k8s.io/apimachinery/${path.replaceAll('.', '/')}/${last}.${name}`
}
