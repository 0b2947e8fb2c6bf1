import { parseGroupVersion, typeNameOf } from '../schema/table.ts'
import { badPatch, invalidPatch } from './patch_error.ts'

/** What an object is, and its name. */
export interface Identity {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly name?: string }
}

/** What a patch may have left of the kind and the version. */
interface Claimed {
  readonly apiVersion?: unknown
  readonly kind?: unknown
}

/**
 * A patched text is read as what it says it is, so a patch can make an object that is none of its
 * resource. Without a version nothing of it is read. @throws ApiError 400 or 422
 */
export function checkIdentity(claimed: Claimed, current: Identity, shown: () => string): void {
  const { apiVersion, kind } = claimed
  if (!apiVersion) throw unreadable(current)
  if (apiVersion === current.apiVersion && (!kind || kind === current.kind)) return
  const version = String(apiVersion)
  if (version.split('/').length > 2) throw invalidPatch(shown(), `unexpected GroupVersion string: ${version}`)
  const sent = parseGroupVersion(version)
  const own = parseGroupVersion(current.apiVersion)
  const name = kind ? String(kind) : current.kind
  if (typeNameOf(sent.group, sent.version, name) === undefined) {
    const fault = `no kind ${JSON.stringify(name)} is registered for version ${JSON.stringify(version)}`
    throw invalidPatch(shown(), `${fault} in scheme "pkg/runtime/scheme.go:111"`)
  }
  if (sent.group === own.group && name === current.kind) return
  const [other, wanted] = [`${sent.version}.${name}`, `${packageOf(own.group)}.${current.kind}`]
  throw invalidPatch(shown(), `converting (${other}) to (${wanted}): unknown conversion`)
}

const unreadable = ({ metadata: { name = '' } }: Identity): Error =>
  badPatch(`the name of the object (${name} based on URL) was undeterminable: name must be provided`)

/** The package of a group's types, after the first word of its name. */
const packageOf = (group: string): string => group.split('.')[0] || 'core'
