import { ApiError } from '../../api/error.ts'
import { type FieldError, invalid as invalidValue } from '../../api/field_error.ts'
import type { MutableObject } from '../../api/kind_rules.ts'
import type { KubeObject, ServiceAccount } from '../../api/types.ts'
import { toRfc3339 } from '../../base/time.ts'
import { conflict, invalid, notFound } from '../api_errors.ts'
import { type Answer, type Call, objectAnswer, resourceNameOf } from '../call.ts'
import type { Core } from '../core.ts'
import { decodeBody } from '../decoding.ts'
import { checkNamespace } from '../handlers/create.ts'
import { checkWriteOptions } from '../http/write_options.ts'
import { recordPlainManager } from '../managers.ts'
import { orderedMeta } from '../metadata.ts'
import { API_AUDIENCE, type TokenClaims } from '../server_deps.ts'
import { storeKey } from '../storage.ts'
import { type BoundObject, boundTo, checkNode } from './token_owner.ts'

const TYPE = 'io.k8s.api.authentication.v1.TokenRequest'
const KIND = { group: 'authentication.k8s.io', version: 'v1', kind: 'TokenRequest' }
const SECONDS_MIN = 600
const SECONDS_MAX = 2 ** 32
const SECONDS_DEFAULT = 3600
/** What kubelets ask for on behalf of pods, some of which do not look for a newer token. */
const SECONDS_OF_PODS = 3607
const YEAR_SECONDS = 365 * 24 * 60 * 60

interface TokenSpec {
  readonly audiences: readonly string[]
  readonly expirationSeconds: number
  readonly boundObjectRef?: BoundObject | null
}

/** POST of a token request: a new token for a service account. */
export async function requestToken(core: Core, call: Call): Promise<Answer> {
  checkWriteOptions('CreateOptions', call.request.options)
  const draft = await decodeBody(call, TYPE, KIND)
  checkNamespace(call, draft)
  const account = accountOf(core, call, draft)
  const sent = (draft['spec'] ?? {}) as Partial<TokenSpec>
  draft['spec'] = { ...sent, expirationSeconds: sent.expirationSeconds ?? SECONDS_DEFAULT }
  recordPlainManager(core, call, draft, TYPE)
  const audiences = sent.audiences?.length ? sent.audiences : [API_AUDIENCE]
  const spec: TokenSpec = { ...draft['spec'], audiences }
  checkSeconds(spec.expirationSeconds)
  const now = core.deps.clock.now()
  const token = await sign(core, call, { account, spec, issuedAt: Math.floor(now / 1000) })
  const { name, namespace, uid } = account.metadata
  const object = {
    ...{ kind: KIND.kind, apiVersion: `${KIND.group}/${KIND.version}` },
    metadata: orderedMeta({ ...draft.metadata, name, namespace, uid, creationTimestamp: toRfc3339(now) }),
    spec: { audiences, expirationSeconds: spec.expirationSeconds, boundObjectRef: spec.boundObjectRef ?? null },
    status: { token, expirationTimestamp: toRfc3339(now + spec.expirationSeconds * 1000) },
  }
  return objectAnswer(201, call.target.facts, { object: object as unknown as KubeObject, bytes: undefined })
}

/** The account that the token is for, which the request may name once more. @throws ApiError 404, 409, 422 */
function accountOf(core: Core, call: Call, { metadata }: MutableObject): ServiceAccount {
  const { facts } = call.target
  const { namespace, name = '' } = call.request
  const asked: unknown = metadata['name']
  if (asked && asked !== name) {
    const error = invalidValue('metadata.name', asked, 'must match the service account name if specified')
    throw invalid(KIND, name, [error])
  }
  const stored = core.store.head(storeKey(facts, namespace, name))
  if (stored === undefined) throw notFound(resourceNameOf(facts), name)
  const account = stored.object as ServiceAccount
  const uid: unknown = metadata['uid']
  if (!uid || uid === account.metadata.uid) return account
  const why = `the UID in the token request (${String(uid)}) does not match the UID of the service account`
  throw conflict({ group: KIND.group, resource: KIND.kind }, name, `${why} (${account.metadata.uid})`)
}

function checkSeconds(seconds: number): void {
  const fault = (why: string): FieldError => invalidValue('spec.expirationSeconds', seconds, why)
  if (seconds < SECONDS_MIN) throw invalid(KIND, '', [fault('may not specify a duration less than 10 minutes')])
  if (seconds > SECONDS_MAX) throw invalid(KIND, '', [fault('may not specify a duration larger than 2^32 seconds')])
}

interface Wanted {
  readonly account: ServiceAccount
  readonly spec: TokenSpec
  readonly issuedAt: number
}

async function sign(core: Core, call: Call, { account, spec, issuedAt }: Wanted): Promise<string> {
  const { namespace = '', name = '' } = call.request
  const bound = spec.boundObjectRef ?? undefined
  checkNode(core, call, bound)
  const owners = boundTo(core, call, bound)
  const { tokens, random } = core.deps
  if (tokens === undefined)
    throw new ApiError({ code: 503, reason: 'ServiceUnavailable', message: 'this server makes no tokens' })
  const { audiences, expirationSeconds } = spec
  // A client that does not renew its token is to be found out before it is shut out.
  const isOfPod = owners.pod !== undefined && expirationSeconds === SECONDS_OF_PODS
  const isExtended = isOfPod && audiences.every((audience) => audience === API_AUDIENCE)
  const claims: TokenClaims = {
    ...{ namespace, serviceAccount: name, serviceAccountUid: account.metadata.uid, audiences, ...owners },
    id: random.uuid(),
    expiresAt: issuedAt + (isExtended ? YEAR_SECONDS : expirationSeconds),
    ...(isExtended ? { warnAfter: issuedAt + expirationSeconds } : {}),
  }
  return tokens.sign(claims, issuedAt)
}
