import { assert } from '../base/assert.ts'
import { isAbsent, isPlainObject } from './decode/codec.ts'
import { codecOf } from './decode/compile.ts'
import { DecodeState } from './decode/state.ts'
import { unifiedDiff } from './go_diff.ts'
import { setMember } from './json.ts'
import { internalFieldsOf } from './schema/internal_types.ts'
import { goFieldsOf } from './schema/table.ts'

/**
 * The value of an API field as Go prints it inside error messages, with the names of the internal
 * Go struct: `{"Type":"X","RollingUpdate":null}`.
 *
 * @param internalType `apps.StatefulSetUpdateStrategy`, `[]core.Toleration`, `map[string]string`, …
 */
export function goValue(internalType: string, value: unknown): string {
  return JSON.stringify(goForm(internalType, value, false)).replace(/[<>&\u2028\u2029]/g, goEscape)
}

const goEscape = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`

/**
 * The unified diff of two values as it stands in immutability errors: hunks with three lines of
 * context over the Go-named JSON, indented by one space; '' when the two are the same. The old value was
 * read from the store, where empty lists and maps are not kept.
 */
export function goDiff(internalType: string, old: unknown, changed: unknown): string {
  const lines = (value: unknown, stored: boolean): string[] =>
    JSON.stringify(goForm(internalType, value, stored), undefined, 1)
      .replace(/[<>&\u2028\u2029]/g, goEscape)
      .split('\n')
  return unifiedDiff(lines(old, true), lines(changed, false))
}

/**
 * Are two values of an internal type the same to upstream's comparison? An empty list or map is as good as
 * none, and an empty struct is as good as none where Go has no pointer to it.
 */
export function goEqual(internalType: string, a: unknown, b: unknown): boolean {
  if (JSON.stringify(a) === JSON.stringify(b)) return true
  return comparable(internalType, a) === comparable(internalType, b)
}

const comparable = (internalType: string, value: unknown): string => JSON.stringify(goForm(internalType, value, true))

/** Types that internal structs take from the machinery of the API carry JSON names there too. */
const SHARED = 'k8s.io/apimachinery/'
const ZERO_OF_SCALARS: Readonly<Record<string, unknown>> = {
  string: '',
  bool: false,
  int32: 0,
  int64: 0,
  float64: 0,
  '[]uint8': null,
  interface: null,
}

function goForm(type: string, value: unknown, stored: boolean): unknown {
  if (Object.hasOwn(ZERO_OF_SCALARS, type)) return value ?? ZERO_OF_SCALARS[type]
  if (type.startsWith('*')) return isAbsent(value) ? null : goForm(type.slice(1), value, stored)
  if (type.startsWith('[]')) return sliceForm(type.slice(2), value, stored)
  if (type.startsWith('map[string]')) return mapForm(type.slice('map[string]'.length), value, stored)
  return type.startsWith(SHARED)
    ? externalForm(type, value)
    : structForm(type, isPlainObject(value) ? value : {}, stored)
}

/** An empty list is not an absent one: Go writes the first as `[]`. */
function sliceForm(item: string, value: unknown, stored: boolean): unknown {
  if (!Array.isArray(value) || (stored && value.length === 0)) return null
  return value.map((each) => goForm(item, each, stored))
}

function mapForm(item: string, value: unknown, stored: boolean): unknown {
  if (!isPlainObject(value) || (stored && Object.keys(value).length === 0)) return null
  const form = {}
  for (const key of Object.keys(value).sort()) setMember(form, key, goForm(item, value[key], stored))
  return form
}

/** A type that the internal structs share with the API keeps its JSON names. */
function externalForm(type: string, value: unknown): unknown {
  const codec = codecOf(externalName(type))
  return isAbsent(value) ? codec.zero() : (codec.decode(value, new DecodeState(undefined)) ?? codec.zero())
}

/** `k8s.io/apimachinery/pkg/apis/meta/v1.Time` → `io.k8s.apimachinery.pkg.apis.meta.v1.Time` */
function externalName(type: string): string {
  return `io.k8s.${type.slice('k8s.io/'.length).replaceAll('/', '.')}`
}

/** Fields of the pod spec that stand in the internal security context. */
const HOST_FIELDS = ['hostNetwork', 'hostPID', 'hostIPC', 'shareProcessNamespace', 'hostUsers']

/** The internal form of what the internal structs arrange differently. */
function rearranged(type: string, value: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  if (type !== 'core.PodSpec') return value
  const moved = Object.fromEntries(HOST_FIELDS.filter((name) => name in value).map((name) => [name, value[name]]))
  if (Object.keys(moved).length === 0) return value
  const context = isPlainObject(value['securityContext']) ? value['securityContext'] : {}
  return { ...value, securityContext: { ...context, ...moved } }
}

function structForm(type: string, given: Readonly<Record<string, unknown>>, stored: boolean): object {
  const fields = internalFieldsOf(type)
  assert(fields !== undefined, `there is no internal type ${type}`)
  const value = rearranged(type, given)
  const jsonNames = jsonNamesOf(type)
  const byLowerName = new Map(Object.keys(value).map((key) => [key.toLowerCase(), key] as const))
  const form = {}
  for (const [goName, fieldType] of fields) {
    if (goName.startsWith('embedded ')) Object.assign(form, embeddedForm(goName, fieldType, value, stored))
    else {
      const key = byLowerName.get(goName.toLowerCase()) ?? jsonNames.get(goName)
      setMember(form, goName, goForm(fieldType, key === undefined ? undefined : value[key], stored))
    }
  }
  return form
}

const jsonNamesByType = new Map<string, ReadonlyMap<string, string>>()

/** The JSON names of fields that go by another name in Go: `EndpointsName` is `endpoints`. */
function jsonNamesOf(type: string): ReadonlyMap<string, string> {
  const known = jsonNamesByType.get(type)
  if (known !== undefined) return known
  const fields = goFieldsOf(`io.k8s.api.${type.replace('.', '.v1.')}`) ?? []
  const made = new Map(fields.map(([json, goName]) => [goName, json] as const))
  jsonNamesByType.set(type, made)
  return made
}

/** Members of an embedded struct stand in the outer one; metadata is embedded too, but is a field of the JSON. */
function embeddedForm(goName: string, type: string, value: Readonly<Record<string, unknown>>, stored: boolean): object {
  if (goName === 'embedded ObjectMeta' || goName === 'embedded ListMeta')
    return goForm(type, value['metadata'] ?? {}, stored) as object
  if (!type.startsWith(SHARED)) return goForm(type, value, stored) as object
  const { kind, apiVersion } = value
  return { ...(kind === undefined ? {} : { kind }), ...(apiVersion === undefined ? {} : { apiVersion }) }
}
