import * as sets from './field_set.ts'

/** What of a set a write can own. */
export type FieldFilter = (set: sets.FieldSet) => sets.FieldSet

/** The resource and the subresource through which a write comes. */
export interface WrittenThrough {
  readonly group: string
  readonly resource: string
  readonly subresource: string | undefined
  /** Whether the resource has a subresource `status`. */
  readonly hasStatus: boolean
}

type Path = readonly string[]

const SPEC: Path = ['f:spec']
const STATUS: Path = ['f:status']
const METADATA: Path = ['f:metadata']

/** What a write sets back to what it was, where that is not the status, or the spec in a write to the status. */
const RESET: Readonly<Record<string, readonly Path[]>> = {
  'pods/status': [SPEC, ['f:metadata', 'f:deletionTimestamp'], ['f:metadata', 'f:ownerReferences']],
  'deployments.apps/status': [SPEC, ['f:metadata', 'f:labels']],
  'certificatesigningrequests.certificates.k8s.io': [SPEC, STATUS],
  'certificatesigningrequests.certificates.k8s.io/status': [SPEC, ['f:status', 'f:conditions']],
  'certificatesigningrequests.certificates.k8s.io/approval': [SPEC, ['f:status', 'f:certificate']],
  'namespaces/finalize': [STATUS],
  'validatingadmissionpolicies.admissionregistration.k8s.io/status': [SPEC, METADATA],
  'flowschemas.flowcontrol.apiserver.k8s.io/status': [SPEC, METADATA],
  'prioritylevelconfigurations.flowcontrol.apiserver.k8s.io/status': [SPEC, METADATA],
  'servicecidrs.networking.k8s.io/status': [SPEC, METADATA],
  'volumeattachments.storage.k8s.io/status': [SPEC, METADATA],
  'apiservices.apiregistration.k8s.io/status': [SPEC, METADATA],
  'resourceclaims.resource.k8s.io/status': [SPEC, METADATA],
}

const filters = new Map<string, FieldFilter>()

/** The filter of the fields that a write through a resource or subresource cannot change. */
export function resetFilter(written: WrittenThrough): FieldFilter {
  const { group, resource, subresource } = written
  const name = `${group === '' ? resource : `${resource}.${group}`}${subresource === undefined ? '' : `/${subresource}`}`
  const known = filters.get(name)
  if (known !== undefined) return known
  const made = remembering(makeFilter(name, written))
  filters.set(name, made)
  return made
}

function makeFilter(name: string, { subresource, hasStatus }: WrittenThrough): FieldFilter {
  const usual = subresource === 'status' ? [SPEC] : subresource === undefined && hasStatus ? [STATUS] : []
  const paths = RESET[name] ?? usual
  return (set) => paths.reduce((left, path) => sets.without(left, path), set)
}

/** Sets are shared by many objects: what is left of one is computed once. */
function remembering(filter: FieldFilter): FieldFilter {
  const results = new WeakMap<sets.FieldSet, sets.FieldSet>()
  return (set) => {
    const known = results.get(set)
    if (known !== undefined) return known
    const made = filter(set)
    results.set(set, made)
    return made
  }
}

/** Fields that nobody manages. */
const UNMANAGED: readonly Path[] = [
  ['f:apiVersion'],
  ['f:kind'],
  ...[
    'name',
    'namespace',
    'creationTimestamp',
    'selfLink',
    'uid',
    'clusterName',
    'generation',
    'managedFields',
    'resourceVersion',
  ].map((name) => ['f:metadata', `f:${name}`]),
]

/** A set without what nobody manages. */
export const managedOnly: FieldFilter = remembering((set) => {
  const managed = UNMANAGED.reduce((left, path) => sets.without(left, path), set)
  if (!managed.members.has('f:metadata')) return managed
  return { ...managed, members: new Set([...managed.members].filter((key) => key !== 'f:metadata')) }
})
