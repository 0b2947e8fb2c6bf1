import type { Node, PodSpec } from '../../api/types.ts'

type Toleration = NonNullable<PodSpec['tolerations']>[number]
type Taint = NonNullable<Node['spec']['taints']>[number]

const exists = (key: string, effect: string): Toleration => ({
  key: `node.kubernetes.io/${key}`,
  operator: 'Exists',
  effect,
})

/** A daemon runs where others may not: on nodes that are not ready, under pressure or closed. */
const DAEMON: readonly Toleration[] = [
  exists('not-ready', 'NoExecute'),
  exists('unreachable', 'NoExecute'),
  exists('disk-pressure', 'NoSchedule'),
  exists('memory-pressure', 'NoSchedule'),
  exists('pid-pressure', 'NoSchedule'),
  exists('unschedulable', 'NoSchedule'),
]

/** A pod's own tolerations, then those of every daemon. */
export function daemonTolerations(spec: PodSpec): readonly Toleration[] {
  const own = spec.tolerations ?? []
  const added = spec.hostNetwork === true ? [...DAEMON, exists('network-unavailable', 'NoSchedule')] : DAEMON
  const isThere = (wanted: Toleration) => own.some(({ key, effect }) => key === wanted.key && effect === wanted.effect)
  return [...own, ...added.filter((one) => !isThere(one))]
}

/** Whether some toleration covers the taint. */
export const isTolerated = (taint: Taint, tolerations: readonly Toleration[]): boolean =>
  tolerations.some(({ key = '', operator = 'Equal', value = '', effect = '' }) => {
    if ((effect !== '' && effect !== taint.effect) || (key !== '' && key !== taint.key)) return false
    return operator === 'Exists' || (key !== '' && value === (taint.value ?? ''))
  })
