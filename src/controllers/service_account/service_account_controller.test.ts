import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ConfigMap, Namespace, ServiceAccount } from '../../api/types.ts'
import { decideAccount } from './service_account_controller.ts'

const metadata = { name: 'n', uid: 'u', resourceVersion: '1', creationTimestamp: '' }
const namespace: Namespace = { apiVersion: 'v1', kind: 'Namespace', metadata }
const account: ServiceAccount = { apiVersion: 'v1', kind: 'ServiceAccount', metadata }
const certificates: ConfigMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { 'ca.crt': 'old' } }

test('a namespace gets its account and its certificates once', () => {
  const plan = decideAccount({ namespace, account: undefined, certificates: undefined, authority: 'pem' })
  assert.deepEqual(plan.createAccount, { metadata: { namespace: 'n', name: 'default' } })
  assert.deepEqual(plan.createCertificates?.data, { 'ca.crt': 'pem' })
  const again = decideAccount({ namespace, account, certificates, authority: 'old' })
  assert.ok(Object.values(again).every((action) => action === undefined))
})

test('a new authority replaces the old one, and a namespace that ends gets nothing', () => {
  assert.deepEqual(decideAccount({ namespace, account, certificates, authority: 'new' }).updateCertificates?.data, {
    'ca.crt': 'new',
  })
  const ending = { ...namespace, metadata: { ...metadata, deletionTimestamp: 'now' } }
  const plan = decideAccount({ namespace: ending, account: undefined, certificates: undefined, authority: 'pem' })
  assert.ok(Object.values(plan).every((action) => action === undefined))
})
