/** The objects that benches write. */
const NAMESPACE = '/api/v1/namespaces/default'
export const CONFIG_MAPS = `${NAMESPACE}/configmaps`
export const PODS = `${NAMESPACE}/pods`
export const SERVICES = `${NAMESPACE}/services`
export const STATEFUL_SETS = '/apis/apps/v1/namespaces/default/statefulsets'
export const NGINX = 'registry.k8s.io/nginx-slim:0.21'
export const BUSYBOX = 'busybox:1.28'

const CONFIG_MAP_TEXT_BYTES = 450

/** A ConfigMap of about 0.6 KB as JSON. */
export const configMap = (name: string): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, labels: { app: 'bench' } },
    data: { 'settings.conf': 'x'.repeat(CONFIG_MAP_TEXT_BYTES) },
  })

export const pod = (name: string): string => podWith(name, {})

const PADDING_BYTES = 160

/** A pod that no scheduler looks at: it stays Pending and as it was made, 2.2 KB when it is read. */
export const waitingPod = (name: string): string =>
  podWith(name, { schedulerName: 'nobody' }, { 'example.com/padding': 'x'.repeat(PADDING_BYTES) })

type Fields = Readonly<Record<string, unknown>>

const podWith = (name: string, spec: Fields, annotations?: Fields): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels: { app: 'bench' }, annotations },
    spec: { containers: [{ name: 'nginx', image: NGINX }], ...spec },
  })

export const headlessService = (name: string): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, labels: { app: name } },
    spec: { clusterIP: 'None', selector: { app: name }, ports: [{ name: 'web', port: 80 }] },
  })

/** A set without claims and probes. */
export const statefulSet = (name: string, replicas: number, policy: 'OrderedReady' | 'Parallel'): string =>
  JSON.stringify({
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name },
    spec: {
      serviceName: name,
      replicas,
      podManagementPolicy: policy,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: {
          terminationGracePeriodSeconds: 10,
          containers: [{ name: 'nginx', image: NGINX, ports: [{ containerPort: 80, name: 'web' }] }],
        },
      },
    },
  })
