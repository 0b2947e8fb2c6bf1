import assert from 'node:assert/strict'
import { test } from 'node:test'
import { encodeGoJson } from './go_json.ts'
import { revisionHash } from './revision_hash.ts'

const template = {
  spec: {
    template: {
      metadata: { labels: { app: 'foo' }, annotations: { test: 'value' }, creationTimestamp: null },
      $patch: 'replace',
      spec: {
        terminationGracePeriodSeconds: 30,
        containers: [
          {
            name: 'test',
            image: 'test',
            imagePullPolicy: 'Always',
            resources: {},
            terminationMessagePath: '/dev/termination-log',
            terminationMessagePolicy: 'File',
          },
        ],
        dnsPolicy: 'ClusterFirst',
        restartPolicy: 'Always',
        schedulerName: 'default-scheduler',
        securityContext: {},
      },
    },
  },
}

test('hashes are those of Kubernetes, with and without a collision', () => {
  const data = encodeGoJson(template)
  assert.equal(revisionHash(data, 0), 'c77f6d978')
  assert.equal(revisionHash(data, 1), 'c77f6d979')
})

test('JSON is written as Go writes it', () => {
  assert.equal(
    encodeGoJson({ b: '<a & b>\u2028', a: [1, true, null], '\u{1F600}': 1, '\uFF5E': 2, gone: undefined }),
    '{"a":[1,true,null],"b":"\\u003ca \\u0026 b\\u003e\\u2028","\uFF5E":2,"\u{1F600}":1}',
  )
})
