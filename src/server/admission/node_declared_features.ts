import type { Node, Pod } from '../../api/types.ts'
import { equal } from '../../api/validation/equality.ts'
import { forbidden } from '../api_errors.ts'
import { headObject } from '../storage.ts'
import type { AdmissionPlugin } from './admission.ts'

/** What a node must be able to do for a change of a pod, by the name under which it says so. */
const FEATURES: Readonly<Record<string, (pod: Pod, old: Pod) => boolean>> = {
  InPlacePodLevelResourcesVerticalScaling: (pod, old) => !equal(pod.spec.resources, old.spec.resources),
  InPlacePodVerticalScalingInitContainers: (pod, old) =>
    (old.spec.initContainers ?? []).some(
      ({ restartPolicy, resources }, index) =>
        restartPolicy !== 'Always' && !equal(resources, pod.spec.initContainers?.[index]?.resources),
    ),
}

/** A bound pod changes only in ways that its node says it can carry out. */
export const nodeDeclaredFeatures: AdmissionPlugin = {
  name: 'NodeDeclaredFeatureValidator',
  validate({ subresource, facts, object, old: before, operation, name }, { store }) {
    if (operation !== 'UPDATE' || facts.ref.group !== '' || facts.ref.resource !== 'pods') return
    if (subresource !== undefined && subresource !== 'resize') return
    const [pod, old] = [object as unknown as Pod, before as Pod]
    const { nodeName } = pod.spec
    if (!nodeName || pod.metadata.generation === old.metadata.generation) return
    const needed = Object.keys(FEATURES).filter((feature) => FEATURES[feature]?.(pod, old))
    if (needed.length === 0) return
    const node = headObject<Node>(store, 'nodes', '', nodeName)
    if (node === undefined) throw forbidden(facts.ref, name, `node ${JSON.stringify(nodeName)} not found`)
    const missing = needed.filter((feature) => !(node.status?.declaredFeatures ?? []).includes(feature))
    if (missing.length === 0) return
    const why = `pod update requires features ${missing.join(', ')} which are not available on node`
    throw forbidden(facts.ref, name, `${why} ${JSON.stringify(nodeName)}`)
  },
}
