import type { ResourceRef } from '../resource.ts'

/** How upstream looks at the metadata of one kind, besides what it checks for all kinds alike. */
export interface MetadataChecks {
  /**
   * What the kind's own validation of an update looks at, in its order: the metadata as those of an object, or their change.
   * Each look tells the same fault once more, so a client sees how many there were.
   */
  readonly onUpdate: readonly ('change' | 'whole')[]
  /** A finalizer needs neither to be a standard one nor to have a domain. */
  readonly anyFinalizer?: true
  /** The kind's own validation of a new object does not look at metadata: only what is right otherwise is looked at. */
  readonly lastOnCreate?: true
  /** The kind does not look at the metadata once more when its status changes. */
  readonly bareStatus?: true
  /** PUT without a resourceVersion is refused. */
  readonly versionNeeded?: true
}

const AS_MOST: MetadataChecks = { onUpdate: ['change', 'whole'] }
const CHANGE: MetadataChecks = { onUpdate: ['change'] }
const WHOLE: MetadataChecks = { onUpdate: ['whole'] }
const ADMISSION: MetadataChecks = { onUpdate: ['whole'], anyFinalizer: true, versionNeeded: true }

/** Observed on v1.36.3, one PUT a kind and fault. Kinds that are not here are as most. */
const CHECKS: Readonly<Record<string, MetadataChecks>> = {
  'apiservices.apiregistration.k8s.io': { ...AS_MOST, anyFinalizer: true, versionNeeded: true },
  'cronjobs.batch': { ...CHANGE, bareStatus: true },
  'csidrivers.storage.k8s.io': { ...CHANGE, versionNeeded: true },
  'csinodes.storage.k8s.io': { ...WHOLE, versionNeeded: true },
  'csistoragecapacities.storage.k8s.io': { ...AS_MOST, versionNeeded: true },
  'customresourcedefinitions.apiextensions.k8s.io': { ...AS_MOST, anyFinalizer: true, versionNeeded: true },
  'daemonsets.apps': CHANGE,
  'deployments.apps': CHANGE,
  'endpointslices.discovery.k8s.io': WHOLE,
  'events.': { onUpdate: [], anyFinalizer: true, lastOnCreate: true },
  'events.events.k8s.io': CHANGE,
  'flowschemas.flowcontrol.apiserver.k8s.io': WHOLE,
  'horizontalpodautoscalers.autoscaling': CHANGE,
  'ipaddresses.networking.k8s.io': CHANGE,
  'leases.coordination.k8s.io': { ...CHANGE, anyFinalizer: true, versionNeeded: true },
  'limitranges.': WHOLE,
  'mutatingadmissionpolicies.admissionregistration.k8s.io': ADMISSION,
  'mutatingadmissionpolicybindings.admissionregistration.k8s.io': ADMISSION,
  'mutatingwebhookconfigurations.admissionregistration.k8s.io': ADMISSION,
  'networkpolicies.networking.k8s.io': CHANGE,
  'persistentvolumes.': { onUpdate: ['whole', 'whole'] },
  'poddisruptionbudgets.policy': {
    ...{ onUpdate: [], anyFinalizer: true, lastOnCreate: true, versionNeeded: true },
    bareStatus: true,
  },
  'podtemplates.': CHANGE,
  'priorityclasses.scheduling.k8s.io': CHANGE,
  'prioritylevelconfigurations.flowcontrol.apiserver.k8s.io': WHOLE,
  'replicasets.apps': CHANGE,
  'replicationcontrollers.': CHANGE,
  'resourcequotas.': CHANGE,
  'resourceslices.resource.k8s.io': CHANGE,
  'runtimeclasses.node.k8s.io': { ...AS_MOST, anyFinalizer: true, versionNeeded: true },
  'servicecidrs.networking.k8s.io': CHANGE,
  'services.': CHANGE,
  'statefulsets.apps': CHANGE,
  'validatingadmissionpolicies.admissionregistration.k8s.io': ADMISSION,
  'validatingadmissionpolicybindings.admissionregistration.k8s.io': ADMISSION,
  'validatingwebhookconfigurations.admissionregistration.k8s.io': ADMISSION,
  'volumeattachments.storage.k8s.io': { ...WHOLE, versionNeeded: true },
}

export const metadataChecksOf = ({ resource, group }: Pick<ResourceRef, 'resource' | 'group'>): MetadataChecks =>
  CHECKS[`${resource}.${group}`] ?? AS_MOST
