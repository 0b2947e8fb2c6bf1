import type { UserInfo } from '../../api/request.ts'
import type { KubeObject } from '../../api/types.ts'
import type { Store } from '../../store/store.ts'
import type { AccessRequest } from '../access/authorization.ts'
import { type Watched, watchResource } from '../watched.ts'
import type { HttpHeaders } from './http_types.ts'

interface Subject {
  readonly kind: string
  readonly user?: { readonly name: string }
  readonly group?: { readonly name: string }
  readonly serviceAccount?: { readonly namespace: string; readonly name: string }
}

interface ResourceRule {
  readonly verbs: readonly string[]
  readonly apiGroups: readonly string[]
  readonly resources: readonly string[]
  readonly clusterScope?: boolean
  readonly namespaces?: readonly string[]
}

interface PathRule {
  readonly verbs: readonly string[]
  readonly nonResourceURLs: readonly string[]
}

interface FlowRule {
  readonly subjects: readonly Subject[]
  readonly resourceRules?: readonly ResourceRule[]
  readonly nonResourceRules?: readonly PathRule[]
}

interface FlowSchema extends KubeObject {
  readonly spec: {
    readonly priorityLevelConfiguration: { readonly name: string }
    readonly matchingPrecedence: number
    readonly rules?: readonly FlowRule[]
  }
}

/** A schema that can be matched, with the level that it leads to. */
interface Flow {
  readonly rules: readonly FlowRule[]
  readonly headers: HttpHeaders
}

/** Tells of which flow a request is. Nobody waits because of it here: answers name it, as upstream's do. */
export interface FlowSchemas {
  /** The headers that name flow schema and priority level; none while there are no schemas. */
  headersFor(user: UserInfo, asked: AccessRequest): HttpHeaders
  start(): Promise<void>
  stop(): void
}

export function createFlowSchemas(store: Store): FlowSchemas {
  const group = 'flowcontrol.apiserver.k8s.io'
  const schemas = watchResource<FlowSchema>(store, `flowschemas.${group}`)
  const levels = watchResource<KubeObject>(store, `prioritylevelconfigurations.${group}`)
  let flows: readonly Flow[] = []
  let madeOf = ''
  return {
    headersFor(user, asked) {
      const state = `${schemas.changes} ${levels.changes}`
      if (state !== madeOf) flows = flowsOf(schemas, levels)
      madeOf = state
      return flows.find(({ rules }) => rules.some((rule) => matches(rule, user, asked)))?.headers ?? {}
    },
    async start() {
      await Promise.all([schemas.start(), levels.start()])
    },
    stop() {
      schemas.stop()
      levels.stop()
    },
  }
}

/** The schemas in the order in which they are tried; one whose level is missing is none. */
function flowsOf(schemas: Watched<FlowSchema>, levels: Watched<KubeObject>): Flow[] {
  const ordered = [...schemas.values()].sort(
    (one, other) =>
      one.spec.matchingPrecedence - other.spec.matchingPrecedence || (one.metadata.name < other.metadata.name ? -1 : 1),
  )
  return ordered.flatMap(({ metadata, spec }) => {
    const level = levels.get('', spec.priorityLevelConfiguration.name)
    if (level === undefined) return []
    const headers = {
      'x-kubernetes-pf-flowschema-uid': metadata.uid,
      'x-kubernetes-pf-prioritylevel-uid': level.metadata.uid,
    }
    return [{ rules: spec.rules ?? [], headers }]
  })
}

function matches(rule: FlowRule, user: UserInfo, asked: AccessRequest): boolean {
  if (!rule.subjects.some((subject) => isMeant(subject, user))) return false
  return asked.type === 'path'
    ? (rule.nonResourceRules ?? []).some((one) => coversPath(one, asked))
    : (rule.resourceRules ?? []).some((one) => coversResource(one, asked))
}

function isMeant({ kind, user, group, serviceAccount }: Subject, { name, groups }: UserInfo): boolean {
  switch (kind) {
    case 'User':
      return user?.name === '*' || user?.name === name
    case 'Group':
      return group?.name === '*' || groups.includes(group?.name ?? '')
    case 'ServiceAccount': {
      const prefix = `system:serviceaccount:${serviceAccount?.namespace}:`
      return serviceAccount?.name === '*' ? name.startsWith(prefix) : name === `${prefix}${serviceAccount?.name}`
    }
    default:
      return false
  }
}

const has = (list: readonly string[], value: string): boolean => list.includes('*') || list.includes(value)

function coversResource(rule: ResourceRule, asked: Extract<AccessRequest, { type: 'resource' }>): boolean {
  const { verb, group, resource, subresource, namespace } = asked
  const full = subresource === undefined ? resource : `${resource}/${subresource}`
  if (!has(rule.verbs, verb) || !has(rule.resources, full) || !has(rule.apiGroups, group)) return false
  return namespace ? has(rule.namespaces ?? [], namespace) : rule.clusterScope === true
}

const coversPath = (rule: PathRule, { verb, path }: Extract<AccessRequest, { type: 'path' }>): boolean =>
  has(rule.verbs, verb) && rule.nonResourceURLs.some((pattern) => fitsPath(pattern, path))

/** A path means what lies below it too. */
function fitsPath(pattern: string, path: string): boolean {
  if (pattern === '*' || pattern === path) return true
  const prefix = pattern.endsWith('*') ? pattern.slice(0, -1) : pattern
  return path.startsWith(prefix.endsWith('/') ? prefix : `${prefix}/`)
}
