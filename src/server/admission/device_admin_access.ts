import { forbidden } from '../../api/field_error.ts'
import type { Namespace } from '../../api/types.ts'
import { invalid } from '../api_errors.ts'
import { headObject } from '../storage.ts'
import type { AdmissionPlugin, Attributes } from './admission.ts'

const LABEL = 'resource.kubernetes.io/admin-access'
const DETAIL = `admin access to devices requires the \`${LABEL}: true\` label on the containing namespace`

interface WithAdminAccess {
  readonly adminAccess?: boolean
}

/** Devices that are somebody else's are given only to claims in namespaces of administrators. */
export const deviceAdminAccess: AdmissionPlugin = {
  name: 'DeviceAdminAccess',
  validate(attributes, { store }) {
    const fields = askedFor(attributes)
    if (fields.length === 0) return
    const { namespace, name, facts } = attributes
    const { metadata } = headObject<Namespace>(store, 'namespaces', '', namespace) ?? {}
    if (metadata?.labels?.[LABEL] === 'true') return
    const faults = fields.map((field) => forbidden(field, DETAIL))
    throw invalid({ group: facts.ref.group, kind: facts.ref.kind }, name, faults)
  },
}

/** Where access is asked for, as upstream names the fields: the same in a claim and in a template. */
function askedFor({ facts, subresource, operation, object }: Attributes): string[] {
  if (facts.ref.group !== 'resource.k8s.io') return []
  const { resource } = facts.ref
  if (subresource === 'status') {
    const results: readonly WithAdminAccess[] = object['status']?.allocation?.devices?.results ?? []
    return placesOf(results, 'status.allocation.devices.results')
  }
  if (operation !== 'CREATE') return []
  const spec = resource === 'resourceclaimtemplates' ? object['spec']?.spec : object['spec']
  if (resource !== 'resourceclaims' && resource !== 'resourceclaimtemplates') return []
  const requests: readonly { readonly exactly?: WithAdminAccess }[] = spec?.devices?.requests ?? []
  return placesOf(
    requests.map(({ exactly }) => exactly ?? {}),
    'spec.devices.requests',
  )
}

const placesOf = (list: readonly WithAdminAccess[], field: string): string[] =>
  list.flatMap(({ adminAccess }, index) => (adminAccess === true ? [`${field}[${index}].adminAccess`] : []))
