import { toRfc3339 } from '../../base/time.ts'
import { type FieldError, invalid, required } from '../field_error.ts'
import type { Cell, KindRules, MutableObject, RuleContext } from '../kind_rules.ts'
import type { KubeObject } from '../types.ts'
import { formed } from '../validation/checks.ts'
import { dns1035Label, dnsSubdomain, pathSegment } from '../validation/names.ts'
import { portErrors } from '../validation/numbers.ts'
import { keepStatus } from './draft.ts'
import { ageOf } from './durations.ts'
import { clusterRef } from './refs.ts'

interface Spec {
  readonly service?: { readonly namespace?: string; readonly name?: string; readonly port?: number }
  readonly group?: string
  readonly version?: string
  readonly groupPriorityMinimum?: number
  readonly versionPriority?: number
  readonly insecureSkipTLSVerify?: boolean
  readonly caBundle?: string | null
}

interface ApiService extends KubeObject {
  readonly spec?: Spec
  readonly status?: { readonly conditions?: readonly Condition[] }
}

interface Condition {
  readonly type: string
  readonly status: string
  readonly reason?: string
}

const PORT = 443
const GROUP_PRIORITY_MAX = 20_000
const VERSION_PRIORITY_MAX = 1000

function defaults(draft: MutableObject): void {
  const service = draft['spec']?.service
  if (service) service.port ??= PORT
}

/** What the server serves itself is there at once; of others somebody has to find it out. */
function prepareCreate(draft: MutableObject, { now }: RuleContext): void {
  const local = {
    type: 'Available',
    status: 'True',
    lastTransitionTime: toRfc3339(now),
    reason: 'Local',
    message: 'Local APIServices are always available',
  }
  draft['status'] = draft['spec']?.service ? {} : { conditions: [local] }
}

function validate({ metadata, spec = {} }: ApiService): FieldError[] {
  const { group = '', version = '', groupPriorityMinimum: minimum = 0, versionPriority: priority = 0 } = spec
  return [
    ...nameErrors(metadata.name, `${version}.${group}`),
    ...(group === '' && version !== 'v1'
      ? [required('spec.group', 'only v1 may have an empty group and it better be legacy kube')]
      : []),
    ...(group === '' ? [] : formed(group, dnsSubdomain, 'spec.group')),
    ...formed(version, dns1035Label, 'spec.version'),
    ...(minimum <= 0 || minimum > GROUP_PRIORITY_MAX
      ? [invalid('spec.groupPriorityMinimum', minimum, `must be positive and less than ${GROUP_PRIORITY_MAX}`)]
      : []),
    ...(priority <= 0 || priority > VERSION_PRIORITY_MAX
      ? [invalid('spec.versionPriority', priority, `must be positive and less than ${VERSION_PRIORITY_MAX}`)]
      : []),
    ...(spec.service === undefined ? localErrors(spec) : serviceErrors(spec.service, spec)),
  ]
}

/** A name that is missing is a fault of its own; one that is there says version and group. */
const nameErrors = (name: string, expected: string): FieldError[] =>
  name === '' || name === expected || pathSegment(name).length > 0
    ? []
    : [invalid('metadata.name', name, `must be \`spec.version+"."+spec.group\`: ${JSON.stringify(expected)}`)]

const bytesOf = (base64: string): number => atob(base64).length

const localErrors = ({ caBundle, insecureSkipTLSVerify }: Spec): FieldError[] => [
  ...(caBundle
    ? [invalid('spec.caBundle', `${bytesOf(caBundle)} bytes`, 'local APIServices may not have a caBundle')]
    : []),
  ...(insecureSkipTLSVerify
    ? [invalid('spec.insecureSkipTLSVerify', true, 'local APIServices may not have insecureSkipTLSVerify')]
    : []),
]

const serviceErrors = ({ namespace, name, port = 0 }: NonNullable<Spec['service']>, spec: Spec): FieldError[] => [
  ...(namespace ? [] : [required('spec.service.namespace')]),
  ...(name ? [] : [required('spec.service.name')]),
  ...portErrors(port, 'spec.service.port').map((error) => ({
    ...error,
    message: error.message.replace(': must', ': port is not valid: must'),
  })),
  ...(spec.insecureSkipTLSVerify && spec.caBundle
    ? [invalid('spec.insecureSkipTLSVerify', true, 'may not be true if caBundle is present')]
    : []),
]

/** Whether the group can be reached, and if not, why. */
function availableCell(status: ApiService['status']): string {
  const available = status?.conditions?.find(({ type }) => type === 'Available')
  if (available === undefined) return 'Unknown'
  return available.status === 'True' ? 'True' : `${available.status} (${available.reason ?? ''})`
}

/** Groups and versions of the API, and who serves them. */
export const apiServiceRules: KindRules<ApiService> = {
  resource: clusterRef('apiregistration.k8s.io/v1', 'apiservices', 'APIService'),
  generation: 'none',
  nameForm: 'path-segment',
  defaults,
  prepareCreate,
  prepareUpdate: keepStatus,
  validateCreate: validate,
  cells: ({ metadata, spec, status }, now): Cell[] => [
    metadata.name,
    spec?.service === undefined ? 'Local' : `${spec.service.namespace}/${spec.service.name}`,
    availableCell(status),
    ageOf(metadata.creationTimestamp, now),
  ],
}
