import type { NodeDescription } from '../node_registration.ts'

/** What a simulated node offers. */
export interface SimulatedNodeSize {
  readonly cpu?: string
  readonly memory?: string
  readonly pods?: string
}

const DEFAULT_SIZE = { cpu: '32', memory: '64Gi', pods: '1100' } as const

/** A node that says in its labels and versions that it is simulated. */
export function describeSimulatedNode(place: {
  readonly name: string
  readonly index: number
  readonly size?: SimulatedNodeSize
}): NodeDescription {
  const resources = { 'ephemeral-storage': '100Gi', ...DEFAULT_SIZE, ...place.size }
  const labels = {
    'kubernetes.io/os': 'linux',
    'kubernetes.io/arch': 'amd64',
    'beta.kubernetes.io/os': 'linux',
    'beta.kubernetes.io/arch': 'amd64',
  }
  return {
    name: place.name,
    addresses: [
      { type: 'InternalIP', address: simulatedHostIp(place.index) },
      { type: 'Hostname', address: place.name },
    ],
    labels: { ...labels, 'berth.dev/runtime': 'simulated' },
    capacity: resources,
    allocatable: resources,
    nodeInfo: {
      machineID: place.name,
      systemUUID: place.name,
      bootID: place.name,
      kernelVersion: 'simulated',
      osImage: 'Berth simulated node',
      containerRuntimeVersion: 'simulated://1',
      kubeletVersion: 'v1.36.3+berth',
      kubeProxyVersion: '',
      operatingSystem: 'linux',
      architecture: 'amd64',
    },
  }
}

/** 172.30.0.0/16 has room for 65,000 nodes. */
const simulatedHostIp = (index: number): string => `172.30.${((index + 1) >> 8) & 255}.${(index + 1) & 255}`

/** A /20 of 10.0.0.0/8 for each node, used round and round. */
export function simulatedPodIp(nodeIndex: number, serial: number): string {
  const host = 2 + (serial % 4092)
  const number = ((nodeIndex & 4095) << 12) | host
  return `10.${(number >> 16) & 255}.${(number >> 8) & 255}.${number & 255}`
}
