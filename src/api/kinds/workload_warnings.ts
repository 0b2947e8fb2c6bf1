import type { KubeObject, PodTemplateSpec } from '../types.ts'
import { dnsLabel } from '../validation/names.ts'
import { podTemplateWarnings } from './pod/pod_warnings.ts'

interface Templated extends KubeObject {
  readonly spec: { readonly template?: PodTemplateSpec }
}

/** A name from which the names of pods are made should do as a host's name. */
export function nameWarnings(name: string): string[] {
  const faults = dnsLabel(name)
  if (faults.length === 0) return []
  return [
    `metadata.name: this is used in Pod names and hostnames, which can result in surprising behavior; a DNS label is recommended: [${faults.join(' ')}]`,
  ]
}

const isOutdated = (object: KubeObject, old: KubeObject | undefined): boolean =>
  old === undefined || object.metadata.generation !== old.metadata.generation

/** What is hardly meant in a workload that makes pods; on a change only when the spec is another. */
export const workloadWarnings = (object: Templated, old: Templated | undefined): string[] =>
  isOutdated(object, old) ? podTemplateWarnings(object.spec.template ?? {}, 'spec.template') : []

/** The same for workloads whose names go into those of their pods. */
export const namedWorkloadWarnings = (object: Templated, old: Templated | undefined): string[] => [
  ...(old === undefined ? nameWarnings(object.metadata.name) : []),
  ...workloadWarnings(object, old),
]

interface JobSpec {
  readonly completionMode?: string
  readonly completions?: number
  readonly parallelism?: number
  readonly template?: PodTemplateSpec
}

const INDEXED_COMPLETIONS_MAX = 100_000
const INDEXED_PARALLELISM_MAX = 10_000

/** The same for the spec of a Job, its own or a CronJob's. */
export function jobSpecWarnings(spec: JobSpec, at: string): string[] {
  const { completionMode, completions = 0, parallelism = 0, template = {} } = spec
  const large =
    completionMode === 'Indexed' && completions > INDEXED_COMPLETIONS_MAX && parallelism > INDEXED_PARALLELISM_MAX
  const detail =
    'In Indexed Jobs with a number of completions higher than 10^5 and a parallelism higher than 10^4, Kubernetes might not be able to track completedIndexes when a big number of indexes fail'
  return [...(large ? [`${at}: ${detail}`] : []), ...podTemplateWarnings(template, `${at}.template`)]
}

/** Whether a change could have brought something that is worth a word. */
export const hasNewSpec = isOutdated
