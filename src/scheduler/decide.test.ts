import assert from 'node:assert/strict'
import { test } from 'node:test'
import { requestsOf } from '../api/pod_requests.ts'
import type { Node, PersistentVolume, PersistentVolumeClaim, Pod, PodSpec, StorageClass } from '../api/types.ts'
import { decideNode, type SchedulingPlan, type SchedulingView } from './decide.ts'
import type { NodeInfo } from './framework.ts'
import { claimsOf } from './pod_claims.ts'
import { PodTally } from './pod_tally.ts'

const metadata = (name: string, more: object = {}) => ({
  name,
  namespace: 'n',
  uid: `uid-${name}`,
  resourceVersion: '1',
  creationTimestamp: '',
  ...more,
})

function pod(spec: Partial<PodSpec> = {}, labels: Record<string, string> = {}): Pod {
  const name = `p${JSON.stringify(labels).length}`
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: metadata(name, { labels }),
    spec: { containers: [{ name: 'c' }], ...spec },
  }
}

const asking = (cpu: string): Partial<PodSpec> => ({ containers: [{ name: 'c', resources: { requests: { cpu } } }] })

function node(name: string, spec: object = {}, labels: Record<string, string> = {}): Node {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: metadata(name, { labels: { 'kubernetes.io/hostname': name, ...labels } }),
    spec,
    status: { allocatable: { cpu: '4', memory: '8Gi', pods: '10' } },
  }
}

function withPods(of: Node, pods: readonly Pod[] = []): NodeInfo {
  return { node: of, tally: PodTally.of(pods) }
}

const three = [withPods(node('node-0')), withPods(node('node-1')), withPods(node('node-2'))]

interface Storage {
  readonly claims?: readonly PersistentVolumeClaim[]
  readonly volumes?: readonly PersistentVolume[]
  readonly classes?: readonly StorageClass[]
}

function view(
  one: Pod,
  nodes: readonly NodeInfo[] = three,
  { claims = [], volumes = [], classes = [] }: Storage = {},
): SchedulingView {
  const named =
    <T extends { metadata: { name: string } }>(list: readonly T[]) =>
    (name: string) =>
      list.find((object) => object.metadata.name === name)
  const lookup = { claim: named(claims), volume: named(volumes), storageClass: named(classes) }
  return { pod: one, nodes, namespaces: () => undefined, claims: claimsOf(one, lookup), volumes, draw: 0 }
}

const nodeOf = (plan: SchedulingPlan) => (plan.action === 'reject' ? plan.message : plan.nodeName)

const NO_USE =
  'no new claims to deallocate, preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.'
const selector = { matchLabels: { app: 'solo' } }
const antiAffinity = {
  podAntiAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: [
      { labelSelector: selector, topologyKey: 'kubernetes.io/hostname' },
    ],
  },
}
const affinity = { podAffinity: antiAffinity.podAntiAffinity }
const spread = { maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule', labelSelector: selector }
const mounting = (claimName: string): Partial<PodSpec> => ({
  volumes: [{ name: 'd', persistentVolumeClaim: { claimName } }],
})

const texts: readonly [string, Partial<PodSpec>, string][] = [
  ['too much CPU', asking('5000'), `3 Insufficient cpu. ${NO_USE}`],
  [
    'a selector that no node has',
    { nodeSelector: { zone: 'x' } },
    `3 node(s) didn't match Pod's node affinity/selector. ${NO_USE}`,
  ],
  ['affinity without a partner', { affinity }, `3 node(s) didn't match pod affinity rules. ${NO_USE}`],
  [
    'a topology key that no node has',
    { topologySpreadConstraints: [spread] },
    `3 node(s) didn't match pod topology spread constraints (missing required label). ${NO_USE}`,
  ],
  ['a claim that is not there', mounting('none'), 'persistentvolumeclaim "none" not found. not found'],
]
for (const [what, spec, message] of texts) {
  test(`why a pod finds no node: ${what}`, () => {
    assert.equal(nodeOf(decideNode(view(pod(spec)))), `0/3 nodes are available: ${message}`)
  })
}

test('reasons are counted over nodes and sorted as text', () => {
  const own = withPods(node('m', { taints: [{ key: 'a.b/only', effect: 'NoSchedule' }] }, { own: 'x' }))
  const message = nodeOf(decideNode(view(pod({ nodeSelector: { own: 'x' } }), [...three, own])))
  const reasons = "1 node(s) had untolerated taint(s), 3 node(s) didn't match Pod's node affinity/selector"
  assert.equal(
    message,
    `0/4 nodes are available: ${reasons}. no new claims to deallocate, preemption: 0/4 nodes are available: 4 Preemption is not helpful for scheduling.`,
  )
})

test('where another pod stands in the way, preemption is said to have found no victims', () => {
  const solo = pod({ affinity: antiAffinity }, { app: 'solo' })
  const full = three.map(({ node: of }) => withPods(of, [solo]))
  assert.match(
    nodeOf(decideNode(view(solo, full))),
    /3 node\(s\) didn't match pod anti-affinity rules.*3 No preemption victims found for incoming pod\.$/,
  )
  assert.equal(nodeOf(decideNode(view(solo, [...full.slice(1), withPods(node('free'))]))), 'free')
  const keepsOthersAway = view(pod({}, { app: 'solo' }), full)
  assert.match(nodeOf(decideNode(keepsOthersAway)), /3 node\(s\) didn't satisfy existing pods anti-affinity rules/)
})

test('tolerations, cordons and host ports', () => {
  const tainted = [withPods(node('t', { taints: [{ key: 'k', value: 'v', effect: 'NoSchedule' }] }))]
  assert.equal(nodeOf(decideNode(view(pod({ tolerations: [{ key: 'k', operator: 'Exists' }] }), tainted))), 't')
  assert.match(
    nodeOf(decideNode(view(pod(), [withPods(node('c', { unschedulable: true }))]))),
    /1 node\(s\) were unschedulable/,
  )
  const web = pod({ containers: [{ name: 'c', ports: [{ containerPort: 80, hostPort: 80 }] }] })
  assert.match(nodeOf(decideNode(view(web, [withPods(node('a'), [web])]))), /didn't have free ports/)
})

test('sidecars count beside the containers, init containers only while they run', () => {
  const part = (name: string, cpu: string, restartPolicy?: string) => ({
    name,
    resources: { requests: { cpu } },
    ...(restartPolicy ? { restartPolicy } : {}),
  })
  const spec = {
    containers: [part('a', '1')],
    initContainers: [part('s', '500m', 'Always'), part('i', '2')],
    overhead: { cpu: '100m' },
  }
  assert.equal(requestsOf(pod(spec)).get('cpu'), 2600)
})

test('the emptier node is taken, and one with fewer pods of the same controller', () => {
  const busy = withPods(node('busy'), [pod(asking('3'))])
  assert.equal(nodeOf(decideNode(view(pod(), [busy, withPods(node('idle'))]))), 'idle')
  const ownerReferences = [{ apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'web', uid: 'set', controller: true }]
  const member = { ...pod(), metadata: metadata('web-0', { ownerReferences }) }
  assert.equal(nodeOf(decideNode(view(member, [withPods(node('a'), [member]), withPods(node('b'), [pod()])]))), 'b')
})

test('hard spreading keeps domains even', () => {
  const peer = pod({}, { app: 'solo' })
  const zones = [withPods(node('a', {}, { zone: 'a' }), [peer]), withPods(node('b', {}, { zone: 'b' }))]
  const next = pod({ topologySpreadConstraints: [spread] }, { app: 'solo' })
  assert.equal(nodeOf(decideNode(view(next, zones))), 'b')
})

const waiting: StorageClass = {
  apiVersion: 'v1',
  kind: 'StorageClass',
  metadata: metadata('local'),
  provisioner: 'berth.dev/local',
  volumeBindingMode: 'WaitForFirstConsumer',
}
function claim(
  more: Partial<PersistentVolumeClaim['spec']> = {},
  annotations: Record<string, string> = {},
): PersistentVolumeClaim {
  const resources = { requests: { storage: '2Gi' } }
  const spec = { storageClassName: 'local', accessModes: ['ReadWriteOnce'], resources, ...more }
  return { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: metadata('data', { annotations }), spec }
}
function volume(name: string, storage: string): PersistentVolume {
  const spec = { capacity: { storage }, accessModes: ['ReadWriteOnce'], storageClassName: 'local' }
  return { apiVersion: 'v1', kind: 'PersistentVolume', metadata: metadata(name), spec, status: { phase: 'Available' } }
}

test('a claim that waits gets the smallest volume that fits, or one is made, before the pod is bound', () => {
  const one = pod(mounting('data'))
  const matched = decideNode(
    view(one, three, {
      claims: [claim()],
      classes: [waiting],
      volumes: [volume('big', '9Gi'), volume('fit', '3Gi'), volume('small', '1Gi')],
    }),
  )
  assert.equal(matched.action === 'prepareVolumes' && matched.volumes.match[0]?.volume.metadata.name, 'fit')
  const made = decideNode(view(one, three, { claims: [claim()], classes: [waiting] }))
  assert.equal(made.action === 'prepareVolumes' && made.volumes.provision.length, 1)
  const chosen = claim({}, { 'volume.kubernetes.io/selected-node': 'node-1' })
  assert.equal(nodeOf(decideNode(view(one, three, { claims: [chosen], classes: [waiting] }))), 'node-1')
  const bound = claim({ volumeName: 'fit' }, { 'pv.kubernetes.io/bind-completed': 'yes' })
  assert.equal(
    decideNode(view(one, three, { claims: [bound], classes: [waiting], volumes: [volume('fit', '3Gi')] })).action,
    'bind',
  )
  assert.match(
    nodeOf(decideNode(view(one, three, { claims: [claim({ storageClassName: '' })] }))),
    /: pod has unbound immediate PersistentVolumeClaims\. not found$/,
  )
})
