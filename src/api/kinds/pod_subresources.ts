import { type FieldError, forbidden, invalid } from '../field_error.ts'
import type { MutableObject, SubresourceRules } from '../kind_rules.ts'
import type { Pod } from '../types.ts'
import { equal } from '../validation/equality.ts'
import { goDifference } from '../validation/go_names.ts'
import { items, type Loose, part } from './draft.ts'
import { qualityOfService } from './pod_quality.ts'
import { podSpecErrors } from './pod_validation.ts'

type Ephemeral = NonNullable<Pod['spec']['ephemeralContainers']>[number]

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
    ...podSpecErrors(pod.spec, 'spec', { podName: pod.metadata.name, isPod: true }),
    ...lostOrChangedErrors(pod.spec.ephemeralContainers ?? [], old.spec.ephemeralContainers ?? []),
  ],
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
