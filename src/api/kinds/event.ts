import type { Millis } from '../../base/clock.ts'
import type { Cell, KindRules } from '../kind_rules.ts'
import { EVENTS } from '../resources.ts'
import type { Event } from '../types.ts'
import { ageOf } from './durations.ts'
import { eventErrors, type GroupEvent, groupEventErrors, groupEventUpdateErrors } from './event_validation.ts'
import { namespacedRef } from './refs.ts'

function cells(event: Event, now: Millis): Cell[] {
  const first = ageOf(event.firstTimestamp ?? event.eventTime, now)
  const last = event.lastTimestamp ? ageOf(event.lastTimestamp, now) : first
  const { series } = event
  return [
    series?.lastObservedTime ? ageOf(series.lastObservedTime, now) : last,
    event.type ?? '',
    event.reason ?? '',
    objectCell(event.involvedObject),
    event.involvedObject?.fieldPath ?? '',
    sourceCell(event.source, event.reportingComponent, event.reportingInstance),
    (event.message ?? '').trim(),
    first,
    series?.count ?? (event.count || 1),
    event.metadata.name,
  ]
}

const objectCell = (about: Event['involvedObject'] | undefined): string =>
  about?.name ? `${(about.kind ?? '').toLowerCase()}/${about.name}` : (about?.kind ?? '').toLowerCase()

function sourceCell(source: Event['source'], controller = '', instance = ''): string {
  const [component, host] = source?.component ? [source.component, source.host ?? ''] : [controller, instance]
  return host === '' ? component : `${component}, ${host}`
}

/** An event of the group in the fields of the core, for its row. */
function asCore(event: GroupEvent): Event {
  const {
    regarding,
    note,
    deprecatedSource,
    deprecatedCount,
    deprecatedFirstTimestamp,
    deprecatedLastTimestamp,
    ...rest
  } = event
  return {
    ...rest,
    involvedObject: regarding ?? {},
    message: note ?? '',
    reportingComponent: event.reportingController ?? '',
    ...(deprecatedSource === undefined ? {} : { source: deprecatedSource }),
    ...(deprecatedCount === undefined ? {} : { count: deprecatedCount }),
    ...(deprecatedFirstTimestamp === undefined ? {} : { firstTimestamp: deprecatedFirstTimestamp }),
    ...(deprecatedLastTimestamp === undefined ? {} : { lastTimestamp: deprecatedLastTimestamp }),
  } as Event
}

const fieldsOf = (event: Event): Record<string, string> => {
  const { involvedObject: about } = event
  return {
    'involvedObject.kind': about?.kind ?? '',
    'involvedObject.namespace': about?.namespace ?? '',
    'involvedObject.name': about?.name ?? '',
    'involvedObject.uid': about?.uid ?? '',
    'involvedObject.apiVersion': about?.apiVersion ?? '',
    'involvedObject.resourceVersion': about?.resourceVersion ?? '',
    'involvedObject.fieldPath': about?.fieldPath ?? '',
    reason: event.reason ?? '',
    reportingComponent: event.reportingComponent ?? '',
    source: event.source?.component || (event.reportingComponent ?? ''),
    type: event.type ?? '',
  }
}

const groupFieldsOf = ({ regarding, reason, reportingController, type }: GroupEvent): Record<string, string> => ({
  'regarding.kind': regarding?.kind ?? '',
  'regarding.namespace': regarding?.namespace ?? '',
  'regarding.name': regarding?.name ?? '',
  'regarding.uid': regarding?.uid ?? '',
  'regarding.apiVersion': regarding?.apiVersion ?? '',
  'regarding.resourceVersion': regarding?.resourceVersion ?? '',
  'regarding.fieldPath': regarding?.fieldPath ?? '',
  reason: reason ?? '',
  reportingController: reportingController ?? '',
  type: type ?? '',
})

/** Events of the core API: hardly checked. */
export const eventRules: KindRules<Event> = {
  resource: EVENTS,
  createOnUpdate: true,
  generation: 'none',
  validateCreate: eventErrors,
  selectableFields: fieldsOf,
  cells,
}

/** Events of the API group `events.k8s.io`. */
export const groupEventRules: KindRules<GroupEvent> = {
  resource: namespacedRef('events.k8s.io/v1', 'events', 'Event'),
  createOnUpdate: true,
  generation: 'none',
  validateCreate: groupEventErrors,
  validateUpdate: groupEventUpdateErrors,
  selectableFields: groupFieldsOf,
  cells: (event, now) => cells(asCore(event), now),
}
