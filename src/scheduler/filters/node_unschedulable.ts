import { type Filter, rejectFinally } from '../framework.ts'
import { toleratesTaint } from '../tolerations.ts'

/** A node that was cordoned takes only pods that tolerate it. */
export const nodeUnschedulable: Filter = ({ pod }, { node }) => {
  const taint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }
  const closed = node.spec?.unschedulable === true && !toleratesTaint(pod, taint)
  return closed ? rejectFinally('node(s) were unschedulable') : undefined
}
