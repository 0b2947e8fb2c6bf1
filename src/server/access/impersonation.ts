import type { ApiError } from '../../api/error.ts'
import type { UserInfo } from '../../api/request.ts'
import { badRequest } from '../api_errors.ts'
import type { HttpRequest } from '../http/http_types.ts'
import { defined } from '../http/query.ts'
import { forbiddenTo } from './access.ts'
import { serviceAccountGroups } from './authentication.ts'
import { type AccessRequest, type Authorizer, MASTERS } from './authorization.ts'

const USER = 'impersonate-user'
const UID = 'impersonate-uid'
const GROUP = 'impersonate-group'
const EXTRA_PREFIX = 'impersonate-extra-'

/** Whom the headers name, exactly as they say it. */
interface Wanted {
  readonly name: string
  readonly uid: string
  readonly groups: readonly string[]
  readonly extra: ReadonlyMap<string, readonly string[]>
}

/** Somebody who may ask to act as another one, and for which request. */
interface Asker {
  readonly authorizer: Authorizer
  readonly user: UserInfo
  readonly asked: AccessRequest
}

/**
 * Acts as somebody else, if the headers ask for it and the real user may: in one of the modes that are
 * bound to what is asked for, or else by the older right to act as somebody whatever is asked for.
 * @throws ApiError 400, 403
 */
export function impersonated(asker: Asker, { headers }: Pick<HttpRequest, 'headers'>): UserInfo {
  const wanted = wantedOf(headers)
  if (wanted === undefined) return asker.user
  let first: unknown
  for (const mode of [...MODES.filter(({ fits }) => fits(wanted, asker.user)), undefined]) {
    try {
      if (mode !== undefined) check(asker, { ...asker.asked, verb: `impersonate-on:${mode.name}:${asker.asked.verb}` })
      return mode === undefined ? asLegacy(asker, wanted) : asConstrained(asker, wanted, mode.name)
    } catch (refused) {
      first ??= refused
    }
  }
  throw first
}

function wantedOf(headers: HttpRequest['headers']): Wanted | undefined {
  const name = headers[USER] ?? ''
  const uid = headers[UID] ?? ''
  const groups = headers[GROUP]?.split(',').map((group) => group.trim()) ?? []
  const extra = extraOf(headers)
  if (name !== '') return { name, uid, groups, extra }
  if (uid === '' && groups.length === 0 && extra.size === 0) return undefined
  throw badRequest(`requested ${shownInGo({ name, uid, groups, extra })} without impersonating a user name`)
}

function extraOf(headers: HttpRequest['headers']): Map<string, string[]> {
  const extra = new Map<string, string[]>()
  for (const [header, value] of Object.entries(headers)) {
    if (!header.startsWith(EXTRA_PREFIX) || value === undefined) continue
    const key = unescaped(header.slice(EXTRA_PREFIX.length))
    extra.set(
      key,
      value.split(',').map((one) => one.trim()),
    )
  }
  return extra
}

/** A key that is not escaped as it should be counts as it is. */
function unescaped(key: string): string {
  try {
    return decodeURIComponent(key)
  } catch {
    return key
  }
}

const quotedList = (values: readonly string[]): string => `{${values.map((value) => JSON.stringify(value)).join(', ')}}`

function shownInGo({ name, uid, groups, extra }: Wanted): string {
  const entries = [...extra].sort(([one], [other]) => (one < other ? -1 : 1))
  const shownExtra = entries.map(([key, values]) => `${JSON.stringify(key)}:[]string${quotedList(values)}`).join(', ')
  const fields = [
    `Name:${JSON.stringify(name)}`,
    `UID:${JSON.stringify(uid)}`,
    `Groups:[]string${groups.length === 0 ? '(nil)' : quotedList(groups)}`,
    `Extra:map[string][]string${extra.size === 0 ? '(nil)' : `{${shownExtra}}`}`,
  ]
  return `&user.DefaultInfo{${fields.join(', ')}}`
}

const NODE = /^system:node:([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*)$/
const SERVICE_ACCOUNT = /^system:serviceaccount:([^:]+):([^:]+)$/
const NODE_OF_TOKEN = 'authentication.kubernetes.io/node-name'

const isOnlyNamed = ({ uid, groups, extra }: Wanted): boolean => uid === '' && groups.length === 0 && extra.size === 0

const isNodeOf = (name: string, { name: asker, extra }: UserInfo): boolean =>
  SERVICE_ACCOUNT.test(asker) && extra?.[NODE_OF_TOKEN]?.join() === NODE.exec(name)?.[1]

interface Mode {
  readonly name: string
  fits(wanted: Wanted, asker: UserInfo): boolean
}

/** The modes that are bound to what is asked for, in the order in which they are tried. */
const MODES: readonly Mode[] = [
  {
    name: 'associated-node',
    fits: (wanted, asker) => isOnlyNamed(wanted) && NODE.test(wanted.name) && isNodeOf(wanted.name, asker),
  },
  { name: 'arbitrary-node', fits: (wanted) => isOnlyNamed(wanted) && NODE.test(wanted.name) },
  { name: 'serviceaccount', fits: (wanted) => isOnlyNamed(wanted) && SERVICE_ACCOUNT.test(wanted.name) },
  { name: 'user-info', fits: ({ name }) => !NODE.test(name) && !SERVICE_ACCOUNT.test(name) },
]

const NEW_GROUP = 'authentication.k8s.io'

type Question = Pick<Extract<AccessRequest, { type: 'resource' }>, 'resource' | 'name' | 'namespace' | 'subresource'>

function check({ authorizer, user }: Asker, request: AccessRequest): void {
  if (!authorizer.decide(user, request).allowed) throw forbiddenTo(user, request)
}

/** The right to act as somebody in a mode. The node that the asker itself is on is asked for by a star. */
function asConstrained(asker: Asker, wanted: Wanted, mode: string): UserInfo {
  const question = (of: Question): AccessRequest =>
    ({ type: 'resource', verb: `impersonate:${mode}`, group: NEW_GROUP, ...of }) as const
  const refuse = (of: Question, why: string): ApiError => forbiddenTo(asker.user, question(of), why)
  const [, node] = NODE.exec(wanted.name) ?? []
  const name = mode === 'associated-node' ? '*' : node
  check(asker, question(name === undefined ? userQuestion(wanted.name) : { resource: 'nodes', name }))
  if (wanted.uid !== '') check(asker, question({ resource: 'uids', name: wanted.uid }))
  if (wanted.groups.includes(''))
    throw refuse({ resource: 'groups' }, 'impersonating the empty string group is not allowed')
  if (wanted.groups.includes(MASTERS))
    throw refuse({ resource: 'groups', name: MASTERS }, `impersonating the ${MASTERS} group is not allowed`)
  for (const group of wanted.groups) check(asker, question({ resource: 'groups', name: group }))
  for (const [key, values] of wanted.extra) {
    const fault = faultOfExtra(key, values)
    if (fault !== undefined) throw refuse({ resource: 'userextras' }, fault)
    for (const value of values) check(asker, question({ resource: 'userextras', subresource: key, name: value }))
  }
  return userOf(wanted, node === undefined ? groupsOfAccount(wanted) : ['system:nodes'])
}

function faultOfExtra(key: string, values: readonly string[]): string | undefined {
  if (key === '') return 'impersonating the empty string key in extra is not allowed'
  if (!/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?\/.+$/.test(key)) return 'impersonating an invalid key in extra is not allowed'
  return values.includes('') ? 'impersonating the empty string value in extra is not allowed' : undefined
}

/** The older right: to act as somebody, whatever is asked for. */
function asLegacy(asker: Asker, wanted: Wanted): UserInfo {
  const question = (of: Question, group = ''): AccessRequest => ({
    type: 'resource',
    verb: 'impersonate',
    group,
    ...of,
  })
  check(asker, question(userQuestion(wanted.name)))
  if (wanted.uid !== '') check(asker, question({ resource: 'uids', name: wanted.uid }, NEW_GROUP))
  for (const group of wanted.groups) check(asker, question({ resource: 'groups', name: group }))
  for (const [key, values] of wanted.extra) {
    for (const value of values)
      check(asker, question({ resource: 'userextras', subresource: key, name: value }, NEW_GROUP))
  }
  return userOf(wanted, groupsOfAccount(wanted))
}

function userQuestion(name: string): Question {
  const [, namespace, account] = SERVICE_ACCOUNT.exec(name) ?? []
  return namespace === undefined || account === undefined
    ? { resource: 'users', name }
    : { resource: 'serviceaccounts', namespace, name: account }
}

/** A service account is always a member of its groups, unless others are asked for. */
function groupsOfAccount({ name, groups }: Wanted): readonly string[] {
  const [, namespace] = SERVICE_ACCOUNT.exec(name) ?? []
  return groups.length === 0 && namespace !== undefined ? serviceAccountGroups(namespace) : groups
}

/** Everybody but the anonymous is a member of the authenticated, unless it is said otherwise. */
function userOf({ name, uid, extra }: Wanted, groups: readonly string[]): UserInfo {
  const isAnonymous = name === 'system:anonymous'
  const own = isAnonymous ? 'system:unauthenticated' : 'system:authenticated'
  const isComplete = groups.includes(own) || groups.includes('system:unauthenticated')
  return {
    name,
    groups: isComplete ? groups : [...groups, own],
    ...defined({ uid: uid || undefined, extra: extra.size === 0 ? undefined : Object.fromEntries(extra) }),
  }
}
