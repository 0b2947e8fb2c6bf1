import { type FieldError, forbidden } from '../../field_error.ts'
import type { MutableObject, SubresourceRules } from '../../kind_rules.ts'
import type { Pod } from '../../types.ts'
import { goDifference, goSame } from '../../validation/go_names.ts'
import { items, type Loose } from '../draft.ts'
import { anyPodErrors } from './pod_validation.ts'

type Ephemeral = NonNullable<Pod['spec']['ephemeralContainers']>[number]

/** Pods that a node has of its own: they cannot be changed through the API. */
export const MIRROR_ANNOTATION = 'kubernetes.io/config.mirror'

/** Everything but what the subresource is about stays as it was. */
export function keepAllBut(draft: MutableObject, old: Pod, change: (spec: Loose) => void): void {
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
  validateUpdate: (pod, old) =>
    old.metadata.annotations?.[MIRROR_ANNOTATION] === undefined
      ? [
          ...anyPodErrors(pod),
          ...lostOrChangedErrors(pod.spec.ephemeralContainers ?? [], old.spec.ephemeralContainers ?? []),
        ]
      : [forbidden('[]', 'static pods do not support ephemeral containers')],
}

/** Of several with one name the last one is meant. */
function lostOrChangedErrors(now: readonly Ephemeral[], before: readonly Ephemeral[]): FieldError[] {
  const field = 'spec.ephemeralContainers'
  return before.flatMap((old) => {
    const current = now.findLast((one) => one.name === old.name)
    const which = `existing ephemeral containers ${JSON.stringify(old.name)} may not be`
    if (current === undefined) return [forbidden(field, `${which} removed\n`)]
    if (goSame('core.EphemeralContainer', current, old)) return []
    return [forbidden(field, `${which} changed\n${goDifference('core.EphemeralContainer', old, current)}`)]
  })
}
