import type { Random } from '../../../base/random.ts'
import { findType, type TypeFacts } from '../../schema/table.ts'

/** Texts that rules like or dislike. */
const TEXTS = [
  '',
  'a',
  'x1',
  'Bad_Value!',
  'a.b',
  '10.0.0.1',
  'fe80::1',
  '10.0.0.0/8',
  '/p',
  '../p',
  'In',
  'Exists',
  '50%',
]
const NUMBERS = [0, 1, -1, 80, 70_000]
const DEPTH_MAX = 6
const SPARSE = 4

type Field = NonNullable<TypeFacts['fields']>[string]

/** A value of a type of the table: some fields left out, some right, some wrong. */
export function randomValue(type: string, random: Random, depth = 0): unknown {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random.fraction() * list.length)] as T
  if (type.endsWith('[]')) {
    const count = depth > DEPTH_MAX ? 0 : Math.floor(random.fraction() * 3)
    return Array.from({ length: count }, () => randomValue(type.slice(0, -2), random, depth + 1))
  }
  if (type.startsWith('map<')) {
    return random.fraction() < 0.5
      ? {}
      : { [pick(['a', 'x.y/z', 'cpu'])]: randomValue(type.slice(4, -1), random, depth + 1) }
  }
  if (type === 'string:byte') return pick(['', 'YQ=='])
  if (type.startsWith('string:date-time')) return '2026-01-01T00:00:00Z'
  if (type.startsWith('string')) return pick(TEXTS)
  if (type.startsWith('integer') || type.startsWith('number')) return pick(NUMBERS)
  if (type === 'boolean') return random.fraction() < 0.5
  return randomStruct(type, random, depth)
}

function randomStruct(type: string, random: Random, depth: number): unknown {
  if (type.endsWith('.Quantity')) return ['0', '1', '1500m', '2Gi', '-1'][Math.floor(random.fraction() * 5)]
  if (type.endsWith('.IntOrString')) return [1, '50%', 'http', -1][Math.floor(random.fraction() * 4)]
  if (type.endsWith('.MicroTime')) return '2026-01-01T00:00:00.000000Z'
  if (type.endsWith('.Time')) return '2026-01-01T00:00:00Z'
  const fields = findType(type)?.fields
  if (fields === undefined || depth > DEPTH_MAX) return {}
  const chosen = Object.entries(fields).filter(([name]) => isChosen(name, depth, random))
  return Object.fromEntries(chosen.map(([name, field]) => [name, fieldValue(field, random, depth)]))
}

/** The deeper, the fewer; the types' own names and the metadata are the caller's. */
function isChosen(name: string, depth: number, random: Random): boolean {
  if (name === 'apiVersion' || name === 'kind' || (depth === 0 && name === 'metadata')) return false
  return depth === 0 || random.fraction() < 1 / (1 + depth / SPARSE)
}

function fieldValue(field: Field, random: Random, depth: number): unknown {
  const { enum: words } = field as { readonly enum?: readonly string[] }
  if (words !== undefined && random.fraction() < 0.8) return words[Math.floor(random.fraction() * words.length)]
  return randomValue(field.t ?? 'string', random, depth + 1)
}
