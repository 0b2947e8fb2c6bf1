import { byPreference } from '../api/discovery.ts'
import type { ResourceRef } from '../api/resource.ts'
import { allResources } from '../api/schema/table.ts'
import { createAutoscalingController } from '../controllers/autoscaling/autoscaling_controller.ts'
import type { CertificateSigner } from '../controllers/certificates/signer.ts'
import { createSigningController } from '../controllers/certificates/signing_controller.ts'
import { createCronJobController } from '../controllers/cronjob/cron_job_controller.ts'
import { createDaemonSetController } from '../controllers/daemonset/daemon_set_controller.ts'
import { createDeploymentController } from '../controllers/deployment/deployment_controller.ts'
import { createDisruptionBudgetController } from '../controllers/disruption_budget/disruption_budget_controller.ts'
import { createEndpointSliceController } from '../controllers/endpoints/endpoint_slice_controller.ts'
import { createEndpointSliceMirroringController } from '../controllers/endpoints/endpoint_slice_mirroring_controller.ts'
import { createEndpointsController } from '../controllers/endpoints/endpoints_controller.ts'
import { createGarbageCollectorController } from '../controllers/garbage_collector/garbage_collector_controller.ts'
import { createJobController } from '../controllers/job/job_controller.ts'
import { createNamespaceController } from '../controllers/namespace/namespace_controller.ts'
import { createPodGarbageController } from '../controllers/pod_gc/pod_gc_controller.ts'
import { createResourceQuotaController } from '../controllers/quota/resource_quota_controller.ts'
import {
  createReplicaSetController,
  createReplicationController,
} from '../controllers/replicaset/replica_set_controller.ts'
import { createRoleAggregationController } from '../controllers/role_aggregation/role_aggregation_controller.ts'
import { createRolesController } from '../controllers/roles/roles_controller.ts'
import type { Controller, ControllerDeps } from '../controllers/runtime/controller.ts'
import { createServiceAccountController } from '../controllers/service_account/service_account_controller.ts'
import { createStatefulSetController } from '../controllers/statefulset/stateful_set_controller.ts'
import { createClaimController } from '../controllers/volumes/claim_controller.ts'
import { createExpandController } from '../controllers/volumes/expand_controller.ts'
import {
  createAttributesClassProtectionController,
  createClaimProtectionController,
  createVolumeProtectionController,
} from '../controllers/volumes/protection.ts'
import type { VolumeStore } from '../controllers/volumes/store.ts'
import { createVolumeController } from '../controllers/volumes/volume_controller.ts'
import { createScheduler } from '../scheduler/scheduler.ts'

export interface ControllerOptions {
  readonly featureGates: ReadonlyMap<string, boolean>
  /** The CA that pods trust, as PEM. */
  readonly authority: string
  /** Where the built-in provisioner's volumes live. */
  readonly volumes: VolumeStore
  /** Whether that provisioner serves classes that name others'; a cluster without nodes has no use for it. */
  readonly standInProvisioners?: boolean
  /** Makes the certificates that are asked for and approved; absent: they wait for somebody else's. */
  readonly signer?: CertificateSigner
}

/** A controller and the name under which it acts: its client's user and its events' source. */
export interface NamedController {
  readonly component: string
  readonly create: (deps: ControllerDeps) => Controller<never, never>
}

/** Every controller of a cluster. The only list of them. */
export function allControllers(options: ControllerOptions): readonly NamedController[] {
  const resources = ownableResources()
  const { signer } = options
  return [
    named('default-scheduler', createScheduler),
    named('statefulset-controller', (deps) =>
      createStatefulSetController(deps, { featureGates: options.featureGates }),
    ),
    named('role-controller', createRolesController),
    named('deployment-controller', createDeploymentController),
    named('replicaset-controller', createReplicaSetController),
    named('replication-controller', createReplicationController),
    named('job-controller', createJobController),
    named('daemonset-controller', createDaemonSetController),
    named('cronjob-controller', createCronJobController),
    named('pod-garbage-collector', createPodGarbageController),
    named('horizontal-pod-autoscaler', createAutoscalingController),
    named('endpointslice-controller', createEndpointSliceController),
    named('endpoint-controller', createEndpointsController),
    named('endpoint-slice-mirroring-controller', createEndpointSliceMirroringController),
    named('controllermanager', createDisruptionBudgetController),
    named('generic-garbage-collector', (deps) => createGarbageCollectorController(deps, { resources })),
    named('namespace-controller', (deps) => createNamespaceController(deps, { resources: () => resources })),
    named('resourcequota-controller', (deps) => createResourceQuotaController(deps, { resources })),
    named('persistentvolume-controller', (deps) =>
      createClaimController(deps, { store: options.volumes, standsIn: options.standInProvisioners ?? false }),
    ),
    named('persistentvolume-controller', (deps) => createVolumeController(deps, { store: options.volumes })),
    named('volume-expand', createExpandController),
    named('pvc-protection-controller', createClaimProtectionController),
    named('pv-protection-controller', createVolumeProtectionController),
    named('volumeattributesclass-protection-controller', createAttributesClassProtectionController),
    ...(signer === undefined ? [] : [named('csrsigning', (deps) => createSigningController(deps, { signer }))]),
    named('clusterrole-aggregation-controller', createRoleAggregationController),
    named('service-account-controller', (deps) =>
      createServiceAccountController(deps, { authority: options.authority }),
    ),
  ]
}

function named<View, Plan>(
  component: string,
  create: (deps: ControllerDeps) => Controller<View, Plan>,
): NamedController {
  return { component, create: create as unknown as NamedController['create'] }
}

/** What may own or be owned: everything that can be listed, watched and deleted. Of each kind the version counts that clients prefer. */
function ownableResources(): ResourceRef[] {
  const kept = allResources().filter(({ verbs }) =>
    (['list', 'watch', 'delete'] as const).every((verb) => verbs.includes(verb)),
  )
  const byName = new Map<string, ResourceRef>()
  for (const { ref } of kept) {
    const name = `${ref.resource}.${ref.group}`
    const known = byName.get(name)
    if (known === undefined || byPreference(ref.version, known.version) < 0) byName.set(name, ref)
  }
  return [...byName.values()].filter((ref) => ref.resource !== 'events')
}
