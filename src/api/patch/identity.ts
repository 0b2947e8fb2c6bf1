import { isAbsent } from '../decode/codec.ts'
import { parseGroupVersion, typeNameOf } from '../schema/table.ts'
import { badPatch, invalidPatch, jsonTypeOf } from './patch_error.ts'

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
  const refuse = (why: string): Error => invalidPatch(shown(), why)
  for (const name of ['apiVersion', 'kind'] as const) checkText(name, claimed[name], refuse)
  const [apiVersion, kind] = [String(claimed.apiVersion ?? ''), String(claimed.kind ?? '')]
  if (apiVersion === '' && kind !== '' && kind !== current.kind) {
    throw refuse(`no kind ${JSON.stringify(kind)} is registered for the internal version of group "" ${SCHEME}`)
  }
  if (apiVersion === '') throw unreadable(current)
  if (apiVersion === current.apiVersion && (kind === '' || kind === current.kind)) return
  if (apiVersion.split('/').length > 2) throw refuse(`unexpected GroupVersion string: ${apiVersion}`)
  const sent = parseGroupVersion(apiVersion)
  const own = parseGroupVersion(current.apiVersion)
  const name = kind === '' ? current.kind : kind
  if (typeNameOf(sent.group, sent.version, name) === undefined) {
    throw refuse(`no kind ${JSON.stringify(name)} is registered for version ${JSON.stringify(apiVersion)} ${SCHEME}`)
  }
  if (sent.group === own.group && name === current.kind) return
  const [other, wanted] = [`${sent.version}.${name}`, `${packageOf(own.group)}.${current.kind}`]
  throw refuse(`converting (${other}) to (${wanted}): unknown conversion`)
}

const SCHEME = 'in scheme "pkg/runtime/scheme.go:111"'

function checkText(name: string, value: unknown, refuse: (why: string) => Error): void {
  if (isAbsent(value) || typeof value === 'string') return
  const lead = "couldn't get version/kind; json parse error: json: cannot unmarshal"
  throw refuse(`${lead} ${jsonTypeOf(value)} into Go struct field .${name} of type string`)
}

const unreadable = ({ metadata: { name = '' } }: Identity): Error =>
  badPatch(`the name of the object (${name} based on URL) was undeterminable: name must be provided`)

/** The package of a group's types, after the first word of its name. */
const packageOf = (group: string): string => group.split('.')[0] || 'core'
