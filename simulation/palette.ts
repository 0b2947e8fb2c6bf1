import type { ResourceRef } from '../src/api/resource.ts'
import {
  CLAIMS,
  CONFIG_MAPS,
  DAEMON_SETS,
  DEPLOYMENTS,
  JOBS,
  PODS,
  REPLICA_SETS,
  SERVICES,
  STATEFUL_SETS,
} from '../src/api/resources.ts'
import type { KubeObject } from '../src/api/types.ts'
import type { Random } from '../src/base/random.ts'

type Fields = Record<string, unknown>

/** A kind of object that users make, and how one of them comes about by chance. */
export interface Sort {
  readonly resource: ResourceRef<KubeObject>
  readonly spec: (random: Random) => Fields
  /** A change of an object that exists, as a merge patch of its spec. */
  readonly change?: (random: Random) => Fields
}

const chance = (random: Random, oneIn: number): boolean => random.integer(oneIn) === 0
const pick = <T>(random: Random, ...values: readonly T[]): T => values[random.integer(values.length)] as T
/** Few, so that selectors of different objects meet. */
const app = (random: Random) => ({ app: pick(random, 'a', 'b', 'c') })

function podSpec(random: Random, restartPolicy = 'Always'): Fields {
  return {
    restartPolicy,
    terminationGracePeriodSeconds: random.integer(4),
    containers: [{ name: 'c', image: `image:${random.integer(3)}` }],
    ...(chance(random, 6) ? { nodeSelector: { place: 'nowhere' } } : {}),
    ...(chance(random, 8) ? { activeDeadlineSeconds: 1 + random.integer(20) } : {}),
  }
}

function template(random: Random, restartPolicy?: string) {
  const labels = app(random)
  const selector = { matchLabels: labels }
  return { selector, template: { metadata: { labels }, spec: withoutDeadline(podSpec(random, restartPolicy)) } }
}

/** Templates of what always runs may not have one. */
function withoutDeadline({ activeDeadlineSeconds: _, ...spec }: Fields): Fields {
  return spec
}

const scaled = (random: Random): Fields => ({ replicas: random.integer(4) })
const sort = <T extends KubeObject>(resource: ResourceRef<T>, spec: Sort['spec'], change?: Sort['change']): Sort => ({
  resource: resource as ResourceRef as ResourceRef<KubeObject>,
  spec,
  ...(change === undefined ? {} : { change }),
})

const BUDGETS: ResourceRef<KubeObject> = {
  group: 'policy',
  version: 'v1',
  resource: 'poddisruptionbudgets',
  kind: 'PodDisruptionBudget',
  namespaced: true,
}
const QUOTAS: ResourceRef<KubeObject> = {
  group: '',
  version: 'v1',
  resource: 'resourcequotas',
  kind: 'ResourceQuota',
  namespaced: true,
}

/** What users make in a run. */
export const SORTS: readonly Sort[] = [
  sort(DEPLOYMENTS, (random) => ({ ...scaled(random), ...template(random) }), scaled),
  sort(REPLICA_SETS, (random) => ({ ...scaled(random), ...template(random) }), scaled),
  sort(DAEMON_SETS, (random) => template(random)),
  sort(
    STATEFUL_SETS,
    (random) => ({
      ...scaled(random),
      ...template(random),
      serviceName: 's',
      podManagementPolicy: pick(random, 'OrderedReady', 'Parallel'),
      persistentVolumeClaimRetentionPolicy: {
        whenDeleted: pick(random, 'Retain', 'Delete'),
        whenScaled: pick(random, 'Retain', 'Delete'),
      },
      ...(chance(random, 2) ? { volumeClaimTemplates: [{ metadata: { name: 'd' }, spec: claimSpec() }] } : {}),
    }),
    scaled,
  ),
  sort(
    JOBS,
    (random) => ({
      completions: 1 + random.integer(3),
      parallelism: random.integer(3),
      backoffLimit: random.integer(2),
      suspend: chance(random, 4),
      template: { spec: podSpec(random, pick(random, 'Never', 'OnFailure')) },
      ...(chance(random, 2) ? { ttlSecondsAfterFinished: random.integer(30) } : {}),
      ...(chance(random, 3) ? { activeDeadlineSeconds: 1 + random.integer(30) } : {}),
      ...(chance(random, 3) ? { completionMode: 'Indexed' } : {}),
    }),
    (random) => ({ suspend: chance(random, 2), parallelism: random.integer(3) }),
  ),
  sort(PODS, (random) => podSpec(random, pick(random, 'Always', 'Never', 'OnFailure'))),
  sort(SERVICES, (random) => ({
    selector: app(random),
    ports: [{ port: 80 }],
    ...(chance(random, 2) ? { clusterIP: 'None' } : {}),
  })),
  sort(CLAIMS, claimSpec),
  sort(CONFIG_MAPS, () => ({})),
  sort(BUDGETS, (random) => ({
    selector: { matchLabels: app(random) },
    ...pick<Fields>(random, { minAvailable: 1 }, { maxUnavailable: '50%' }),
  })),
  sort(QUOTAS, (random) => ({ hard: { pods: String(20 + random.integer(40)) } })),
]

function claimSpec(): Fields {
  return { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } }
}

/** Where users make objects; the second one comes and goes. */
export const NAMESPACES = ['default', 'team'] as const

/** Metadata with what makes the lives of objects long: finalizers, and owners that exist, are gone or never were. */
export function metadataOf(random: Random, name: string, owners: readonly KubeObject[]): Fields {
  const owner = owners[random.integer(Math.max(1, owners.length))]
  return {
    namespace: pick(random, ...NAMESPACES),
    name,
    labels: app(random),
    ...(chance(random, 4) ? { finalizers: ['example.com/hold'] } : {}),
    ...(owner !== undefined && chance(random, 3) ? { ownerReferences: [referenceTo(random, owner)] } : {}),
  }
}

function referenceTo(random: Random, { apiVersion, kind, metadata }: KubeObject): Fields {
  const uid = chance(random, 4) ? random.uuid() : metadata.uid
  return { apiVersion, kind, name: metadata.name, uid, blockOwnerDeletion: chance(random, 2) }
}
