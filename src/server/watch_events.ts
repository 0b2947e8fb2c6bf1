import type { WatchEventType } from '../api/request.ts'
import type { ResourceFacts } from '../api/schema/table.ts'
import type { KubeObject } from '../api/types.ts'
import type { StoredObject, StoreEvent } from '../store/store.ts'
import type { View } from './call.ts'
import { withVersion } from './metadata.ts'
import type { Selection } from './selection.ts'
import { viewOf } from './storage.ts'

/** One change as a watcher with a selection sees it. */
export interface WatchChange {
  readonly type: WatchEventType
  readonly view: View
}

/**
 * What a change of the store means to a watcher: an object that begins to match is ADDED, one that
 * ceases to match is DELETED and shown as it last matched.
 */
export function changeFor(facts: ResourceFacts, selection: Selection, event: StoreEvent): WatchChange | undefined {
  const current = viewOf(facts, event.current)
  if (selection.all) return { type: PLAIN_TYPES[event.type], view: current }
  const before = event.previous !== undefined && selection.matches(viewOf(facts, event.previous).object)
  const now = event.type !== 'deleted' && selection.matches(current.object)
  if (now) return { type: before ? 'MODIFIED' : 'ADDED', view: current }
  if (!before || event.previous === undefined) return undefined
  return {
    type: 'DELETED',
    view: event.type === 'deleted' ? current : lastMatching(facts, event.previous, event.revision),
  }
}

const PLAIN_TYPES: Readonly<Record<StoreEvent['type'], WatchEventType>> = {
  created: 'ADDED',
  updated: 'MODIFIED',
  deleted: 'DELETED',
}

function lastMatching(facts: ResourceFacts, previous: StoredObject, revision: number): View {
  return { object: withVersion(viewOf(facts, previous).object, revision), bytes: undefined }
}

/** The annotation by which a client knows that it has seen everything that existed when it asked. */
const INITIAL_EVENTS_END = { 'k8s.io/initial-events-end': 'true' }

/** An object of the kind with nothing but a version: everything up to there has been told. */
export function bookmarkOf(facts: ResourceFacts, revision: number, initialEventsEnd: boolean): WatchChange {
  const { group, version, kind } = facts.ref
  const object = {
    kind,
    apiVersion: group === '' ? version : `${group}/${version}`,
    metadata: {
      resourceVersion: String(revision),
      ...(initialEventsEnd ? { annotations: INITIAL_EVENTS_END } : {}),
    },
  } as unknown as KubeObject
  return { type: 'BOOKMARK', view: { object, bytes: undefined } }
}
