import type * as k8s from '@kubernetes/client-node'
import { type FieldError, invalid, required } from '../field_error.ts'
import type { Event } from '../types.ts'
import { formed } from '../validation/checks.ts'
import { equal } from '../validation/equality.ts'
import { goNamed } from '../validation/go_names.ts'
import { qualifiedName } from '../validation/names.ts'
import type { Stored } from './refs.ts'

/** The events of the core as their own API group writes them. */
export type GroupEvent = Stored<k8s.EventsV1Event>

const DEFAULT_NAMESPACE = 'default'
const SYSTEM_NAMESPACE = 'kube-system'
const TYPES = ['Normal', 'Warning']
const MISMATCH = 'does not match event.namespace'
const INSTANCE_CHARACTERS_MAX = 128
const NOTE_BYTES_MAX = 1024
const SERIES_COUNT_MIN = 2

/** What both APIs hold against an event; they call who reports it by different names. */
interface Said {
  readonly eventTime?: string | null | undefined
  readonly about: string | undefined
  readonly namespace: string | undefined
  readonly controllerField: string
  readonly controller: string | undefined
  readonly instance: string | undefined
  readonly action: string | undefined
  readonly reason: string | undefined
  readonly note: string | undefined
}

const mismatch = (about: string): FieldError => invalid('involvedObject.namespace', about, MISMATCH)

/** An event without a time is an old one: it must stand beside what it is about. */
function saidErrors({ eventTime, about = '', namespace = '', ...said }: Said): FieldError[] {
  if (!eventTime) {
    const fits = about === '' ? namespace === '' || namespace === DEFAULT_NAMESPACE : about === namespace
    return fits ? [] : [mismatch(about)]
  }
  const ofCluster = namespace === DEFAULT_NAMESPACE || namespace === SYSTEM_NAMESPACE
  return [
    ...(about === '' && !ofCluster ? [mismatch(about)] : []),
    ...present(said.controller, said.controllerField),
    ...formed(said.controller ?? '', qualifiedName, said.controllerField),
    ...present(said.instance, 'reportingInstance'),
    ...atMost(said.instance, INSTANCE_CHARACTERS_MAX, 'reportingInstance'),
    ...present(said.action, 'action'),
    ...atMost(said.action, INSTANCE_CHARACTERS_MAX, 'action'),
    ...present(said.reason, 'reason'),
    ...atMost(said.reason, INSTANCE_CHARACTERS_MAX, 'reason'),
    ...atMost(said.note, NOTE_BYTES_MAX, 'message'),
  ]
}

const present = (text: string | undefined, field: string): FieldError[] => (text ? [] : [required(field)])

const atMost = (text: string | undefined, most: number, field: string): FieldError[] =>
  (text ?? '').length > most ? [invalid(field, '', `can have at most ${most} characters`)] : []

/** What is wrong with an event of the core. */
export const eventErrors = (event: Event): FieldError[] =>
  saidErrors({
    eventTime: event.eventTime,
    about: event.involvedObject?.namespace,
    namespace: event.metadata.namespace,
    controllerField: 'reportingComponent',
    controller: event.reportingComponent,
    instance: event.reportingInstance,
    action: event.action,
    reason: event.reason,
    note: event.message,
  })

/** The same of one of the group, as far as it holds for changed ones, too. */
const commonErrors = (event: GroupEvent): FieldError[] =>
  saidErrors({
    eventTime: event.eventTime,
    about: event.regarding?.namespace,
    namespace: event.metadata.namespace,
    controllerField: 'reportingController',
    controller: event.reportingController,
    instance: event.reportingInstance,
    action: event.action,
    reason: event.reason,
    note: event.note,
  })

/** What is wrong with a new event of the group: nobody may fill in the fields of old. */
export function groupEventErrors(event: GroupEvent): FieldError[] {
  const { component, host } = event.deprecatedSource ?? {}
  const unset = (field: string, set: unknown): FieldError[] => (set ? [invalid(field, '', 'needs to be unset')] : [])
  return [
    ...commonErrors(event),
    ...seriesErrors(event.series),
    ...present(event.eventTime ?? undefined, 'eventTime'),
    ...(TYPES.includes(event.type ?? '') ? [] : [invalid('type', '', `has invalid value: ${event.type ?? ''}`)]),
    ...unset('firstTimestamp', event.deprecatedFirstTimestamp),
    ...unset('lastTimestamp', event.deprecatedLastTimestamp),
    ...unset('count', event.deprecatedCount),
    ...unset('source', component || host),
  ]
}

function seriesErrors(series: GroupEvent['series']): FieldError[] {
  if (series === undefined) return []
  return [
    ...((series.count ?? 0) < SERIES_COUNT_MIN ? [invalid('series.count', '', 'should be at least 2')] : []),
    ...(series.lastObservedTime ? [] : [required('series.lastObservedTime')]),
  ]
}

/** `[field, its name in the core, its internal type]`, in upstream's order. */
const FIXED: readonly (readonly [keyof GroupEvent & string, string, string?])[] = [
  ['regarding', 'involvedObject', 'core.ObjectReference'],
  ['reason', 'reason'],
  ['note', 'message'],
  ['deprecatedSource', 'source', 'core.EventSource'],
  ['deprecatedFirstTimestamp', 'firstTimestamp'],
  ['deprecatedLastTimestamp', 'lastTimestamp'],
  ['deprecatedCount', 'count'],
  ['reason', 'reason'],
  ['type', 'type'],
  ['eventTime', 'eventTime'],
  ['action', 'action'],
  ['related', 'related', '*core.ObjectReference'],
  ['reportingController', 'reportingController'],
  ['reportingInstance', 'reportingInstance'],
]

/** What is wrong with a changed event of the group: only the series may change. */
export const groupEventUpdateErrors = (event: GroupEvent, old: GroupEvent): FieldError[] => [
  ...commonErrors(event),
  ...(equal(event.series, old.series) ? [] : seriesErrors(event.series)),
  ...FIXED.filter(([field]) => !equal(event[field], old[field])).map(([field, name, type]) => {
    const value = event[field] ?? (NULLABLE.has(field) ? null : (ZERO[field] ?? ''))
    return invalid(name, type === undefined ? value : goNamed(type, event[field]), 'field is immutable')
  }),
]

const NULLABLE = new Set(['eventTime', 'deprecatedFirstTimestamp', 'deprecatedLastTimestamp'])
const ZERO: Readonly<Record<string, unknown>> = { deprecatedCount: 0 }
