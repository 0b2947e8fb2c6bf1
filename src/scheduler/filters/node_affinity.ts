import { isWantedNode } from '../../api/node_affinity.ts'
import { type Filter, rejectFinally } from '../framework.ts'

/** The pod's node selector and required node affinity. */
export const nodeAffinity: Filter = ({ pod }, { node }) =>
  isWantedNode(pod, node) ? undefined : rejectFinally("node(s) didn't match Pod's node affinity/selector")
