import { type FieldError, forbidden, invalid, required } from '../field_error.ts'
import type { Container, Pod, PodSpec } from '../types.ts'
import { equal } from '../validation/equality.ts'
import { goDifference } from '../validation/go_names.ts'
import { immutableErrors } from '../validation/metadata.ts'
import { qualifiedName } from '../validation/names.ts'
import { INT32_MAX, inRange } from '../validation/numbers.ts'
import { podSpecErrors } from './pod_validation.ts'

const MAY_CHANGE = [
  '`spec.containers[*].image`',
  '`spec.initContainers[*].image`',
  '`spec.activeDeadlineSeconds`',
  '`spec.tolerations` (only additions to existing tolerations)',
  '`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)',
].join(',')

/** What is wrong with a change of a pod: only few fields of its spec may change. */
export function podUpdateErrors(pod: Pod, old: Pod): FieldError[] {
  const errors = podSpecErrors(pod.spec, 'spec')
  const counts = [
    ...containerCountErrors(pod.spec, old.spec, 'containers'),
    ...containerCountErrors(pod.spec, old.spec, 'initContainers'),
  ]
  if (counts.length > 0) return [...errors, ...counts]
  return [
    ...errors,
    ...emptyImageErrors(pod.spec.containers ?? [], 'spec.containers'),
    ...emptyImageErrors(pod.spec.initContainers ?? [], 'spec.initContainers'),
    ...deadlineErrors(pod.spec.activeDeadlineSeconds, old.spec.activeDeadlineSeconds),
    ...removedTolerationErrors(pod.spec, old.spec),
    ...addedGateErrors(pod.spec, old.spec),
    ...otherFieldErrors(pod.spec, old.spec),
  ]
}

function containerCountErrors(spec: PodSpec, old: PodSpec, list: 'containers' | 'initContainers'): FieldError[] {
  const same = (spec[list] ?? []).length === (old[list] ?? []).length
  return same ? [] : [forbidden(`spec.${list}`, 'pod updates may not add or remove containers')]
}

const emptyImageErrors = (containers: readonly Container[], field: string): FieldError[] =>
  containers.flatMap(({ image = '' }, index) => (image.trim() === '' ? [required(`${field}[${index}].image`)] : []))

function deadlineErrors(seconds: number | undefined, old: number | undefined): FieldError[] {
  const field = 'spec.activeDeadlineSeconds'
  if (seconds === undefined) {
    return old === undefined ? [] : [invalid(field, null, 'must not update from a positive integer to nil value')]
  }
  const errors = inRange(seconds, 0, INT32_MAX, field)
  if (errors.length > 0 || old === undefined || old >= seconds) return errors
  return [invalid(field, seconds, 'must be less than or equal to previous value')]
}

/** Each old toleration must still be there, if only with other seconds. */
function removedTolerationErrors(spec: PodSpec, old: PodSpec): FieldError[] {
  const plain = (one: object) => ({ ...one, tolerationSeconds: undefined })
  const kept = (old.tolerations ?? []).every((before) =>
    (spec.tolerations ?? []).some((after) => equal(plain(before), plain(after))),
  )
  const detail = 'existing toleration can not be modified except its tolerationSeconds'
  return kept ? [] : [forbidden('spec.tolerations', detail)]
}

function addedGateErrors(spec: PodSpec, old: PodSpec): FieldError[] {
  const before = new Set((old.schedulingGates ?? []).map((gate) => gate.name))
  return (spec.schedulingGates ?? []).flatMap(({ name }, index) =>
    before.has(name)
      ? []
      : [
          forbidden(
            `spec.schedulingGates[${index}].name`,
            `only deletion is allowed, but found new scheduling gate '${name}'`,
          ),
        ],
  )
}

/** The rest of the spec must be as it was; upstream shows the difference with its own field names. */
function otherFieldErrors(spec: PodSpec, old: PodSpec): FieldError[] {
  const munged = withOldMutableFields(spec, old)
  if (equal(munged, old)) return []
  const difference = goDifference('core.PodSpec', old, munged)
  return [forbidden('spec', `pod updates may not change fields other than ${MAY_CHANGE}\n${difference}`)]
}

function withOldMutableFields(spec: PodSpec, old: PodSpec): PodSpec {
  const images = (list: readonly Container[] | undefined, before: readonly Container[] | undefined) =>
    list?.map((container, index) => {
      const image = before?.[index]?.image
      return image === undefined ? container : { ...container, image }
    })
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
  if ((old.schedulingGates ?? []).length > 0 && selectorNarrows(spec, old)) munged['nodeSelector'] = old.nodeSelector
  return munged as unknown as PodSpec
}

/** While a pod is gated, its node selector may get more conditions. */
const selectorNarrows = (spec: PodSpec, old: PodSpec): boolean =>
  Object.entries(old.nodeSelector ?? {}).every(([key, value]) => spec.nodeSelector?.[key] === value)

/** What is wrong with a pod's new status. */
export function podStatusUpdateErrors(pod: Pod, old: Pod): FieldError[] {
  return [
    ...conditionErrors(pod),
    ...transitionErrors(pod, old),
    ...(pod.status?.qosClass === old.status?.qosClass
      ? []
      : immutableErrors(pod.status?.qosClass, old.status?.qosClass, 'status.qosClass')),
  ]
}

const conditionErrors = (pod: Pod): FieldError[] =>
  (pod.status?.conditions ?? []).flatMap(({ type }, index) =>
    qualifiedName(type).map((fault) => invalid(`status.conditions[${index}].Type`, type, fault)),
  )

/** A container that has ended stays so, unless the pod's policy is to start it again. */
function transitionErrors(pod: Pod, old: Pod): FieldError[] {
  if (old.spec.restartPolicy === 'Always') return []
  const mayRestart = (exitCode: number) => old.spec.restartPolicy === 'OnFailure' && exitCode !== 0
  return (pod.status?.containerStatuses ?? []).flatMap((status, index) => {
    const before = (old.status?.containerStatuses ?? []).find((one) => one.name === status.name)?.state?.terminated
    if (before === undefined || mayRestart(before.exitCode) || status.state?.terminated) return []
    return [forbidden(`status.containerStatuses[${index}].state`, 'may not be transitioned to non-terminated state')]
  })
}
