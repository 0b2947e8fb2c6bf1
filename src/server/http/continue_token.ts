import { badRequest } from '../api_errors.ts'

/** Where a list goes on: behind a key, in the snapshot of a revision. */
export interface ContinueToken {
  readonly revision: number
  readonly namespace: string
  readonly name: string
}

const VERSION = 'meta.k8s.io/v1'

const base64Url = (text: string): string =>
  btoa(String.fromCharCode(...new TextEncoder().encode(text)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')

/** Where the first letter stands that the alphabet lacks, or else the last group, which is too short. */
function faultOf(token: string): number {
  const stray = token.search(/[^A-Za-z0-9_-]/)
  return stray < 0 ? token.length - (token.length % 4) : stray
}

function fromBase64Url(token: string): string | undefined {
  if (/[^A-Za-z0-9_-]/.test(token)) return undefined
  try {
    const binary = atob(token.replaceAll('-', '+').replaceAll('_', '/'))
    return new TextDecoder().decode(Uint8Array.from(binary, (letter) => letter.charCodeAt(0)))
  } catch {
    return undefined
  }
}

/** Namespace and name as one text, parted by what neither can hold. */
export function encodeContinue({ revision, namespace, name }: ContinueToken): string {
  return base64Url(
    JSON.stringify({ v: VERSION, rv: revision, start: `${namespace === '' ? '' : `${namespace}/`}${name}\0` }),
  )
}

const refuse = (why: string) => badRequest(`invalid continue token: continue key is not valid: ${why}`)

/** @throws ApiError 400 when it is none that this server made */
export function decodeContinue(token: string): ContinueToken {
  const text = fromBase64Url(token)
  if (text === undefined) throw refuse(`illegal base64 data at input byte ${faultOf(token)}`)
  const { v = '', rv = 0, start = '' } = parsed(text)
  if (v !== VERSION) throw refuse(`server does not recognize this encoded version ${v}`)
  const parts = start.replace(/\0$/, '').split('/')
  if (rv === 0) throw refuse('incorrect encoded start resourceVersion (version meta.k8s.io/v1)')
  if (start === '') throw refuse('incorrect encoded start key (version meta.k8s.io/v1)')
  if (parts.length > 2 || parts.some((part) => part === '' || part === '.' || part === '..')) throw refuse(start)
  const [name = '', namespace = ''] = parts.toReversed()
  return { revision: rv, namespace, name }
}

function parsed(text: string): { v?: string; rv?: number; start?: string } {
  try {
    return JSON.parse(text)
  } catch {
    throw refuse(`invalid character '${text[0] ?? ''}' looking for beginning of value`)
  }
}
