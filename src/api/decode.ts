import { codecOf } from './decode/compile.ts'
import { DecodeError, DecodeState, type Empties, Report } from './decode/state.ts'
import type { MutableObject } from './kind_rules.ts'

/** A decoded object, and the strict decoding errors that were met: `unknown field "spec.nodeNme"`. */
export interface Decoded {
  readonly object: MutableObject
  readonly strictErrors: readonly string[]
  /** Whether the value has empty lists or maps that the object lacks: they are as good as none but where they are shown. */
  readonly hollow: boolean
}

/**
 * Makes of a JSON value of a built-in type what a Go decode and encode would make of it: unknown
 * fields are dropped (and told), zero values are written or left out as Go does, quantities and times
 * are canonical, fields stand in Go's order. The result is a new object except for raw parts
 * (`RawExtension`, `FieldsV1`), which are handed over.
 *
 * @param typeName the table's name of the type: `io.k8s.api.core.v1.Pod`
 * @param empties what becomes of empty lists and maps
 * @param source `map` words faults as Go's converter of maps does, as after a strategic merge
 * @param decoded a struct inside `value` that came out of a decoding before: it is handed over as it is
 * @throws DecodeError with Go's message when a value has the wrong type
 */
export function decodeObject(
  typeName: string,
  value: unknown,
  source: 'json' | 'map' = 'json',
  empties: Empties = 'stored',
  decoded?: object,
): Decoded {
  const codec = codecOf(typeName)
  const quick = new DecodeState(undefined, empties, decoded)
  const object = codec.decode(value, quick)
  if (!quick.odd) return { object: object as MutableObject, strictErrors: [], hollow: quick.hollow }
  return decodeSlowly(typeName, value, new DecodeState(new Report(source === 'map'), empties))
}

function decodeSlowly(typeName: string, value: unknown, state: DecodeState<Report>): Decoded {
  const { report } = state
  const object = codecOf(typeName).decode(value, state)
  if (report.firstFault !== undefined) throw new DecodeError(report.firstFault)
  const unknown = [...report.unknownFields]
  return {
    object: object as MutableObject,
    strictErrors: report.converts ? unknown.sort() : unknown,
    hollow: state.hollow,
  }
}
