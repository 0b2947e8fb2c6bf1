import { ApiError } from '../../api/error.ts'
import type { Namespace } from '../../api/types.ts'
import { forbidden, notFound, qualifiedResource } from '../api_errors.ts'
import { headObject } from '../storage.ts'
import type { AdmissionPlugin, Attributes } from './admission.ts'

const UNDELETABLE = new Set(['default', 'kube-system', 'kube-public'])

/** New objects need a namespace that exists and does not end; some namespaces must stay. */
export const namespaceLifecycle: AdmissionPlugin = {
  name: 'NamespaceLifecycle',
  admit(attributes, { store }) {
    if (attributes.operation !== 'CREATE' || !attributes.facts.ref.namespaced) return
    if (attributes.subresource !== undefined) return
    const { namespace } = attributes
    const found = headObject<Namespace>(store, 'namespaces', '', namespace)
    if (found === undefined) throw notFound({ group: '', resource: 'namespaces' }, namespace)
    if (found.metadata.deletionTimestamp !== undefined) throw terminating(attributes)
  },
  validate({ operation, facts, name, subresource }) {
    if (operation !== 'DELETE' || facts.ref.resource !== 'namespaces' || subresource !== undefined) return
    if (UNDELETABLE.has(name)) throw forbidden(facts.ref, name, 'this namespace may not be deleted')
  },
}

function terminating({ facts, namespace, ...attributes }: Attributes): ApiError {
  const name = attributes.name || String(attributes.object.metadata['generateName'] ?? '')
  const { group, resource } = facts.ref
  return new ApiError({
    code: 403,
    reason: 'Forbidden',
    message: `${qualifiedResource(facts.ref)} "${name}" is forbidden: unable to create new content in namespace ${namespace} because it is being terminated`,
    details: {
      ...(name === '' ? {} : { name }),
      ...(group === '' ? {} : { group }),
      kind: resource,
      causes: [
        {
          reason: 'NamespaceTerminating',
          message: `namespace ${namespace} is being terminated`,
          field: 'metadata.namespace',
        },
      ],
    },
  })
}
