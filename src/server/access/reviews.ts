import { type FieldError, invalid as invalidValue, required } from '../../api/field_error.ts'
import type { UserInfo } from '../../api/request.ts'
import type { KubeObject } from '../../api/types.ts'
import { toRfc3339 } from '../../base/time.ts'
import { badRequest, invalid } from '../api_errors.ts'
import { type Answer, type Call, objectAnswer } from '../call.ts'
import type { Core } from '../core.ts'
import { decodeBody } from '../decoding.ts'
import type { Handler } from '../dispatch.ts'
import { checkNamespace } from '../handlers/create.ts'
import { defined } from '../http/query.ts'
import { recordPlainManager } from '../managers.ts'
import { API_AUDIENCE } from '../server_deps.ts'
import { userOfToken } from './authentication.ts'
import type { AccessRequest } from './authorization.ts'

interface ReviewSelector {
  readonly rawSelector?: string
  readonly requirements?: readonly object[]
}

interface ReviewSpec {
  readonly resourceAttributes?: {
    readonly verb?: string
    readonly group?: string
    readonly resource?: string
    readonly subresource?: string
    readonly namespace?: string
    readonly name?: string
    readonly fieldSelector?: ReviewSelector
    readonly labelSelector?: ReviewSelector
  }
  readonly nonResourceAttributes?: { readonly path?: string; readonly verb?: string }
  readonly user?: string
  readonly groups?: readonly string[]
  readonly uid?: string
}

interface Review {
  readonly metadata: { readonly managedFields?: unknown; readonly namespace?: string }
  readonly spec: ReviewSpec
}

async function decoded<T>(core: Core, call: Call): Promise<T> {
  const draft = await decodeBody(call, call.target.facts.typeName, call.target.facts.ref)
  checkNamespace(call, draft)
  for (const field of ['uid', 'creationTimestamp', 'deletionTimestamp', 'deletionGracePeriodSeconds', 'selfLink']) {
    delete draft.metadata[field]
  }
  recordPlainManager(core, call, draft, call.target.facts.typeName)
  return draft as unknown as T
}

/** A review answers what was sent, with a status. */
const reviewed = ({ target: { facts } }: Call, review: object, status: object): Answer =>
  objectAnswer(201, facts, { object: { ...review, status } as unknown as KubeObject, bytes: undefined })

/** What is said of a client in a review is only what he asks about: his own words about it are none. */
function checkReview(call: Call, { metadata, spec }: Review, needsUser: boolean): AccessRequest {
  const local = call.target.facts.ref.namespaced
  const { user = '', groups = [] } = spec
  const faults = questionFaults(spec)
  if (needsUser && user === '' && groups.length === 0) {
    faults.push(invalidValue('spec.user', '', 'at least one of user or group must be specified'))
  }
  faults.push(...selectorFaults(spec), ...metadataFaults(metadata, local))
  if (local) faults.push(...placeFaults(spec, call.request.namespace ?? ''))
  if (faults.length > 0) throw invalid({ group: 'authorization.k8s.io', kind: '' }, '', faults)
  return questionOf(spec)
}

/** Upstream shows its own struct in messages. */
const asWritten = ({ path = '', verb = '' }: NonNullable<ReviewSpec['nonResourceAttributes']>) => ({
  Path: path,
  Verb: verb,
})

/** Exactly one question is asked. */
function questionFaults({ resourceAttributes, nonResourceAttributes }: ReviewSpec): FieldError[] {
  if (resourceAttributes !== undefined && nonResourceAttributes !== undefined) {
    const detail = 'cannot be specified in combination with resourceAttributes'
    return [invalidValue('spec.nonResourceAttributes', asWritten(nonResourceAttributes), detail)]
  }
  if (resourceAttributes !== undefined || nonResourceAttributes !== undefined) return []
  const detail = 'exactly one of nonResourceAttributes or resourceAttributes must be specified'
  return [invalidValue('spec.resourceAttributes', null, detail)]
}

function selectorFaults({ resourceAttributes }: ReviewSpec): FieldError[] {
  return (['fieldSelector', 'labelSelector'] as const).flatMap((name) => {
    const selector = resourceAttributes?.[name]
    if (selector === undefined) return []
    const { rawSelector = '', requirements = [] } = selector
    const field = `spec.resourceAttributes.${name}`
    if (rawSelector === '' && requirements.length === 0) {
      const detail = `when ${field} is specified, requirements or rawSelector is required`
      return [required(`${field}.requirements`, detail)]
    }
    if (rawSelector === '' || requirements.length === 0) return []
    const detail = 'may not specified at the same time as requirements'
    return [invalidValue(`${field}.rawSelector`, rawSelector, detail)]
  })
}

/** A review has no metadata, but for the namespace that it is made in. */
function metadataFaults(metadata: Review['metadata'], local: boolean): FieldError[] {
  const { managedFields: _account, namespace, ...others } = metadata
  const isEmpty = Object.keys(others).length === 0 && (local || namespace === undefined)
  const detail = local ? 'must be empty except for namespace' : 'must be empty'
  return isEmpty ? [] : [invalidValue('metadata', metadata, detail)]
}

/** A question in a namespace is about that namespace. */
function placeFaults({ resourceAttributes, nonResourceAttributes }: ReviewSpec, namespace: string): FieldError[] {
  const { namespace: asked = '' } = resourceAttributes ?? {}
  const field = 'spec.resourceAttributes.namespace'
  const elsewhere = resourceAttributes !== undefined && asked !== namespace
  return [
    ...(elsewhere ? [invalidValue(field, asked, 'must match metadata.namespace')] : []),
    ...(nonResourceAttributes === undefined
      ? []
      : [
          invalidValue(
            'spec.nonResourceAttributes',
            asWritten(nonResourceAttributes),
            'disallowed on this kind of request',
          ),
        ]),
  ]
}

function questionOf({ resourceAttributes, nonResourceAttributes = {} }: ReviewSpec): AccessRequest {
  if (resourceAttributes === undefined) {
    return { type: 'path', verb: nonResourceAttributes.verb ?? '', path: nonResourceAttributes.path ?? '' }
  }
  const { verb = '', group = '', resource = '', subresource, namespace, name } = resourceAttributes
  return { type: 'resource', verb, group, resource, ...defined({ subresource, namespace, name }) }
}

const statusOf = (core: Core, user: UserInfo, question: AccessRequest): object => {
  const { allowed, reason } = core.authorizer.decide(user, question)
  return { allowed, ...(reason === '' ? {} : { reason }) }
}

async function selfAccess(core: Core, call: Call): Promise<Answer> {
  const review = await decoded<Review>(core, call)
  return reviewed(call, review, statusOf(core, call.user, checkReview(call, review, false)))
}

async function access(core: Core, call: Call): Promise<Answer> {
  const review = await decoded<Review>(core, call)
  const { user = '', groups = [], uid } = review.spec
  const question = checkReview(call, review, true)
  return reviewed(call, review, statusOf(core, { name: user, groups, ...defined({ uid }) }, question))
}

async function selfSubject(core: Core, call: Call): Promise<Answer> {
  const review = await decoded<Review>(core, call)
  const { name, uid, groups, extra } = call.user
  const userInfo = { username: name, groups, ...defined({ uid, extra }) }
  const metadata = { creationTimestamp: toRfc3339(core.deps.clock.now()) }
  const { spec: _none, ...rest } = review
  return reviewed(call, { ...rest, metadata }, { userInfo })
}

async function selfRules(core: Core, call: Call): Promise<Answer> {
  const review = await decoded<{ metadata: object; spec: { namespace?: string } }>(core, call)
  const { namespace } = review.spec
  if (!namespace) throw badRequest('no namespace on request')
  const rules = core.authorizer.rulesOf(call.user, namespace)
  const list = (values: readonly string[] | undefined): readonly string[] => values ?? []
  const resourceRules = rules
    .filter((rule) => list(rule.resources).length > 0)
    .map(({ verbs, apiGroups, resources, resourceNames }) => ({
      verbs,
      ...defined({ apiGroups, resources, resourceNames }),
    }))
  const nonResourceRules = rules
    .filter((rule) => list(rule.nonResourceURLs).length > 0)
    .map(({ verbs, nonResourceURLs }) => ({ verbs, nonResourceURLs }))
  return reviewed(call, { ...review, spec: {} }, { resourceRules, nonResourceRules, incomplete: false })
}

async function tokenReview(core: Core, call: Call): Promise<Answer> {
  const review = await decoded<{ spec: { token?: string; audiences?: readonly string[] } }>(core, call)
  const { token = '', audiences = [API_AUDIENCE] } = review.spec
  if (token === '') throw badRequest('token is required for TokenReview in authentication')
  const user = await userOfToken(core.deps, token, audiences)
  if (user === undefined) return reviewed(call, review, { user: {}, error: 'invalid bearer token' })
  const { name, uid, groups, extra } = user
  return reviewed(call, review, {
    authenticated: true,
    user: { username: name, groups, ...defined({ uid, extra }) },
    audiences,
  })
}

/** Reviews by the plural of their resource. */
export const REVIEWS: Readonly<Record<string, Handler>> = {
  selfsubjectaccessreviews: selfAccess,
  subjectaccessreviews: access,
  localsubjectaccessreviews: access,
  selfsubjectreviews: selfSubject,
  selfsubjectrulesreviews: selfRules,
  tokenreviews: tokenReview,
}
