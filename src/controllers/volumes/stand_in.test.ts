import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { StorageClass } from '../../api/types.ts'
import { serverOf, standInMessage } from './stand_in.ts'

const classOf = (provisioner: string, servedBy?: string): StorageClass => ({
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: {
    name: 'c',
    uid: 'u',
    resourceVersion: '1',
    creationTimestamp: '',
    ...(servedBy === undefined ? {} : { annotations: { 'berth.dev/served-by': servedBy } }),
  },
  provisioner,
})
const server = (provisioner: string, servedBy?: string, rules: { allowed?: boolean; hasDriver?: boolean } = {}) =>
  serverOf(classOf(provisioner, servedBy), { allowed: true, hasDriver: false, ...rules })

test('the built-in provisioner stands in for those that a machine cannot have', () => {
  assert.equal(server('berth.dev/local'), 'built-in')
  assert.equal(server('ceph.rook.io/block'), 'stand-in')
  assert.equal(server('rook-ceph.rbd.csi.ceph.com'), 'stand-in')
  assert.equal(server('k8s.io/minikube-hostpath'), 'stand-in')
  assert.equal(server('example.com/p'), 'others')
  assert.equal(server('kubernetes.io/no-provisioner'), 'others')
})

test('it does not where somebody real serves the name, nor in a cluster without nodes', () => {
  assert.equal(server('ebs.csi.aws.com', undefined, { hasDriver: true }), 'others')
  assert.equal(server('ebs.csi.aws.com', undefined, { allowed: false }), 'others')
})

test('the annotation forces and forbids it', () => {
  assert.equal(server('example.com/p', 'local', { allowed: false, hasDriver: true }), 'stand-in')
  assert.equal(server('ebs.csi.aws.com', 'somebody-else'), 'others')
  assert.equal(server('berth.dev/local', 'somebody-else'), 'built-in')
})

test('the message names who is missing, what differs and what is ignored', () => {
  const message = standInMessage({ ...classOf('ceph.rook.io/block'), parameters: { pool: 'p', clusterNamespace: 'n' } })
  assert.match(message, /^berth\.dev\/local stands in for ceph\.rook\.io\/block/)
  assert.match(message, /not replicated, and its size is not enforced; .*\(clusterNamespace, pool\)/)
  assert.doesNotMatch(standInMessage(classOf('ceph.rook.io/block')), /parameters/)
})
