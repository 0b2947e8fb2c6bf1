import type { ResourceRef } from '../../api/resource.ts'
import { REPLICA_SETS } from '../../api/resources.ts'
import type { KubeObject, ReplicaSet, ReplicaSetStatus } from '../../api/types.ts'

/** A kind that keeps a number of equal pods, and how it differs from the others. */
export interface ReplicaKind<T extends KubeObject = KubeObject> {
  readonly name: string
  readonly resource: ResourceRef<T>
  /** The object in the form of a ReplicaSet; the same answer for the same object. */
  readonly asSet: (object: T) => ReplicaSet
  /** What the kind's own status has of a ReplicaSet's. */
  readonly statusOf: (status: ReplicaSetStatus) => ReplicaSetStatus
}

export const REPLICA_SET: ReplicaKind<ReplicaSet> = {
  name: 'replicaset',
  resource: REPLICA_SETS,
  asSet: (set) => set,
  statusOf: (status) => status,
}

/** Older than label selectors: its own is nothing but labels. */
export interface ReplicationController extends KubeObject {
  readonly spec?: Omit<NonNullable<ReplicaSet['spec']>, 'selector'> & {
    readonly selector?: Readonly<Record<string, string>>
  }
  readonly status?: ReplicaSetStatus
}

const forms = new WeakMap<ReplicationController, ReplicaSet>()

export const REPLICATION_CONTROLLER: ReplicaKind<ReplicationController> = {
  name: 'replication',
  resource: {
    group: '',
    version: 'v1',
    resource: 'replicationcontrollers',
    kind: 'ReplicationController',
    namespaced: true,
  },
  asSet(controller) {
    const known = forms.get(controller)
    if (known !== undefined) return known
    const { selector, ...spec } = controller.spec ?? {}
    const form: ReplicaSet = { ...controller, spec: { ...spec, selector: { matchLabels: selector ?? {} } } }
    forms.set(controller, form)
    return form
  },
  statusOf: ({ terminatingReplicas: _newer, ...status }) => status,
}
