import type { MutableObject } from '../api/kind_rules.ts'
import type { KubeObject } from '../api/types.ts'

/** Field names of events.k8s.io/v1, and what core/v1 calls the same. */
const RENAMED: readonly (readonly [eventsName: string, coreName: string])[] = [
  ['regarding', 'involvedObject'],
  ['note', 'message'],
  ['reportingController', 'reportingComponent'],
  ['deprecatedSource', 'source'],
  ['deprecatedFirstTimestamp', 'firstTimestamp'],
  ['deprecatedLastTimestamp', 'lastTimestamp'],
  ['deprecatedCount', 'count'],
]

const TO_CORE = new Map(RENAMED)
const FROM_CORE = new Map(RENAMED.map(([eventsName, coreName]) => [coreName, eventsName] as const))

/** Fields that core/v1 always writes, with their empty value; events.k8s.io/v1 leaves some out. */
const CORE_EMPTY = {
  involvedObject: {},
  source: {},
  firstTimestamp: null,
  lastTimestamp: null,
  eventTime: null,
  reportingComponent: '',
  reportingInstance: '',
}

function renamed(object: object, names: ReadonlyMap<string, string>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).map(([field, value]) => [names.get(field) ?? field, value]))
}

/** An event of events.k8s.io/v1 as core/v1 keeps it. */
export function eventToCore(event: MutableObject): MutableObject {
  return { ...CORE_EMPTY, ...renamed(event, TO_CORE), apiVersion: 'v1' } as unknown as MutableObject
}

/** A kept event as events.k8s.io/v1 shows it. */
export function eventFromCore(event: KubeObject): KubeObject {
  const shown = Object.entries(renamed(event, FROM_CORE)).filter(([, value]) => value !== '')
  return { ...Object.fromEntries(shown), apiVersion: 'events.k8s.io/v1' } as unknown as KubeObject
}
