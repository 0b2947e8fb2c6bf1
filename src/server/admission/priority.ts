import { isSystemPriorityClass } from '../../api/kinds/priority_class.ts'
import type { PriorityClass } from '../../api/types.ts'
import type { Store } from '../../store/store.ts'
import { headObject } from '../storage.ts'
import { type AdmissionPlugin, type Attributes, isAbout, refusal } from './admission.ts'

const DEFAULT_PREEMPTION = 'PreemptLowerPriority'

/** Turns the name of a priority class into a number; a pod cannot choose the number itself. */
export const priority: AdmissionPlugin = {
  name: 'Priority',
  admit(attributes, { store, defaultPriorityClass }) {
    if (!isAbout(attributes, '', 'pods')) return
    const { object, old, operation } = attributes
    const { spec } = object
    if (operation === 'UPDATE') {
      const before = (old as { spec?: { priority?: number; preemptionPolicy?: string } } | undefined)?.spec
      spec.priority ??= before?.priority
      spec.preemptionPolicy ??= before?.preemptionPolicy
      return
    }
    if (operation !== 'CREATE') return
    const chosen = classOf(store, spec.priorityClassName, defaultPriorityClass())
    if (chosen === undefined && spec.priorityClassName) {
      throw refusal(attributes, `no PriorityClass with name ${spec.priorityClassName} was found`)
    }
    const value = chosen?.value ?? 0
    if (typeof spec.priority === 'number' && spec.priority !== value) {
      throw refusal(
        attributes,
        `the integer value of priority (${spec.priority}) must not be provided in pod spec; priority admission controller computed ${value} from the given PriorityClass name`,
      )
    }
    if (chosen !== undefined) spec.priorityClassName = chosen.metadata.name
    spec.priority = value
    const preemption = chosen?.preemptionPolicy ?? DEFAULT_PREEMPTION
    if (spec.preemptionPolicy !== undefined && spec.preemptionPolicy !== preemption) {
      throw refusal(
        attributes,
        `the string value of PreemptionPolicy (${spec.preemptionPolicy}) must not be provided in pod spec; priority admission controller computed ${preemption} from the given PriorityClass name`,
      )
    }
    spec.preemptionPolicy = preemption
  },
  validate(attributes, { defaultPriorityClass }) {
    if (!isAbout(attributes, 'scheduling.k8s.io', 'priorityclasses')) return
    if (attributes.operation !== 'DELETE') return refuseSecondDefault(attributes, defaultPriorityClass())
    if (!isSystemPriorityClass(attributes.name)) return
    throw refusal(attributes, 'this is a system priority class and cannot be deleted')
  },
}

/** There is one default class at most. */
function refuseSecondDefault(attributes: Attributes, present: PriorityClass | undefined): void {
  const { name, object, operation } = attributes
  if (object['globalDefault'] !== true || present === undefined) return
  if (operation === 'UPDATE' && present.metadata.name === name) return
  const why = `PriorityClass ${present.metadata.name} is already marked as default. Only one default can exist`
  throw refusal(attributes, why)
}

function classOf(
  store: Store,
  name: string | undefined,
  byDefault: PriorityClass | undefined,
): PriorityClass | undefined {
  return name ? headObject<PriorityClass>(store, 'priorityclasses.scheduling.k8s.io', '', name) : byDefault
}
