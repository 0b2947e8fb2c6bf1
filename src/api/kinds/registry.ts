import type { KindRules } from '../kind_rules.ts'
import type { ResourceRef } from '../resource.ts'
import table from '../schema/resources.json' with { type: 'json' }
import { admissionPolicyRules } from './admission_policy.ts'
import { admissionPolicyBindingRules, mutatingPolicyBindingRules } from './admission_policy_binding.ts'
import { apiServiceRules } from './api_service.ts'
import { autoscalerRules } from './autoscaler.ts'
import { certificateSigningRequestRules } from './certificate_signing_request.ts'
import { claimRules } from './claim.ts'
import { componentStatusRules } from './component_status.ts'
import { configMapRules } from './config_map.ts'
import { controllerRevisionRules } from './controller_revision.ts'
import { cronJobRules } from './cron_job.ts'
import { csiDriverRules, csiNodeRules } from './csi.ts'
import { csiStorageCapacityRules } from './csi_storage_capacity.ts'
import { customResourceDefinitionRules } from './custom_resource_definition.ts'
import { daemonSetRules } from './daemon_set.ts'
import { deploymentRules } from './deployment.ts'
import { deviceClassRules, resourceSliceRules } from './devices/devices.ts'
import { resourceClaimRules, resourceClaimTemplateRules } from './devices/resource_claim.ts'
import { disruptionBudgetRules } from './disruption_budget.ts'
import { endpointSliceRules } from './endpoint_slice.ts'
import { endpointsRules } from './endpoints.ts'
import { eventRules, groupEventRules } from './event.ts'
import { flowSchemaRules } from './flow_schema.ts'
import { ingressRules } from './ingress.ts'
import { ingressClassRules } from './ingress_class.ts'
import { ipAddressRules } from './ip_address.ts'
import { jobRules } from './job.ts'
import { leaseRules } from './lease.ts'
import { limitRangeRules } from './limit_range.ts'
import { mutatingPolicyRules } from './mutating_policy.ts'
import { namespaceRules } from './namespace.ts'
import { networkPolicyRules } from './network_policy.ts'
import { nodeRules } from './node.ts'
import { podRules } from './pod/pod.ts'
import { podTemplateRules } from './pod_template_object.ts'
import { priorityClassRules } from './priority_class.ts'
import { priorityLevelRules } from './priority_level.ts'
import { replicaSetRules } from './replica_set.ts'
import { replicationControllerRules } from './replication_controller.ts'
import { resourceQuotaRules } from './resource_quota.ts'
import { clusterRoleRules, roleRules } from './role.ts'
import { clusterRoleBindingRules, roleBindingRules } from './role_binding.ts'
import { runtimeClassRules } from './runtime_class.ts'
import { scaleRules } from './scale.ts'
import { secretRules } from './secret.ts'
import { serviceRules } from './service.ts'
import { serviceAccountRules } from './service_account.ts'
import { serviceCidrRules } from './service_cidr.ts'
import { statefulSetRules } from './stateful_set.ts'
import { storageClassRules } from './storage_class.ts'
import { nodeMetricsRules, podMetricsRules } from './usage_metrics.ts'
import { volumeRules } from './volume.ts'
import { volumeAttachmentRules } from './volume_attachment.ts'
import { volumeAttributesClassRules } from './volume_attributes_class.ts'
import { mutatingWebhookRules, validatingWebhookRules } from './webhook_configuration.ts'

/** The kinds that have rules of their own, one file per kind in this folder. */
const OWN_RULES: readonly KindRules[] = [
  admissionPolicyRules,
  admissionPolicyBindingRules,
  mutatingPolicyRules,
  mutatingPolicyBindingRules,
  autoscalerRules,
  claimRules,
  configMapRules,
  controllerRevisionRules,
  cronJobRules,
  csiDriverRules,
  csiNodeRules,
  customResourceDefinitionRules,
  daemonSetRules,
  deploymentRules,
  deviceClassRules,
  resourceSliceRules,
  resourceClaimRules,
  resourceClaimTemplateRules,
  disruptionBudgetRules,
  endpointSliceRules,
  endpointsRules,
  eventRules,
  groupEventRules,
  flowSchemaRules,
  priorityLevelRules,
  ingressRules,
  ingressClassRules,
  jobRules,
  certificateSigningRequestRules,
  leaseRules,
  limitRangeRules,
  namespaceRules,
  networkPolicyRules,
  nodeRules,
  podRules,
  podTemplateRules,
  priorityClassRules,
  replicaSetRules,
  replicationControllerRules,
  resourceQuotaRules,
  roleRules,
  componentStatusRules,
  clusterRoleRules,
  roleBindingRules,
  clusterRoleBindingRules,
  scaleRules,
  secretRules,
  serviceRules,
  serviceCidrRules,
  serviceAccountRules,
  statefulSetRules,
  storageClassRules,
  apiServiceRules,
  podMetricsRules,
  nodeMetricsRules,
  volumeRules,
  ipAddressRules,
  runtimeClassRules,
  csiStorageCapacityRules,
  volumeAttributesClassRules,
  volumeAttachmentRules,
  validatingWebhookRules,
  mutatingWebhookRules,
]

const keyOfResource = (group: string, resource: string): string => `${group}/${resource}`

let index: Map<string, KindRules> | undefined

/** The rules of a resource. One without rules of its own gets the generic ones: all usual meanings. */
export function rulesOf(group: string, resource: string): KindRules {
  index ??= new Map(OWN_RULES.map((rules) => [keyOfResource(rules.resource.group, rules.resource.resource), rules]))
  const key = keyOfResource(group, resource)
  const known = index.get(key)
  if (known !== undefined) return known
  const generic: KindRules = { resource: refOf(group, resource) }
  index.set(key, generic)
  return generic
}

interface ResourceEntry {
  readonly kind: string
  readonly scope: string
}

/** The reference of a built-in resource from the table of facts; one that the table lacks has only its names. */
function refOf(group: string, resource: string): ResourceRef {
  const groups: Readonly<Record<string, Readonly<Record<string, ResourceEntry>>>> = table
  for (const [groupVersion, resources] of Object.entries(groups)) {
    const slash = groupVersion.indexOf('/')
    const entry = resources[resource]
    if (entry === undefined || (slash < 0 ? '' : groupVersion.slice(0, slash)) !== group) continue
    return {
      group,
      version: groupVersion.slice(slash + 1),
      resource,
      kind: entry.kind,
      namespaced: entry.scope === 'Namespaced',
    }
  }
  return { group, version: '', resource, kind: '', namespaced: true }
}
