import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ConfigMap, Container, Pod, Secret, Service } from '../api/types.ts'
import { type EnvSources, environmentOf } from './env.ts'
import { dnsSettingsOf, hostsFileOf } from './pod_files.ts'

const pod = {
  metadata: { name: 'web-0', namespace: 'default', uid: 'u', labels: { app: 'nginx' } },
  spec: { hostname: 'web-0', subdomain: 'nginx', nodeName: 'node-1', containers: [] },
} as unknown as Pod

const sources: EnvSources = {
  configMap: (_namespace, name) =>
    name === 'settings' ? ({ data: { LEVEL: 'info' } } as unknown as ConfigMap) : undefined,
  secret: (_namespace, name) =>
    name === 'login' ? ({ data: { password: btoa('geheim') } } as unknown as Secret) : undefined,
  services: [
    {
      metadata: { name: 'my-db', namespace: 'default' },
      spec: { clusterIP: '10.96.0.5', ports: [{ name: 'sql', port: 3306 }] },
    } as unknown as Service,
  ],
  podIps: ['10.0.0.5'],
  hostIps: ['172.30.0.1'],
  allocatable: { cpu: '4' },
}

const envOf = (container: object) =>
  Object.fromEntries(environmentOf(pod, container as Container, sources).map(({ name, value }) => [name, value]))

test('values come from services, maps, secrets, the pod and each other', () => {
  const env = envOf({
    name: 'c',
    envFrom: [{ prefix: 'APP_', configMapRef: { name: 'settings' } }],
    env: [
      { name: 'NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
      { name: 'IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
      { name: 'LABEL', valueFrom: { fieldRef: { fieldPath: "metadata.labels['app']" } } },
      { name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'login', key: 'password' } } },
      { name: 'URL', value: '$(NAME).nginx:$(MY_DB_SERVICE_PORT) $(LATER) $$(NAME)' },
      { name: 'LATER', value: 'x' },
      { name: 'OPTIONAL', valueFrom: { configMapKeyRef: { name: 'absent', key: 'k', optional: true } } },
    ],
  })
  assert.equal(env['APP_LEVEL'], 'info')
  assert.equal(env['IP'], '10.0.0.5')
  assert.equal(env['LABEL'], 'nginx')
  assert.equal(env['PASSWORD'], 'geheim')
  assert.equal(env['URL'], 'web-0.nginx:3306 $(LATER) $(NAME)')
  assert.equal(env['MY_DB_PORT_3306_TCP'], 'tcp://10.96.0.5:3306')
  assert.equal('OPTIONAL' in env, false)
})

test('what is missing and not optional is named', () => {
  const missing = { name: 'c', env: [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'absent', key: 'k' } } }] }
  assert.throws(() => envOf(missing), { name: 'ConfigError', message: 'configmap "absent" not found' })
  const noKey = { name: 'c', env: [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'settings', key: 'k' } } }] }
  assert.throws(() => envOf(noKey), { message: "couldn't find key k in ConfigMap default/settings" })
})

test('a pod finds itself by its full name and the cluster by its search path', () => {
  assert.match(
    hostsFileOf(pod, ['10.0.0.5'], 'cluster.local'),
    /^10\.0\.0\.5\tweb-0\.nginx\.default\.svc\.cluster\.local\tweb-0$/m,
  )
  const dns = {
    domain: 'cluster.local',
    servers: ['10.96.0.10'],
    host: { servers: ['1.1.1.1'], searches: [], options: [] },
  }
  assert.deepEqual(dnsSettingsOf(pod, dns), {
    servers: ['10.96.0.10'],
    searches: ['default.svc.cluster.local', 'svc.cluster.local', 'cluster.local'],
    options: ['ndots:5'],
  })
})
