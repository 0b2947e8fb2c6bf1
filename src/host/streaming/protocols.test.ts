import assert from 'node:assert/strict'
import { test } from 'node:test'
import { execProtocolOf, forwardProtocolOf, resultIn } from './protocols.ts'

test('the newest protocol that a client offers is spoken, and the oldest to one that names none', () => {
  assert.equal(execProtocolOf(['v4.channel.k8s.io', 'v5.channel.k8s.io']), 'v5.channel.k8s.io')
  assert.equal(execProtocolOf(['channel.k8s.io', 'v4.base64.channel.k8s.io']), 'v4.base64.channel.k8s.io')
  assert.equal(execProtocolOf(['base64.channel.k8s.io']), 'base64.channel.k8s.io')
  assert.equal(execProtocolOf([]), '')
  assert.equal(execProtocolOf(['base64url.bearer.authorization.k8s.io.dG9rZW4']), '')
  assert.equal(forwardProtocolOf([]), '')
  assert.equal(forwardProtocolOf(['v4.channel.k8s.io', 'SPDY/3.1+portforward.k8s.io']), 'SPDY/3.1+portforward.k8s.io')
})

test('a client that offers only what nobody speaks is refused', () => {
  assert.throws(() => execProtocolOf(['v9.channel.k8s.io']), /none of the protocols \["v9\.channel\.k8s\.io"\]/)
  assert.throws(() => forwardProtocolOf(['channel.k8s.io']), { code: 400 })
})

test("before version 4 a command's result is a text, and success says nothing", () => {
  const success = Buffer.from(JSON.stringify({ metadata: {}, status: 'Success' }))
  const failure = Buffer.from(JSON.stringify({ status: 'Failure', message: 'exit code 3' }))
  assert.equal(resultIn('v5.channel.k8s.io', success), success)
  assert.equal(resultIn('v4.base64.channel.k8s.io', failure), failure)
  for (const old of ['', 'channel.k8s.io', 'base64.channel.k8s.io']) {
    assert.equal(resultIn(old, success), undefined)
    assert.equal(String(resultIn(old, failure)), 'exit code 3')
  }
})
