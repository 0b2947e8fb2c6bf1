import { type FieldError, invalid } from '../field_error.ts'
import { labelValue, qualifiedName } from './names.ts'

/** Labels: keys are qualified names, values are label values. Reported at the map, not at the key. */
export function labelErrors(labels: Readonly<Record<string, string>> | undefined, field: string): FieldError[] {
  return Object.entries(labels ?? {})
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([key, value]) => [...labelKeyErrors(key, field), ...labelValueErrors(value, field)])
}

export const labelKeyErrors = (key: string, field: string): FieldError[] =>
  qualifiedName(key).map((fault) => invalid(field, key, fault))

export const labelValueErrors = (value: string, field: string): FieldError[] =>
  labelValue(value).map((fault) => invalid(field, value, fault))
