import { DAEMON_SETS } from '../../api/resources.ts'
import type { DaemonSet, Draft, Pod } from '../../api/types.ts'
import { podFromTemplate } from '../runtime/workload/pod_control.ts'
import { GENERATION_ANNOTATION, GENERATION_LABEL, REVISION_LABEL } from './labels.ts'
import { daemonTolerations } from './tolerations.ts'

/** The pod for one node: the scheduler may put it nowhere else. */
export function newPod(set: DaemonSet, hash: string, nodeName: string): Draft<Pod> {
  const { metadata, spec } = podFromTemplate(DAEMON_SETS, set, set.spec.template)
  const generation = set.metadata.annotations?.[GENERATION_ANNOTATION]
  const matchFields = [{ key: 'metadata.name', operator: 'In', values: [nodeName] }]
  const nodeAffinity = {
    ...spec.affinity?.nodeAffinity,
    requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchFields }] },
  }
  return {
    metadata: {
      ...metadata,
      labels: {
        ...metadata.labels,
        [REVISION_LABEL]: hash,
        ...(generation === undefined ? {} : { [GENERATION_LABEL]: generation }),
      },
    },
    spec: { ...spec, affinity: { ...spec.affinity, nodeAffinity }, tolerations: [...daemonTolerations(spec)] },
  }
}
