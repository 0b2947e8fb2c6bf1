import { setMember } from '../json.ts'
import { type Codec, isAbsent, isPlainObject } from './codec.ts'
import type { DecodeState } from './state.ts'

/** A Go slice. An empty one is the same as none: that is what storing it would make of it. */
export function sliceCodec(item: Codec): Codec {
  const goType = `[]${item.goType}`
  return {
    goType,
    struct: false,
    decode(value, state) {
      if (!Array.isArray(value)) return state.mismatch(value, goType)
      // Not pushed one by one: V8 leaves room for sixteen more in a list that grows.
      return value.map((each, index) => decodeItem(item, each, index, state))
    },
    zero: () => null,
    isEmpty: (value) => Array.isArray(value) && value.length === 0,
  }
}

function decodeItem(item: Codec, value: unknown, index: number, state: DecodeState): unknown {
  if (isAbsent(value)) return item.zero()
  if (state.report === undefined) return item.decode(value, state) ?? item.zero()
  return state.report.insideIndex(index, () => item.decode(value, state)) ?? item.zero()
}

/** A Go map with string keys, written in the order of its keys. */
export function mapCodec(item: Codec, goName?: string): Codec {
  const goType = goName ?? `map[string]${item.goType}`
  return {
    goType,
    struct: false,
    decode(value, state) {
      if (!isPlainObject(value)) return state.mismatch(value, goType)
      const keys = Object.keys(value)
      const decoded = decodeMembers(item, value, keys, state)
      return isSorted(keys) ? decoded : sorted(decoded, keys)
    },
    zero: () => null,
    isEmpty: (value) => isPlainObject(value) && Object.keys(value).length === 0,
  }
}

function decodeMembers(
  item: Codec,
  value: Readonly<Record<string, unknown>>,
  keys: string[],
  state: DecodeState,
): object {
  const decoded = {}
  for (const key of keys) {
    const member = value[key]
    const decode = (): unknown => (isAbsent(member) ? undefined : item.decode(member, state))
    const known = state.report === undefined ? decode() : state.report.insideKey(key, decode)
    setMember(decoded, key, known ?? zeroMember(item))
  }
  return decoded
}

/** No bytes are stored as empty ones, and so read again: only within a map does that show. */
const zeroMember = (item: Codec): unknown => (item.goType === '[]uint8' ? '' : item.zero())

function isSorted(keys: readonly string[]): boolean {
  for (let index = 1; index < keys.length; index++) if ((keys[index - 1] ?? '') > (keys[index] ?? '')) return false
  return true
}

function sorted(members: object, keys: readonly string[]): object {
  const result = {}
  for (const key of keys.toSorted()) setMember(result, key, (members as Record<string, unknown>)[key])
  return result
}
