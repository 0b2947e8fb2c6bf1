import { setMember } from '../json.ts'
import { PATCH_COPY_BYTES_MAX, PATCH_OPERATIONS_MAX } from '../limits.ts'
import { rejectedPatch, tooManyOperations } from './patch_error.ts'
import { shownText } from './shown.ts'

/** One operation of RFC 6902, as it came: nothing is sure to be there. */
export interface PatchOperation {
  readonly op?: string
  readonly path?: string
  readonly from?: string
  readonly value?: unknown
}

/** A document, and those of its objects and lists that operations went through. */
export interface PatchedDocument {
  readonly root: object
  readonly opened: ReadonlySet<object>
}

interface Document {
  root: object
  readonly opened: Set<object>
}

type Container = unknown[] | Record<string, unknown>

interface Place {
  readonly container: Container
  readonly key: string
}

/**
 * Applies a JSON patch with upstream's leniencies: `replace` of a missing key adds it, a missing
 * value equals null, negative indices count from the end. `original` is changed.
 * @throws ApiError 413 or 422
 */
export function applyOperations(original: object, operations: readonly PatchOperation[]): PatchedDocument {
  if (operations.length > PATCH_OPERATIONS_MAX) throw tooManyOperations(operations.length, PATCH_OPERATIONS_MAX)
  const document: Document = { root: original, opened: new Set() }
  let copiedBytes = 0
  for (const operation of operations) {
    copiedBytes += applyOperation(document, operation)
    if (copiedBytes > PATCH_COPY_BYTES_MAX) {
      throw rejectedPatch(`the copy operations add ${copiedBytes} bytes, more than ${PATCH_COPY_BYTES_MAX}`)
    }
  }
  return document
}

/** Applies one operation; answers how many bytes it copied. */
function applyOperation(document: Document, operation: PatchOperation): number {
  if (operation.path === '' && ofWhole(document, operation)) return 0
  const place = placeOf(document, operation.path)
  switch (operation.op) {
    case 'add':
      addAt(place, operation.value ?? null)
      return 0
    case 'replace':
      replaceAt(place, operation.value ?? null)
      return 0
    case 'remove':
      removeAt(place)
      return 0
    case 'test':
      if (!sameJson(valueAt(place), operation.value)) throw rejectedPatch(`testing value ${operation.path} failed`)
      return 0
    case 'move': {
      const source = placeOf(document, operation.from)
      const value = valueAt(source) ?? null
      removeAt(source)
      addAt(placeOf(document, operation.path), value)
      return 0
    }
    case 'copy':
      return copyTo(place, shownText(valueAt(placeOf(document, operation.from)) ?? null, document.opened))
    default:
      throw rejectedPatch(`unexpected kind of operation: ${operation.op}`)
  }
}

/** The operations that may be about the whole document. */
function ofWhole(document: Document, { op, value }: PatchOperation): boolean {
  if (op === 'replace') {
    if (!isContainer(value)) throw rejectedPatch('replace operation value must be object or array')
    document.root = value
    document.opened.add(value)
    return true
  }
  if (op === 'test' && !sameJson(document.root, value)) throw rejectedPatch('testing the document failed')
  return op === 'test'
}

function copyTo(place: Place, text: string): number {
  addAt(place, JSON.parse(text))
  return text.length
}

const decodeKey = (part: string): string => part.replaceAll('~1', '/').replaceAll('~0', '~')

const isContainer = (value: unknown): value is Container => typeof value === 'object' && value !== null

function placeOf({ root, opened }: Document, path: string | undefined): Place {
  const parts = (path ?? '').split('/').slice(1).map(decodeKey)
  const key = parts.pop()
  let container: unknown = root
  opened.add(root)
  for (const part of parts) {
    container = isContainer(container) ? memberOf(container, part) : undefined
    if (isContainer(container)) opened.add(container)
  }
  if (key === undefined || !isContainer(container)) throw rejectedPatch(`the path ${path} leads nowhere`)
  return { container, key }
}

function memberOf(container: Container, key: string): unknown {
  if (Array.isArray(container)) return container[indexIn(key, container.length - 1)]
  return Object.hasOwn(container, key) ? container[key] : undefined
}

/** The index that a key names; negative ones count from the end. */
function indexIn(key: string, max: number): number {
  if (!/^[+-]?\d+$/.test(key)) throw rejectedPatch(`${key} is no index`)
  const index = Number(key) < 0 ? Number(key) + max + 1 : Number(key)
  if (index < 0 || index > max) throw rejectedPatch(`the index ${key} is out of bounds`)
  return index
}

const valueAt = ({ container, key }: Place): unknown => memberOf(container, key)

function addAt({ container, key }: Place, value: unknown): void {
  if (!Array.isArray(container)) setMember(container, key, value)
  else if (key === '-') container.push(value)
  else container.splice(indexIn(key, container.length), 0, value)
}

function replaceAt({ container, key }: Place, value: unknown): void {
  if (Array.isArray(container)) container[indexIn(key, container.length - 1)] = value
  else setMember(container, key, value)
}

function removeAt({ container, key }: Place): void {
  if (Array.isArray(container)) container.splice(indexIn(key, container.length - 1), 1)
  else if (Object.hasOwn(container, key)) delete container[key]
  else throw rejectedPatch(`there is no key ${key} to remove`)
}

/** Whether two JSON values are the same; absent and null are. */
export function sameJson(a: unknown, b: unknown): boolean {
  if (a === b || (a ?? null) === (b ?? null)) return true
  if (!isContainer(a) || !isContainer(b) || Array.isArray(a) !== Array.isArray(b)) return false
  const keys = Object.keys(a)
  if (keys.length !== Object.keys(b).length) return false
  return keys.every((key) => Object.hasOwn(b, key) && sameJson(memberOf(a, key), memberOf(b, key)))
}
