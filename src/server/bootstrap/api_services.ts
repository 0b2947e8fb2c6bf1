import { allResources } from '../../api/schema/table.ts'
import type { Bootstrapped } from './stored.ts'

/** In which order clients list groups, and what their versions come after: `[group, version]`. */
const PRIORITIES: Readonly<Record<string, readonly [group: number, version: number]>> = {
  v1: [18_000, 1],
  'apps/v1': [17_800, 15],
  'events.k8s.io/v1': [17_750, 15],
  'authentication.k8s.io/v1': [17_700, 15],
  'authorization.k8s.io/v1': [17_600, 15],
  'autoscaling/v1': [17_500, 15],
  'autoscaling/v2': [17_500, 30],
  'batch/v1': [17_400, 15],
  'certificates.k8s.io/v1': [17_300, 15],
  'networking.k8s.io/v1': [17_200, 15],
  'policy/v1': [17_100, 15],
  'rbac.authorization.k8s.io/v1': [17_000, 15],
  'storage.k8s.io/v1': [16_800, 15],
  'admissionregistration.k8s.io/v1': [16_700, 15],
  'apiextensions.k8s.io/v1': [16_700, 15],
  'scheduling.k8s.io/v1': [16_600, 15],
  'coordination.k8s.io/v1': [16_500, 15],
  'node.k8s.io/v1': [16_300, 15],
  'discovery.k8s.io/v1': [16_200, 15],
  'resource.k8s.io/v1': [16_200, 21],
  'flowcontrol.apiserver.k8s.io/v1': [16_100, 21],
}

/** The server of an aggregator answers about itself too, so it has no service of its own. */
const NOT_LISTED = 'apiregistration.k8s.io'

const labels = { 'kube-aggregator.kubernetes.io/automanaged': 'onstart' }

/** One APIService for each group and version that the server itself answers. */
export function bootstrapApiServices(now: string): Bootstrapped[] {
  const served = new Map(allResources().map(({ ref }) => [`${ref.version}.${ref.group}`, ref]))
  const available = {
    type: 'Available',
    status: 'True',
    lastTransitionTime: now,
    reason: 'Local',
    message: 'Local APIServices are always available',
  }
  return [...served]
    .filter(([, { group }]) => group !== NOT_LISTED)
    .map(([name, { group, version }]) => ({
      resource: ['apiregistration.k8s.io', 'v1', 'apiservices'],
      draft: {
        metadata: { name, labels },
        spec: { ...(group === '' ? {} : { group }), version, ...prioritiesOf(group, version) },
        status: { conditions: [available] },
      },
    }))
}

function prioritiesOf(group: string, version: string) {
  const [groupPriorityMinimum, versionPriority] = PRIORITIES[group === '' ? version : `${group}/${version}`] ?? [1, 1]
  return { groupPriorityMinimum, versionPriority }
}
