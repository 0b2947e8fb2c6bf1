import type { Pod } from '../../api/types.ts'
import { forbidden } from '../api_errors.ts'
import { headObject } from '../storage.ts'
import type { AdmissionPlugin } from './admission.ts'

/** A running pod can change its resources only on a node that is there to carry it out. */
export const podResize: AdmissionPlugin = {
  name: 'PodResize',
  admit({ subresource, facts, old, operation }, { store }) {
    if (operation !== 'UPDATE' || subresource !== 'resize' || facts.ref.resource !== 'pods') return
    const { spec, metadata } = old as Pod
    if (!spec.nodeName || headObject(store, 'nodes', '', spec.nodeName) !== undefined) return
    throw forbidden(facts.ref, metadata.name, `node ${JSON.stringify(spec.nodeName)} not found`)
  },
}
