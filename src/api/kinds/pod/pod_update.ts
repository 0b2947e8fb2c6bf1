import { type FieldError, forbidden, invalid, required } from '../../field_error.ts'
import type { Container, Pod, PodSpec } from '../../types.ts'
import { goDifference, goSame } from '../../validation/go_names.ts'
import { INT32_MAX, inRange } from '../../validation/numbers.ts'
import { gatedPodErrors, withOldNodeWishes } from './pod_update_gated.ts'
import { anyPodErrors } from './pod_validation.ts'
import { tolerationErrors } from './pod_validation_scheduling.ts'

const MAY_CHANGE = [
  '`spec.containers[*].image`',
  '`spec.initContainers[*].image`',
  '`spec.activeDeadlineSeconds`',
  '`spec.tolerations` (only additions to existing tolerations)',
  '`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)',
].join(',')

/** What is wrong with a change of a pod: only few fields of its spec may change. */
export function podUpdateErrors(pod: Pod, old: Pod): FieldError[] {
  return [...anyPodErrors(pod), ...changeErrors(pod.spec, old.spec)]
}

/** After some of the faults upstream looks no further. */
function changeErrors(spec: PodSpec, old: PodSpec): FieldError[] {
  const errors: FieldError[] = []
  for (const list of ['containers', 'initContainers'] as const) {
    if ((spec[list] ?? []).length !== (old[list] ?? []).length)
      return [...errors, forbidden(`spec.${list}`, 'pod updates may not add or remove containers')]
    errors.push(...imageErrors(spec[list] ?? [], `spec.${list}`))
  }
  const deadline = deadlineErrors(spec.activeDeadlineSeconds, old.activeDeadlineSeconds)
  if (deadline.length > 0 && spec.activeDeadlineSeconds !== undefined) return [...errors, ...deadline]
  return [
    ...errors,
    ...deadline,
    ...tolerationChangeErrors(spec, old),
    ...addedGateErrors(spec, old),
    ...otherFieldErrors(spec, old),
  ]
}

const imageErrors = (containers: readonly Container[], field: string): FieldError[] =>
  containers.flatMap(({ image = '' }, index) => {
    const at = `${field}[${index}].image`
    if (image === '') return [required(at)]
    return image.trim() === image ? [] : [invalid(at, image, 'must not have leading or trailing whitespace')]
  })

function deadlineErrors(seconds: number | undefined, old: number | undefined): FieldError[] {
  const field = 'spec.activeDeadlineSeconds'
  if (seconds === undefined) {
    return old === undefined ? [] : [invalid(field, null, 'must not update from a positive integer to nil value')]
  }
  const errors = inRange(seconds, 0, INT32_MAX, field)
  if (errors.length > 0 || old === undefined || old >= seconds) return errors
  return [invalid(field, seconds, 'must be less than or equal to previous value')]
}

/** Each old toleration must still be there, if only with other seconds; then all of them are checked once more. */
function tolerationChangeErrors(spec: PodSpec, old: PodSpec): FieldError[] {
  const after = spec.tolerations ?? []
  const plain = (one: object) => ({ ...one, tolerationSeconds: undefined })
  const kept = (old.tolerations ?? []).every((before) =>
    after.some((one) => goSame('core.Toleration', plain(before), plain(one))),
  )
  const detail = 'existing toleration can not be modified except its tolerationSeconds'
  return kept ? tolerationErrors(after, 'spec.tolerations') : [forbidden('spec.tolerations', detail)]
}

/** A gate that is given twice is named once, where it stands last. */
function addedGateErrors(spec: PodSpec, old: PodSpec): FieldError[] {
  const added = new Map((spec.schedulingGates ?? []).map(({ name }, index) => [name ?? '', index] as const))
  for (const { name } of old.schedulingGates ?? []) added.delete(name)
  return [...added].map(([name, index]) =>
    forbidden(
      `spec.schedulingGates[${index}].name`,
      `only deletion is allowed, but found new scheduling gate '${name}'`,
    ),
  )
}

/** The rest of the spec must be as it was; upstream shows the difference with its own field names. */
function otherFieldErrors(spec: PodSpec, old: PodSpec): FieldError[] {
  if (goSame('core.PodSpec', spec, old)) return []
  const gated = (old.schedulingGates ?? []).length > 0
  const munged = withOldMutableFields(gated ? withOldNodeWishes(spec, old) : spec, old)
  const errors = gated ? gatedPodErrors(spec, old) : []
  if (goSame('core.PodSpec', munged, old)) return errors
  const difference = goDifference('core.PodSpec', old, munged)
  return [...errors, forbidden('spec', `pod updates may not change fields other than ${MAY_CHANGE}\n${difference}`)]
}

function withOldMutableFields(spec: PodSpec, old: PodSpec): PodSpec {
  const images = (list: readonly Container[] | undefined, before: readonly Container[] | undefined) =>
    list?.length ? list.map((container, index) => ({ ...container, image: before?.[index]?.image ?? '' })) : undefined
  const munged: Record<string, unknown> = {
    ...spec,
    containers: images(spec.containers, old.containers),
    initContainers: images(spec.initContainers, old.initContainers),
    activeDeadlineSeconds: old.activeDeadlineSeconds,
    tolerations: old.tolerations,
    schedulingGates: old.schedulingGates,
  }
  if (old.terminationGracePeriodSeconds !== undefined && old.terminationGracePeriodSeconds < 0) {
    if (spec.terminationGracePeriodSeconds === 1)
      munged['terminationGracePeriodSeconds'] = old.terminationGracePeriodSeconds
  }
  return munged as unknown as PodSpec
}
