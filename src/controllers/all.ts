import type { ResourceRef } from '../api/resource.ts'
import { allResources, type ResourceFacts } from '../api/schema/table.ts'
import { createDisruptionBudgetController } from './disruption_budget/disruption_budget_controller.ts'
import { createEndpointSliceController } from './endpoints/endpoint_slice_controller.ts'
import { createEndpointSliceMirroringController } from './endpoints/endpoint_slice_mirroring_controller.ts'
import { createEndpointsController } from './endpoints/endpoints_controller.ts'
import { createGarbageCollectorController } from './garbage_collector/garbage_collector_controller.ts'
import { createNamespaceController } from './namespace/namespace_controller.ts'
import type { Controller, ControllerDeps } from './runtime/controller.ts'
import type { EventRecorder } from './runtime/events.ts'
import { createServiceAccountController } from './service_account/service_account_controller.ts'
import { createStatefulSetController } from './statefulset/stateful_set_controller.ts'
import { createClaimController } from './volumes/claim_controller.ts'
import { createClaimProtectionController, createVolumeProtectionController } from './volumes/protection.ts'
import type { VolumeStore } from './volumes/store.ts'
import { createVolumeController } from './volumes/volume_controller.ts'

/** What all controllers share; each speaks to users under its own name. */
export interface ControllerSetDeps extends Omit<ControllerDeps, 'events'> {
  readonly eventsOf: (component: string) => EventRecorder
}

export interface ControllerSetOptions {
  /** The certificate of the cluster's authority, PEM. */
  readonly authority: string
  readonly volumeStore: VolumeStore
  readonly featureGates: ReadonlyMap<string, boolean>
  /** Resources besides the built-in ones, such as custom ones; asked each time a namespace is emptied. */
  readonly moreResources?: () => readonly ResourceRef[]
}

/** A controller of any kind: the loop that runs it asks no more of it. */
export type AnyController = Controller<unknown, unknown>

const erased = <View, Plan>(controller: Controller<View, Plan>): AnyController => controller as unknown as AnyController

/** Every controller of the cluster. The only place that knows them all. */
export function createControllers(deps: ControllerSetDeps, options: ControllerSetOptions): readonly AnyController[] {
  const { eventsOf, ...shared } = deps
  const as = (component: string): ControllerDeps => ({ ...shared, events: eventsOf(component) })
  const { authority, volumeStore: store, featureGates, moreResources } = options
  const volumeDeps = as('persistentvolume-controller')
  return [
    erased(createStatefulSetController(as('statefulset-controller'), { featureGates })),
    erased(createEndpointSliceController(as('endpoint-slice-controller'))),
    erased(createEndpointSliceMirroringController(as('endpoint-slice-mirroring-controller'))),
    erased(createEndpointsController(as('endpoint-controller'))),
    erased(createClaimController(volumeDeps, { store })),
    erased(createVolumeController(volumeDeps, { store })),
    erased(createClaimProtectionController(volumeDeps)),
    erased(createVolumeProtectionController(volumeDeps)),
    erased(createGarbageCollectorController(as('garbage-collector-controller'), { resources: ownableResources() })),
    erased(
      createNamespaceController(as('namespace-controller'), {
        resources: () => [...namespacedResources(), ...(moreResources?.() ?? [])],
      }),
    ),
    erased(createServiceAccountController(as('serviceaccount-controller'), { authority })),
    erased(createDisruptionBudgetController(as('controllermanager'))),
  ]
}

const can = ({ verbs }: ResourceFacts, ...wanted: ResourceFacts['verbs']): boolean =>
  wanted.every((verb) => verbs.includes(verb))

/** Built-in resources, each once: a resource that has several versions shows the same objects in all. */
function distinct(facts: readonly ResourceFacts[]): readonly ResourceRef[] {
  const byName = new Map<string, ResourceRef>()
  for (const { ref } of facts) {
    const name = `${ref.group}/${ref.resource}`
    if (!byName.has(name)) byName.set(name, ref)
  }
  return [...byName.values()]
}

/** Events are many, own nothing and are owned by nothing; they end by themselves. */
const ownableResources = (): readonly ResourceRef[] =>
  distinct(allResources().filter((facts) => can(facts, 'list', 'watch', 'delete') && facts.ref.resource !== 'events'))

const namespacedResources = (): readonly ResourceRef[] =>
  distinct(allResources().filter((facts) => facts.ref.namespaced && can(facts, 'list', 'delete')))
