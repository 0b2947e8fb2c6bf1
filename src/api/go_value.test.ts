import assert from 'node:assert/strict'
import { test } from 'node:test'
import { goDiff, goValue } from './go_value.ts'

test('spells values with the names of Go structs', () => {
  assert.equal(goValue('apps.StatefulSetUpdateStrategy', { type: 'X' }), '{"Type":"X","RollingUpdate":null}')
  assert.equal(
    goValue('policy.PodDisruptionBudgetSpec', {
      minAvailable: 1,
      maxUnavailable: 1,
      selector: { matchLabels: { q: 'r' } },
    }),
    '{"MinAvailable":1,"Selector":{"matchLabels":{"q":"r"}},"MaxUnavailable":1,"UnhealthyPodEvictionPolicy":null}',
  )
  assert.equal(goValue('map[string]string', { b: '<', a: '1' }), '{"a":"1","b":"\\u003c"}')
})

test('groups without internal types in the table take those of their first version', () => {
  assert.equal(goValue('flowcontrol.FlowDistinguisherMethod', { type: 'X' }), '{"Type":"X"}')
  assert.match(goValue('flowcontrol.FlowSchemaStatus', { conditions: [{ type: 'A' }] }), /"LastTransitionTime":null/)
})

test('members of embedded structs stand in the outer one', () => {
  const handler = JSON.parse(goValue('core.Probe', { tcpSocket: { port: 'db' }, periodSeconds: 5 }))
  assert.deepEqual(Object.keys(handler).slice(0, 5), ['Exec', 'HTTPGet', 'TCPSocket', 'GRPC', 'InitialDelaySeconds'])
  assert.deepEqual(handler.TCPSocket, { Port: 'db', Host: '' })
  const host = JSON.parse(goValue('core.PodSpec', { hostNetwork: true, containers: [] }))
  assert.equal(host.SecurityContext.HostNetwork, true)
})

test('the diff of two pod specs shows a change with three lines of context', () => {
  const spec = (seconds: number) => ({
    containers: [
      {
        name: 'c',
        image: 'registry.example/app:1',
        terminationMessagePath: '/dev/termination-log',
        terminationMessagePolicy: 'File',
        imagePullPolicy: 'IfNotPresent',
        resources: {},
      },
    ],
    restartPolicy: 'Always',
    dnsPolicy: 'ClusterFirst',
    terminationGracePeriodSeconds: seconds,
  })
  assert.equal(
    goDiff('core.PodSpec', spec(30), spec(5)),
    '@@ -36,7 +36,7 @@\n  ],\n  "EphemeralContainers": null,\n  "RestartPolicy": "Always",\n- "TerminationGracePeriodSeconds": 30,\n' +
      '+ "TerminationGracePeriodSeconds": 5,\n  "ActiveDeadlineSeconds": null,\n  "DNSPolicy": "ClusterFirst",\n  "NodeSelector": null,\n',
  )
  assert.equal(goDiff('core.PodSpec', spec(30), spec(30)), '')
})

test('hunks far apart stay apart', () => {
  const lines = Array.from({ length: 20 }, (_, index) => `l${index}`)
  const spec = (first: string, last: string) => ({ args: [first, ...lines, last] })
  const hunks = goDiff('core.Container', spec('a', 'b'), spec('x', 'y')).match(/^@@.*$/gm)
  assert.deepEqual(hunks, ['@@ -3,7 +3,7 @@', '@@ -24,7 +24,7 @@'])
})
