import { ApiError } from '../../api/error.ts'
import type { FieldError } from '../../api/field_error.ts'
import type { KubeObject, Pod, ServiceAccount } from '../../api/types.ts'
import { toRfc3339 } from '../../base/time.ts'
import { nodeOf } from '../admission/node_restriction.ts'
import { badRequest, conflict, forbidden, invalid, notFound } from '../api_errors.ts'
import { type Answer, type Call, plainAnswer, resourceNameOf } from '../call.ts'
import type { Core } from '../core.ts'
import { decodeBody } from '../decoding.ts'
import { defined } from '../query.ts'
import { API_AUDIENCE } from '../server_deps.ts'
import { storeKey } from '../storage.ts'
import { checkWriteOptions } from '../write_options.ts'

const TYPE = 'io.k8s.api.authentication.v1.TokenRequest'
const KIND = { group: 'authentication.k8s.io', version: 'v1', kind: 'TokenRequest' }
const SECONDS_MIN = 600
const SECONDS_MAX = 2 ** 32
const SECONDS_DEFAULT = 3600

interface BoundObject {
  readonly kind?: string
  readonly name?: string
  readonly uid?: string
}

interface TokenRequest {
  readonly metadata: { readonly name?: string }
  readonly spec?: {
    readonly audiences?: readonly string[] | null
    readonly expirationSeconds?: number
    readonly boundObjectRef?: BoundObject | null
  }
}

/** POST of a token request: a new token for a service account. */
export async function requestToken(core: Core, call: Call): Promise<Answer> {
  checkWriteOptions('CreateOptions', call.request.options)
  const request = (await decodeBody(call, TYPE, KIND)) as unknown as TokenRequest
  const { namespace = '', name = '' } = call.request
  const account = accountOf(core, call)
  const seconds = request.spec?.expirationSeconds ?? SECONDS_DEFAULT
  checkSeconds(seconds)
  const audiences = request.spec?.audiences?.length ? request.spec.audiences : [API_AUDIENCE]
  const pod = boundPod(core, namespace, request.spec?.boundObjectRef ?? undefined)
  checkNode(core, call, pod?.name)
  const { tokens, clock } = core.deps
  if (tokens === undefined)
    throw new ApiError({ code: 503, reason: 'ServiceUnavailable', message: 'this server makes no tokens' })
  const now = clock.now()
  const issuedAt = Math.floor(now / 1000)
  const expiresAt = issuedAt + seconds
  const serviceAccountUid = account.metadata.uid
  const claims = { namespace, serviceAccount: name, serviceAccountUid, audiences, expiresAt, ...defined({ pod }) }
  const token = await tokens.sign(claims, issuedAt)
  return plainAnswer(201, {
    kind: 'TokenRequest',
    apiVersion: 'authentication.k8s.io/v1',
    metadata: { name, namespace, creationTimestamp: toRfc3339(now) },
    spec: { audiences, expirationSeconds: seconds, boundObjectRef: request.spec?.boundObjectRef ?? null },
    status: { token, expirationTimestamp: toRfc3339(expiresAt * 1000) },
  })
}

function accountOf(core: Core, call: Call): ServiceAccount {
  const { facts } = call.target
  const { namespace, name = '' } = call.request
  const stored = core.store.head(storeKey(facts, namespace, name))
  if (stored === undefined) throw notFound(resourceNameOf(facts), name)
  return stored.object as ServiceAccount
}

function checkSeconds(seconds: number): void {
  const fault = (why: string): FieldError => ({
    type: 'FieldValueInvalid',
    field: 'spec.expirationSeconds',
    message: `Invalid value: ${seconds}: ${why}`,
  })
  if (seconds < SECONDS_MIN) throw invalid(KIND, '', [fault('may not specify a duration less than 10 minutes')])
  if (seconds > SECONDS_MAX) throw invalid(KIND, '', [fault('may not specify a duration larger than 2^32 seconds')])
}

/** An agent gets tokens only for the pods that run on its node. @throws ApiError 403 */
function checkNode(core: Core, call: Call, podName: string | undefined): void {
  const node = nodeOf(call.user)
  if (node === undefined) return
  const { namespace = '', name = '' } = call.request
  const refuse = (why: string) => forbidden(resourceNameOf(call.target.facts), name, why)
  if (podName === undefined) throw refuse(`node requested token not bound to a pod`)
  const pod = core.store.head({ resource: 'pods', namespace, name: podName })?.object as Pod | undefined
  if (pod?.spec.nodeName !== node) throw refuse('node requested token bound to a pod scheduled on a different node')
  if (pod.spec.serviceAccountName !== name)
    throw refuse('node requested token bound to a pod of another service account')
}

/** The pod with which the token is to die. @throws ApiError when it is not there, or another one */
function boundPod(core: Core, namespace: string, bound: BoundObject | undefined) {
  if (bound === undefined || bound.kind !== 'Pod') {
    if (bound !== undefined) throw badRequest(`cannot bind token to object of type ${bound.kind ?? ''}`)
    return undefined
  }
  const name = bound.name ?? ''
  const pod = core.store.head({ resource: 'pods', namespace, name })?.object as KubeObject | undefined
  if (pod === undefined) throw notFound({ group: '', resource: 'pods' }, name)
  if (bound.uid && bound.uid !== pod.metadata.uid) {
    const why = `the UID in the bound object reference (${bound.uid}) does not match the UID in record. The object might have been deleted and then recreated`
    throw conflict({ group: '', resource: 'Pod' }, name, why)
  }
  return { name, uid: pod.metadata.uid }
}
