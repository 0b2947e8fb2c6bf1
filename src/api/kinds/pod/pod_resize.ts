import { type FieldError, forbidden, invalid } from '../../field_error.ts'
import type { SubresourceRules } from '../../kind_rules.ts'
import type { Container, Pod, PodSpec } from '../../types.ts'
import { goSame } from '../../validation/go_names.ts'
import { items, type Loose } from '../draft.ts'
import { qualityOfService } from './pod_quality.ts'
import { keepAllBut, MIRROR_ANNOTATION } from './pod_subresources.ts'
import { anyPodErrors } from './pod_validation.ts'

type Resources = NonNullable<Container['resources']>
type Amounts = Readonly<Record<string, string>>
type ListName = 'containers' | 'initContainers'

const LISTS: readonly ListName[] = ['containers', 'initContainers']

/** `pods/resize`: what containers, and the pod as a whole, ask for and may use can change while they run. */
export const resizeRules: SubresourceRules<Pod> = {
  prepareUpdate: (draft, old) => {
    const asked = draft['spec'] ?? {}
    const isOther = LISTS.some((list) => items(asked[list]).length !== (old.spec[list] ?? []).length)
    if (isOther) return
    keepAllBut(draft, old, (spec) => {
      if (asked.resources === undefined) delete spec.resources
      else spec.resources = asked.resources
      for (const list of LISTS) takeResources(spec, items(asked[list]), list)
    })
  },
  validateUpdate: (pod, old) => {
    const { annotations } = old.metadata
    if (annotations?.[MIRROR_ANNOTATION] !== undefined) return [forbidden('[]', 'static pods cannot be resized')]
    if (old.spec.os?.name === 'windows') return [forbidden('[]', 'windows pods cannot be resized')]
    const errors = [...anyPodErrors(pod), ...classErrors(pod, old), ...nodeErrors(old), ...podLevelErrors(pod, old)]
    const order = orderErrors(pod.spec, old.spec)
    if (order.length > 0) return [...errors, ...order]
    const found = [...errors, ...containersErrors(pod.spec, old.spec)]
    return found.length > 0 || isResizeOnly(pod.spec, old.spec) ? found : [forbidden('spec', `${ONLY} mutable`)]
  },
}

/** Containers that have other names, or stand in another order, are left for validation to refuse. */
function takeResources(spec: Loose, asked: Loose[], list: ListName): void {
  const isOther = asked.some((container, index) => container.name !== spec[list][index].name)
  if (isOther) spec[list] = asked
  else for (const [index, container] of asked.entries()) takeOne(spec[list][index], container)
}

function takeOne(container: Loose, asked: Loose): void {
  for (const field of ['resources', 'resizePolicy']) {
    if (asked[field] === undefined) delete container[field]
    else container[field] = asked[field]
  }
}

function classErrors(pod: Pod, old: Pod): FieldError[] {
  const before = old.status?.qosClass ?? qualityOfService(old.spec)
  if (before === qualityOfService(pod.spec)) return []
  return [invalid('spec', pod.status?.qosClass ?? '', 'Pod QOS Class may not change as a result of resizing')]
}

/** A node that resizes tells of a running container what it may use; before one runs, nobody knows. */
function nodeErrors({ status }: Pod): FieldError[] {
  const running = (status?.containerStatuses ?? []).find(({ state }) => state?.running !== undefined)
  if (running === undefined || running.resources !== undefined) return []
  return [forbidden('spec', 'Pod running on node without support for resize')]
}

const ONLY = 'only cpu and memory resources are'

const isSet = (resources: Resources | undefined): boolean =>
  Object.keys(resources?.requests ?? {}).length + Object.keys(resources?.limits ?? {}).length > 0

function podLevelErrors(pod: Pod, old: Pod): FieldError[] {
  const [now, before] = [pod.spec.resources, old.spec.resources]
  if (!isSet(now) && !isSet(before)) return []
  const field = 'spec.resources'
  if (before !== undefined && now === undefined) return [forbidden(field, 'pod-level resources cannot be removed')]
  const errors = before === undefined ? [] : removedErrors(now ?? {}, before, field, 'pod-level resource ')
  const isSame = goSame('core.PodSpec', { resources: withOldAmounts(now, before) }, { resources: before })
  return isSame ? errors : [...errors, forbidden('spec', `${ONLY} mutable at pod-level`)]
}

/** Amounts may change, and never go. */
function removedErrors(now: Resources, before: Resources, field: string, what: string): FieldError[] {
  return (['requests', 'limits'] as const).flatMap((half) => {
    const isRemoved = Object.keys(before[half] ?? {}).some((name) => now[half]?.[name] === undefined)
    return isRemoved ? [forbidden(`${field}.${half}`, `${what}${half} cannot be removed`)] : []
  })
}

function orderErrors(spec: PodSpec, old: PodSpec): FieldError[] {
  return LISTS.flatMap((list) => {
    const [now, before] = [spec[list] ?? [], old[list] ?? []]
    if (now.length !== before.length)
      return [forbidden(`spec.${list}`, `${list} may not be added or removed on resize`)]
    return before.flatMap(({ name }, index) =>
      name === now[index]?.name
        ? []
        : [forbidden(`spec.${list}[${index}].name`, `${list} may not be renamed or reordered on resize`)],
    )
  })
}

/** What was found in the containers; those that prepare the pod are looked at first where amounts go. */
function containersErrors(spec: PodSpec, old: PodSpec): FieldError[] {
  const removed = LISTS.toReversed().flatMap((list) =>
    (old[list] ?? []).flatMap(({ resources = {} }, index) => {
      const now = spec[list]?.[index]?.resources ?? {}
      return removedErrors(now, resources, `spec.${list}[${index}].resources`, 'resource ')
    }),
  )
  const others = (old.containers ?? []).flatMap((before, index) =>
    isSameBut(spec.containers[index], before) ? [] : [forbidden('spec', `${ONLY} mutable`)],
  )
  const initial = (old.initContainers ?? []).flatMap((before, index) =>
    initContainerErrors(spec.initContainers?.[index], before, `spec.initContainers[${index}]`),
  )
  return [...removed, ...others, ...initial]
}

function initContainerErrors(now: Container | undefined, before: Container, field: string): FieldError[] {
  const detail = 'only cpu and memory resources for init or sidecar containers are mutable'
  const errors = isSameBut(now, before) ? [] : [forbidden(field, detail)]
  if (now?.restartPolicy === 'Always' || goSame('core.Container', now, before)) return errors
  const restarts = (now?.resizePolicy ?? []).filter(({ restartPolicy }) => restartPolicy === 'RestartContainer')
  const refused = 'non-sidecar init containers with a resize policy of RestartContainer cannot be resized'
  return [...errors, ...restarts.map(() => forbidden(field, refused))]
}

const isSameBut = (now: Container | undefined, before: Container): boolean =>
  goSame('core.Container', now && withOldResources(now, before), before)

/** The container as it would be had nobody touched its CPU and memory; claims are no part of a resize. */
function withOldResources(container: Container, before: Container): Container {
  const { claims: _dropped, ...resources } = withOldAmounts(container.resources ?? {}, before.resources) ?? {}
  return { ...container, resources }
}

function withOldAmounts(now: Resources | undefined, before: Resources | undefined): Resources | undefined {
  if (now === undefined) return undefined
  const requests = withOldOnes(now.requests, before?.requests)
  const limits = withOldOnes(now.limits, before?.limits)
  const { claims } = now
  if (before === undefined && isEmpty(requests) && isEmpty(limits) && !claims?.length) return undefined
  return { ...now, requests, limits }
}

const isEmpty = (amounts: Amounts): boolean => Object.keys(amounts).length === 0

function withOldOnes(now: Amounts = {}, before: Amounts = {}): Amounts {
  const { cpu: _cpu, memory: _memory, ...others } = now
  const { cpu, memory } = before
  return { ...others, ...(cpu === undefined ? {} : { cpu }), ...(memory === undefined ? {} : { memory }) }
}

/** Whether nothing but amounts of CPU and memory differs. */
function isResizeOnly(spec: PodSpec, old: PodSpec): boolean {
  const containers = spec.containers.map((one, index) => withOldResources(one, old.containers[index] ?? one))
  const initContainers = spec.initContainers?.map((one, index) =>
    withOldResources(one, old.initContainers?.[index] ?? one),
  )
  const isPodLevel = isSet(spec.resources) || isSet(old.resources)
  const resources = isPodLevel ? withOldAmounts(spec.resources, old.resources) : spec.resources
  return goSame('core.PodSpec', { ...spec, containers, initContainers, resources }, old)
}
