import { duplicate, type FieldError, forbidden, invalid, required } from '../field_error.ts'
import type { MutableObject, SubresourceRules } from '../kind_rules.ts'
import type { Pod } from '../types.ts'
import { equal } from '../validation/equality.ts'
import { goDifference } from '../validation/go_names.ts'
import { dnsLabel } from '../validation/names.ts'
import { items, type Loose, part } from './draft.ts'
import { qualityOfService } from './pod_quality.ts'
import { podSpecErrors } from './pod_validation.ts'

type Ephemeral = NonNullable<Pod['spec']['ephemeralContainers']>[number]

const NOT_FOR_EPHEMERAL = [
  'ports',
  'livenessProbe',
  'readinessProbe',
  'startupProbe',
  'lifecycle',
  'resizePolicy',
] as const

/** Everything but what the subresource is about stays as it was. */
function keepAllBut(draft: MutableObject, old: Pod, change: (spec: Loose) => void): void {
  const { resourceVersion, managedFields } = draft.metadata
  const kept: Loose = structuredClone(old)
  change(kept.spec)
  Object.assign(draft, kept)
  if (resourceVersion !== undefined) draft.metadata['resourceVersion'] = resourceVersion
  if (managedFields !== undefined) draft.metadata['managedFields'] = managedFields
}

/** `pods/ephemeralcontainers`: containers for debugging may come, and never change or go. */
export const ephemeralContainersRules: SubresourceRules<Pod> = {
  prepareUpdate: (draft, old) => {
    const asked = items(draft['spec']?.ephemeralContainers)
    keepAllBut(draft, old, (spec) => {
      if (asked.length > 0) spec.ephemeralContainers = asked
      else delete spec.ephemeralContainers
    })
  },
  validateUpdate: (pod, old) => [
    ...ephemeralErrors(pod),
    ...lostOrChangedErrors(pod.spec.ephemeralContainers ?? [], old.spec.ephemeralContainers ?? []),
  ],
}

function ephemeralErrors({ spec }: Pod): FieldError[] {
  const names = new Set([...(spec.containers ?? []), ...(spec.initContainers ?? [])].map((one) => one.name))
  return (spec.ephemeralContainers ?? []).flatMap((container, index) => {
    const at = `spec.ephemeralContainers[${index}]`
    const errors = [
      ...(container.name
        ? dnsLabel(container.name).map((fault) => invalid(`${at}.name`, container.name, fault))
        : [required(`${at}.name`)]),
      ...(names.has(container.name) ? [duplicate(`${at}.name`, container.name)] : []),
      ...(container.image ? [] : [required(`${at}.image`)]),
      ...NOT_FOR_EPHEMERAL.filter((field) => container[field] !== undefined).map((field) =>
        forbidden(`${at}.${field}`, 'cannot be set for an Ephemeral Container'),
      ),
    ]
    names.add(container.name)
    return errors
  })
}

function lostOrChangedErrors(now: readonly Ephemeral[], before: readonly Ephemeral[]): FieldError[] {
  const field = 'spec.ephemeralContainers'
  return before.flatMap((old) => {
    const current = now.find((one) => one.name === old.name)
    const which = `existing ephemeral containers ${JSON.stringify(old.name)} may not be`
    if (current === undefined) return [forbidden(field, `${which} removed\n`)]
    if (equal(current, old)) return []
    return [forbidden(field, `${which} changed\n${goDifference('core.EphemeralContainer', old, current)}`)]
  })
}

/** `pods/resize`: what containers ask for and may use can change while they run. */
export const resizeRules: SubresourceRules<Pod> = {
  prepareUpdate: (draft, old) => {
    const asked = draft['spec'] ?? {}
    keepAllBut(draft, old, (spec) => {
      if (asked.resources !== undefined) spec.resources = asked.resources
      for (const list of ['containers', 'initContainers']) takeResources(items(spec[list]), items(asked[list]))
    })
  },
  validateUpdate: (pod, old) => [
    ...podSpecErrors(pod.spec, 'spec'),
    ...(qualityOfService(pod.spec) === qualityOfService(old.spec)
      ? []
      : [invalid('spec', old.status?.qosClass ?? '', 'Pod QOS Class may not change as a result of resizing')]),
  ],
}

function takeResources(containers: Loose[], asked: Loose[]): void {
  for (const container of containers) {
    const source = asked.find((one) => one.name === container.name)
    if (source === undefined) continue
    container.resources = part(source, 'resources')
    if (source.resizePolicy !== undefined) container.resizePolicy = source.resizePolicy
  }
}
