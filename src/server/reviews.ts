import type { ApiError } from '../api/error.ts'
import type { FieldError } from '../api/field_error.ts'
import type { UserInfo } from '../api/request.ts'
import { toRfc3339 } from '../base/time.ts'
import { badRequest, invalid } from './api_errors.ts'
import { userOfToken } from './authentication.ts'
import type { AccessRequest } from './authorization.ts'
import { type Answer, type Call, plainAnswer } from './call.ts'
import type { Core } from './core.ts'
import { decodeBody } from './decoding.ts'
import type { Handler } from './dispatch.ts'
import { defined } from './query.ts'
import { API_AUDIENCE } from './server_deps.ts'

interface ReviewSpec {
  readonly resourceAttributes?: {
    readonly verb?: string
    readonly group?: string
    readonly resource?: string
    readonly subresource?: string
    readonly namespace?: string
    readonly name?: string
  }
  readonly nonResourceAttributes?: { readonly path?: string; readonly verb?: string }
  readonly user?: string
  readonly groups?: readonly string[]
  readonly uid?: string
}

interface Review {
  readonly metadata: object
  readonly spec: ReviewSpec
}

async function decoded<T>(call: Call): Promise<T> {
  return (await decodeBody(call, call.target.facts.typeName, call.target.facts.ref)) as unknown as T
}

/** A review answers what was sent, with a status. */
const reviewed = (review: object, status: object): Answer => plainAnswer(201, { ...review, status })

const invalidReview = (field: string, value: string, why: string): ApiError => {
  const fault: FieldError = { type: 'FieldValueInvalid', field, message: `Invalid value: ${value}: ${why}` }
  return invalid({ group: 'authorization.k8s.io', kind: '' }, '', [fault])
}

/** @throws ApiError 422 unless exactly one question is asked */
function questionOf({ resourceAttributes, nonResourceAttributes }: ReviewSpec): AccessRequest {
  const rule = 'exactly one of nonResourceAttributes or resourceAttributes must be specified'
  if (resourceAttributes !== undefined && nonResourceAttributes !== undefined) {
    throw invalidReview(
      'spec.nonResourceAttributes',
      JSON.stringify(nonResourceAttributes),
      `cannot be specified in combination with resourceAttributes`,
    )
  }
  if (nonResourceAttributes !== undefined) {
    return { type: 'path', verb: nonResourceAttributes.verb ?? '', path: nonResourceAttributes.path ?? '' }
  }
  if (resourceAttributes === undefined) throw invalidReview('spec.resourceAttributes', 'null', rule)
  const { verb = '', group = '', resource = '', subresource, namespace, name } = resourceAttributes
  return { type: 'resource', verb, group, resource, ...defined({ subresource, namespace, name }) }
}

const statusOf = (core: Core, user: UserInfo, question: AccessRequest): object => {
  const { allowed, reason } = core.authorizer.decide(user, question)
  return { allowed, ...(reason === '' ? {} : { reason }) }
}

async function selfAccess(core: Core, call: Call): Promise<Answer> {
  const review = await decoded<Review>(call)
  return reviewed(review, statusOf(core, call.user, questionOf(review.spec)))
}

async function access(core: Core, call: Call): Promise<Answer> {
  const review = await decoded<Review>(call)
  const { user = '', groups = [], uid } = review.spec
  const question = questionOf(review.spec)
  if (user === '' && groups.length === 0) {
    throw invalidReview('spec.user', '""', 'at least one of user or group must be specified')
  }
  return reviewed(review, statusOf(core, { name: user, groups, ...defined({ uid }) }, question))
}

async function selfSubject(core: Core, call: Call): Promise<Answer> {
  const review = await decoded<Review>(call)
  const { name, uid, groups, extra } = call.user
  const userInfo = { username: name, groups, ...defined({ uid, extra }) }
  const metadata = { creationTimestamp: toRfc3339(core.deps.clock.now()) }
  const { spec: _none, ...rest } = review
  return reviewed({ ...rest, metadata }, { userInfo })
}

async function selfRules(core: Core, call: Call): Promise<Answer> {
  const review = await decoded<{ metadata: object; spec: { namespace?: string } }>(call)
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
  return reviewed({ ...review, spec: {} }, { resourceRules, nonResourceRules, incomplete: false })
}

async function tokenReview(core: Core, call: Call): Promise<Answer> {
  const review = await decoded<{ spec: { token?: string; audiences?: readonly string[] } }>(call)
  const { token = '', audiences = [API_AUDIENCE] } = review.spec
  if (token === '') throw badRequest('token is required for TokenReview in authentication')
  const user = await userOfToken(core.deps, token, audiences)
  if (user === undefined) return reviewed(review, { user: {}, error: 'invalid bearer token' })
  const { name, uid, groups, extra } = user
  return reviewed(review, {
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
