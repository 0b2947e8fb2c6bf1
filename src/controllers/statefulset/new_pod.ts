import type { Draft, Pod, PodTemplateSpec, StatefulSet } from '../../api/types.ts'
import { claimNameOf } from './claims.ts'
import { controllerReferenceOf, identityLabels, podNameOf } from './identity.ts'
import { REVISION_LABEL } from './labels.ts'

/** A revision by name, and the template that it stands for. */
export interface TemplateRevision {
  readonly name: string
  readonly template: PodTemplateSpec
}

/** The pod of one ordinal, made from a revision. */
export function newPod(set: StatefulSet, revision: TemplateRevision, ordinal: number): Draft<Pod> {
  const name = podNameOf(set, ordinal)
  const { labels, annotations, finalizers } = revision.template.metadata ?? {}
  const spec = revision.template.spec ?? { containers: [] }
  const volumes = podVolumes(set, spec.volumes, ordinal)
  return {
    metadata: {
      name,
      generateName: `${set.metadata.name}-`,
      namespace: set.metadata.namespace ?? '',
      labels: { ...labels, ...identityLabels(name, ordinal), [REVISION_LABEL]: revision.name },
      ...(annotations === undefined ? {} : { annotations }),
      ...(finalizers === undefined ? {} : { finalizers }),
      ownerReferences: [controllerReferenceOf(set)],
    },
    spec: {
      ...spec,
      hostname: name,
      ...(set.spec.serviceName ? { subdomain: set.spec.serviceName } : {}),
      ...(volumes.length > 0 ? { volumes } : {}),
    },
  }
}

type Volumes = NonNullable<Pod['spec']['volumes']>

/** A claim's volume takes the place of a volume of the same name. */
export function podVolumes(set: StatefulSet, others: Volumes | undefined, ordinal: number): Volumes {
  const templates = set.spec.volumeClaimTemplates ?? []
  const own: Volumes = templates.map((template) => ({
    name: template.metadata?.name ?? '',
    persistentVolumeClaim: { claimName: claimNameOf(set, template, ordinal) },
  }))
  const names = new Set(own.map(({ name }) => name))
  return [...own, ...(others ?? []).filter(({ name }) => !names.has(name))]
}
