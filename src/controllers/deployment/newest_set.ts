import { DEPLOYMENTS } from '../../api/resources.ts'
import type { Deployment, PodTemplateSpec, ReplicaSet } from '../../api/types.ts'
import { controllerReferenceTo } from '../runtime/workload/ownership.ts'
import { saysTheSame } from '../runtime/workload/status_writer.ts'
import { templateHash } from '../runtime/workload/template_hash.ts'
import { newestSetAnnotations, sizeAnnotations } from './annotations.ts'
import type { NewSet } from './view.ts'

/** On sets and their pods: the hash that tells the sets of a Deployment apart. */
const HASH_LABEL = 'pod-template-hash'

/** Whether a set makes the pods that the Deployment wants now. */
export function isNewest(set: ReplicaSet, { spec }: Deployment): boolean {
  return saysTheSame(withoutHash(set.spec.template ?? {}), withoutHash(spec.template))
}

function withoutHash(template: PodTemplateSpec): PodTemplateSpec {
  const { [HASH_LABEL]: _, ...labels } = template.metadata?.labels ?? {}
  const { creationTimestamp: _created, ...metadata } = template.metadata ?? {}
  return { ...template, metadata: { ...metadata, labels } }
}

/** The set for a template that the Deployment has not had before. */
export function newSet(
  deployment: Deployment,
  {
    revision,
    replicas,
    collisionCount,
  }: { readonly revision: bigint; readonly replicas: number; readonly collisionCount: number },
): NewSet {
  const { template, minReadySeconds, selector } = deployment.spec
  const hash = templateHash(template, collisionCount)
  const labels = { ...template.metadata?.labels, [HASH_LABEL]: hash }
  return {
    metadata: {
      name: `${deployment.metadata.name}-${hash}`,
      namespace: deployment.metadata.namespace ?? '',
      labels,
      annotations: { ...newestSetAnnotations(deployment, {}, revision), ...sizeAnnotations(deployment) },
      ownerReferences: [controllerReferenceTo(DEPLOYMENTS, deployment)],
    },
    spec: {
      replicas,
      ...(minReadySeconds ? { minReadySeconds } : {}),
      selector: { ...selector, matchLabels: { ...selector.matchLabels, [HASH_LABEL]: hash } },
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
  }
}
