import { JOBS } from '../../api/resources.ts'
import type { Container, Draft, Job, Pod } from '../../api/types.ts'
import { podFromTemplate } from '../runtime/workload/pod_control.ts'
import { failureAnnotations } from './index_failures.ts'
import { INDEX, INDEX_VARIABLE, TRACKING_FINALIZER } from './labels.ts'

/**
 * A pod of a Job; `index` for an indexed one, and `replaced` if one has failed at that index before.
 * The finalizer keeps it until its end has been counted.
 */
export function newPod(job: Job, index: number | undefined, replaced?: Pod): Draft<Pod> {
  const pod = podFromTemplate(JOBS, job, job.spec.template)
  const finalizers = [
    ...(pod.metadata.finalizers ?? []).filter((one) => one !== TRACKING_FINALIZER),
    TRACKING_FINALIZER,
  ]
  const tracked = { ...pod, metadata: { ...pod.metadata, finalizers } }
  return index === undefined ? tracked : withIndex(job, tracked, { index, failures: failureAnnotations(job, replaced) })
}

interface Part {
  readonly index: number
  readonly failures: Readonly<Record<string, string>>
}

function withIndex(job: Job, pod: Draft<Pod>, { index, failures }: Part): Draft<Pod> {
  const name = `${job.metadata.name}-${index}`
  const { metadata, spec } = pod
  const own = { [INDEX]: String(index) }
  return {
    ...pod,
    metadata: {
      ...metadata,
      generateName: `${name}-`,
      labels: { ...metadata.labels, ...own },
      annotations: { ...metadata.annotations, ...own, ...failures },
    },
    spec: {
      ...spec,
      hostname: name,
      containers: spec.containers.map(withVariable),
      ...(spec.initContainers === undefined ? {} : { initContainers: spec.initContainers.map(withVariable) }),
    },
  }
}

function withVariable(container: Container): Container {
  const env = container.env ?? []
  if (env.some(({ name }) => name === INDEX_VARIABLE)) return container
  const valueFrom = { fieldRef: { fieldPath: `metadata.labels['${INDEX}']` } }
  return { ...container, env: [...env, { name: INDEX_VARIABLE, valueFrom }] }
}
