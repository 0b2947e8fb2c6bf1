import type { PriorityClass } from '../../api/types.ts'
import type { Store } from '../../store/store.ts'
import { forbidden } from '../api_errors.ts'
import { headObject } from '../storage.ts'
import { type AdmissionPlugin, isAbout } from './admission.ts'

const DEFAULT_PREEMPTION = 'PreemptLowerPriority'

/** Turns the name of a priority class into a number; a pod cannot choose the number itself. */
export const priority: AdmissionPlugin = {
  name: 'Priority',
  admit(attributes, { store, defaultPriorityClass }) {
    if (!isAbout(attributes, '', 'pods')) return
    const { object, old, operation, facts } = attributes
    const { spec } = object
    if (operation === 'UPDATE') {
      const before = (old as { spec?: { priority?: number; preemptionPolicy?: string } } | undefined)?.spec
      spec.priority ??= before?.priority
      spec.preemptionPolicy ??= before?.preemptionPolicy
      return
    }
    if (operation !== 'CREATE') return
    const chosen = classOf(store, spec.priorityClassName, defaultPriorityClass())
    const name = String(object.metadata['name'] ?? '')
    if (chosen === undefined && spec.priorityClassName) {
      throw forbidden(facts.ref, name, `no PriorityClass with name ${spec.priorityClassName} was found`)
    }
    const value = chosen?.value ?? 0
    if (typeof spec.priority === 'number' && spec.priority !== value) {
      throw forbidden(
        facts.ref,
        name,
        `the integer value of priority (${spec.priority}) must not be provided in pod spec; priority admission controller computed ${value} from the given PriorityClass name`,
      )
    }
    if (chosen !== undefined) spec.priorityClassName = chosen.metadata.name
    spec.priority = value
    const preemption = chosen?.preemptionPolicy ?? DEFAULT_PREEMPTION
    if (spec.preemptionPolicy && spec.preemptionPolicy !== preemption) {
      throw forbidden(
        facts.ref,
        name,
        `the string value of PreemptionPolicy (${spec.preemptionPolicy}) must not be provided in pod spec; priority admission controller computed ${preemption} from the given PriorityClass name`,
      )
    }
    spec.preemptionPolicy = preemption
  },
}

function classOf(
  store: Store,
  name: string | undefined,
  byDefault: PriorityClass | undefined,
): PriorityClass | undefined {
  return name ? headObject<PriorityClass>(store, 'priorityclasses.scheduling.k8s.io', '', name) : byDefault
}
