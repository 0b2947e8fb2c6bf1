import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { UserInfo } from '../../api/request.ts'
import type { AccessRequest, Authorizer } from './authorization.ts'
import { impersonated } from './impersonation.ts'

const ALICE: UserInfo = { name: 'alice', groups: ['system:authenticated'] }
const ASKED: AccessRequest = {
  type: 'resource',
  verb: 'get',
  group: '',
  resource: 'configmaps',
  namespace: 'n',
  name: 'a',
}

const questionOf = (request: AccessRequest): string =>
  request.type === 'path' ? `${request.verb} ${request.path}` : `${request.verb} ${request.resource}/${request.name}`

/** Allows what is listed, by verb, resource and name. */
function acting(headers: Record<string, string>, rights: readonly string[], asker = ALICE, asked = ASKED): UserInfo {
  const decide: Authorizer['decide'] = (_user, request) => ({
    allowed: rights.includes(questionOf(request)),
    reason: '',
  })
  return impersonated({ authorizer: { decide } as Authorizer, user: asker, asked }, { headers })
}

test('without headers everybody is who they are; headers without a name are refused as they are', () => {
  assert.equal(acting({}, []), ALICE)
  assert.throws(() => acting({ 'impersonate-extra-b%2fc': 'x', 'impersonate-uid': 'u' }, []), {
    code: 400,
    message:
      'requested &user.DefaultInfo{Name:"", UID:"u", Groups:[]string(nil), Extra:map[string][]string{"b/c":[]string{"x"}}} without impersonating a user name',
  })
})

test('the older right is enough for everything; each part is asked for', () => {
  const headers = { 'impersonate-user': 'bob', 'impersonate-group': 'g', 'impersonate-extra-k': 'v' }
  const rights = ['impersonate users/bob', 'impersonate groups/g', 'impersonate userextras/v']
  assert.deepEqual(acting(headers, rights), { name: 'bob', groups: ['g', 'system:authenticated'], extra: { k: ['v'] } })
  for (const missing of rights) {
    assert.throws(
      () =>
        acting(
          headers,
          rights.filter((right) => right !== missing),
        ),
      { code: 403 },
    )
  }
})

test('a right that is bound to what is asked for needs both halves, and never makes a master', () => {
  const both = ['impersonate-on:user-info:get configmaps/a', 'impersonate:user-info users/bob']
  assert.equal(acting({ 'impersonate-user': 'bob' }, both).name, 'bob')
  for (const half of both) assert.throws(() => acting({ 'impersonate-user': 'bob' }, [half]), { code: 403 })
  const masters = { 'impersonate-user': 'bob', 'impersonate-group': 'system:masters' }
  const rights = [...both, 'impersonate:user-info groups/system:masters']
  assert.throws(() => acting(masters, rights), /impersonating the system:masters group is not allowed$/)
})

test('nodes and accounts have modes and groups of their own; an account on a node may be let act as that node alone', () => {
  const node = { 'impersonate-user': 'system:node:one' }
  const on = (mode: string) => `impersonate-on:${mode}:get configmaps/a`
  const arbitrary = [on('arbitrary-node'), 'impersonate:arbitrary-node nodes/one']
  assert.deepEqual(acting(node, arbitrary).groups, ['system:nodes', 'system:authenticated'])
  const extra = { 'authentication.kubernetes.io/node-name': ['one'] }
  const pod: UserInfo = { name: 'system:serviceaccount:n:agent', groups: [], extra }
  const associated = [on('associated-node'), 'impersonate:associated-node nodes/*']
  assert.equal(acting(node, associated, pod).name, 'system:node:one')
  assert.throws(() => acting({ 'impersonate-user': 'system:node:two' }, associated, pod), { code: 403 })
  const account = { 'impersonate-user': 'system:serviceaccount:n:s' }
  assert.deepEqual(acting(account, [on('serviceaccount'), 'impersonate:serviceaccount serviceaccounts/s']).groups, [
    'system:serviceaccounts',
    'system:serviceaccounts:n',
    'system:authenticated',
  ])
})

test('the refusal names the first mode that would have fitted, and what was asked for', () => {
  assert.throws(() => acting({ 'impersonate-user': 'bob' }, []), {
    code: 403,
    message:
      'configmaps "a" is forbidden: User "alice" cannot impersonate-on:user-info:get resource "configmaps" in API group "" in the namespace "n"',
  })
  const path: AccessRequest = { type: 'path', verb: 'get', path: '/version' }
  assert.throws(() => acting({ 'impersonate-user': 'bob' }, [], ALICE, path), {
    message: 'forbidden: User "alice" cannot impersonate-on:user-info:get path "/version"',
  })
})
