import type { KindRules } from '../kind_rules.ts'
import type { ResourceRef } from '../resource.ts'
import table from '../schema/resources.json' with { type: 'json' }
import { claimRules } from './claim.ts'
import { configMapRules } from './config_map.ts'
import { controllerRevisionRules } from './controller_revision.ts'
import { cronJobRules } from './cron_job.ts'
import { daemonSetRules } from './daemon_set.ts'
import { deploymentRules } from './deployment.ts'
import { jobRules } from './job.ts'
import { leaseRules } from './lease.ts'
import { namespaceRules } from './namespace.ts'
import { podRules } from './pod.ts'
import { podTemplateRules } from './pod_template_object.ts'
import { replicaSetRules } from './replica_set.ts'
import { replicationControllerRules } from './replication_controller.ts'
import { secretRules } from './secret.ts'
import { serviceRules } from './service.ts'
import { serviceAccountRules } from './service_account.ts'
import { statefulSetRules } from './stateful_set.ts'
import { storageClassRules } from './storage_class.ts'
import { volumeRules } from './volume.ts'

/** The kinds that have rules of their own, one file per kind in this folder. */
const OWN_RULES: readonly KindRules[] = [
  claimRules,
  configMapRules,
  controllerRevisionRules,
  cronJobRules,
  daemonSetRules,
  deploymentRules,
  jobRules,
  leaseRules,
  namespaceRules,
  podRules,
  podTemplateRules,
  replicaSetRules,
  replicationControllerRules,
  secretRules,
  serviceRules,
  serviceAccountRules,
  statefulSetRules,
  storageClassRules,
  volumeRules,
]

const keyOfResource = (group: string, resource: string): string => `${group}/${resource}`

let index: Map<string, KindRules> | undefined

/** Every kind that has rules of its own. */
export function allKindRules(): readonly KindRules[] {
  return OWN_RULES
}

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
