import { assert } from '../../base/assert.ts'
import { NODES_MAX } from './limits.ts'

/** The cluster's ranges. They exist inside the nodes' namespaces only, so they cannot clash with the machine's. */
export const SERVICE_RANGE = '10.96.0.0/16'

export interface NodeAddresses {
  readonly address: string
  readonly podRange: string
  /** The pods' gateway, which is also the address from which the node itself reaches them. */
  readonly podGateway: string
}

/** Node 0 is 10.250.0.1 with pods in 10.244.0.0/24, node 1 is 10.250.0.2 with 10.244.1.0/24, and so on. */
export function addressesOf(index: number): NodeAddresses {
  assert(Number.isInteger(index) && index >= 0 && index < NODES_MAX, `a node's index is from 0 to ${NODES_MAX - 1}`)
  return {
    address: `10.250.0.${index + 1}`,
    podRange: `10.244.${index}.0/24`,
    podGateway: `10.244.${index}.1`,
  }
}
