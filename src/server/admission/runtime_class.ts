import { compareQuantities } from '../../api/quantity.ts'
import type { KubeObject } from '../../api/types.ts'
import { equal } from '../../api/validation/equality.ts'
import { rawServerError } from '../api_errors.ts'
import { headObject } from '../storage.ts'
import { type AdmissionContext, type AdmissionPlugin, type Attributes, isAbout, refusal } from './admission.ts'

type Quantities = Readonly<Record<string, string>>

interface Toleration {
  readonly key?: string
  readonly operator?: string
  readonly value?: string
  readonly effect?: string
  readonly tolerationSeconds?: number
}

interface RuntimeClass extends KubeObject {
  readonly overhead?: { readonly podFixed?: Quantities }
  readonly scheduling?: {
    readonly nodeSelector?: Readonly<Record<string, string>>
    readonly tolerations?: readonly Toleration[]
  }
}

/** A pod of a class costs what the class says, and runs where the class runs. */
export const runtimeClass: AdmissionPlugin = {
  name: 'RuntimeClass',
  admit(attributes, context) {
    if (!isNewPod(attributes)) return
    const found = classOf(attributes, context)
    if (found?.overhead !== undefined) setOverhead(attributes, found.overhead.podFixed)
    if (found?.scheduling !== undefined) setScheduling(attributes, found.scheduling)
  },
  validate(attributes, context) {
    if (!isNewPod(attributes)) return
    const fixed = classOf(attributes, context)?.overhead
    const { overhead } = attributes.object['spec']
    if (fixed !== undefined && !sameAmounts(fixed.podFixed, overhead)) throw mismatch(attributes)
    if (fixed === undefined && overhead !== undefined) {
      throw refusal(attributes, 'pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead')
    }
  },
}

const isNewPod = (attributes: Attributes): boolean =>
  attributes.operation === 'CREATE' && isAbout(attributes, '', 'pods')

const mismatch = (attributes: Attributes) =>
  refusal(attributes, "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead")

/** @throws ApiError 403 when the class is not there */
function classOf(attributes: Attributes, { store }: AdmissionContext): RuntimeClass | undefined {
  const name: string | undefined = attributes.object['spec'].runtimeClassName
  if (name === undefined) return undefined
  if (name === '') throw rawServerError('resource name may not be empty')
  const found = headObject<RuntimeClass>(store, 'runtimeclasses.node.k8s.io', '', name)
  if (found !== undefined) return found
  throw refusal(attributes, `pod rejected: RuntimeClass ${JSON.stringify(name)} not found`)
}

function sameAmounts(one: Quantities = {}, other: Quantities = {}): boolean {
  const names = new Set([...Object.keys(one), ...Object.keys(other)])
  return [...names].every((name) => name in one && name in other && compareQuantities(one[name], other[name]) === 0)
}

function setOverhead(attributes: Attributes, fixed: Quantities = {}): void {
  const { spec } = attributes.object
  if (Object.keys(spec.overhead ?? {}).length > 0 && !sameAmounts(fixed, spec.overhead)) throw mismatch(attributes)
  if (Object.keys(fixed).length > 0) spec.overhead = { ...fixed }
}

function setScheduling(
  attributes: Attributes,
  { nodeSelector = {}, tolerations = [] }: NonNullable<RuntimeClass['scheduling']>,
) {
  const { spec } = attributes.object
  for (const [key, value] of Object.entries(nodeSelector)) {
    const own = spec.nodeSelector?.[key]
    if (own === undefined || own === value) continue
    const why = `conflict: runtimeClass.scheduling.nodeSelector[${key}] = ${value}; pod.spec.nodeSelector[${key}] = ${own}`
    throw refusal(attributes, why)
  }
  if (Object.keys(nodeSelector).length > 0) spec.nodeSelector = { ...spec.nodeSelector, ...nodeSelector }
  const merged = mergedTolerations([...(spec.tolerations ?? []), ...tolerations])
  if (merged.length > 0) spec.tolerations = merged
}

/** What another toleration covers is left out; of equal ones the first stays. */
function mergedTolerations(all: readonly Toleration[]): Toleration[] {
  const merged: Toleration[] = []
  for (const [at, one] of all.entries()) {
    const isCovered = merged.some((other) => covers(other, one))
    const willBe = all.slice(at + 1).some((other) => !equal(one, other) && covers(other, one))
    if (!isCovered && !willBe) merged.push(one)
  }
  return merged
}

/** Whether the first tolerates everything that the second does. */
function covers(wide: Toleration, narrow: Toleration): boolean {
  if (equal(wide, narrow)) return true
  if (narrow.key !== wide.key && (wide.key || wide.operator !== 'Exists')) return false
  if (narrow.effect !== wide.effect && wide.effect) return false
  if (wide.effect === 'NoExecute' && wide.tolerationSeconds !== undefined) {
    if (narrow.tolerationSeconds === undefined || narrow.tolerationSeconds > wide.tolerationSeconds) return false
  }
  if (wide.operator === 'Exists') return true
  if (wide.operator && wide.operator !== 'Equal') return false
  return narrow.operator === 'Equal' && (narrow.value ?? '') === (wide.value ?? '')
}
