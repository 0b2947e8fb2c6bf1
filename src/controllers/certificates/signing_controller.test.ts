import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CertificateSigningRequest } from '../../api/types.ts'
import { CLIENT_SIGNER, decideSigning } from './signing_controller.ts'

const request = (types: readonly string[], signerName = CLIENT_SIGNER, certificate?: string) =>
  ({
    metadata: { name: 'jane' },
    spec: { request: '', signerName, usages: ['client auth'] },
    status: { conditions: types.map((type) => ({ type, status: 'True' })), ...(certificate ? { certificate } : {}) },
  }) as unknown as CertificateSigningRequest

test('what is approved for clients of the server is signed once, and nothing else', () => {
  assert.equal(decideSigning(request(['Approved'])).sign, true)
  for (const types of [[], ['Denied'], ['Approved', 'Denied'], ['Approved', 'Failed']]) {
    assert.equal(decideSigning(request(types)).sign, false, types.join())
  }
  assert.equal(decideSigning(request(['Approved'], 'example.com/own')).sign, false)
  assert.equal(decideSigning(request(['Approved'], CLIENT_SIGNER, 'PEM')).sign, false)
})
