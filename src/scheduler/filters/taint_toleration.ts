import { type Filter, rejectFinally } from '../framework.ts'
import { untoleratedTaint } from '../tolerations.ts'

/** Taints that forbid must be tolerated. */
export const taintToleration: Filter = ({ pod }, { node }) =>
  untoleratedTaint(pod, node, ['NoSchedule', 'NoExecute']) === undefined
    ? undefined
    : rejectFinally('node(s) had untolerated taint(s)')
