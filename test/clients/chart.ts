/** A release as a packager renders it: many kinds in one namespace, one document each. */
export interface Chart {
  readonly count: number
  /** All documents but those named `Kind/name`. */
  text(without?: readonly string[]): string
}

interface Document {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly name: string }
}

const CONFIGS = 12
const SECRETS = 8
const ACCOUNTS = 8
const APPS = 3

export function chart(namespace: string): Chart {
  const labels = { 'app.kubernetes.io/instance': namespace, 'app.kubernetes.io/managed-by': 'Helm' }
  const document = (apiVersion: string, kind: string, name: string, rest: object): Document => ({
    apiVersion,
    kind,
    metadata: { name, ...(kind === 'Namespace' ? {} : { namespace, labels }) },
    ...rest,
  })
  const times = (count: number, make: (index: number) => Document[]) =>
    Array.from({ length: count }, (_, index) => make(index)).flat()
  const rbac = 'rbac.authorization.k8s.io'
  const documents = [
    document('v1', 'Namespace', namespace, {}),
    ...times(CONFIGS, (i) => [
      document('v1', 'ConfigMap', `config-${i}`, { data: { key: `value-${i}`, 'app.ini': 'a=1\nb=2\n' } }),
    ]),
    ...times(SECRETS, (i) => [document('v1', 'Secret', `secret-${i}`, { stringData: { password: `secret-${i}` } })]),
    ...times(ACCOUNTS, (i) => [
      document('v1', 'ServiceAccount', `account-${i}`, {}),
      document(`${rbac}/v1`, 'Role', `role-${i}`, {
        rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'] }],
      }),
      document(`${rbac}/v1`, 'RoleBinding', `binding-${i}`, {
        roleRef: { apiGroup: rbac, kind: 'Role', name: `role-${i}` },
        subjects: [{ kind: 'ServiceAccount', name: `account-${i}`, namespace }],
      }),
    ]),
    ...times(APPS, (i) => [
      document('v1', 'Service', `app-${i}`, {
        spec: { ports: [{ name: 'http', port: 80, targetPort: 'http' }], selector: { app: `app-${i}` } },
      }),
      document('apps/v1', i === 0 ? 'StatefulSet' : 'Deployment', `app-${i}`, { spec: workload(i) }),
    ]),
    document('policy/v1', 'PodDisruptionBudget', 'budget', {
      spec: { minAvailable: 1, selector: { matchLabels: { app: 'app-0' } } },
    }),
    document('networking.k8s.io/v1', 'Ingress', 'ingress', {
      spec: { defaultBackend: { service: { name: 'app-1', port: { name: 'http' } } } },
    }),
    document('networking.k8s.io/v1', 'NetworkPolicy', 'policy', {
      spec: { podSelector: {}, policyTypes: ['Ingress'], ingress: [{}] },
    }),
    document('batch/v1', 'Job', 'migrate', {
      spec: {
        template: {
          spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'busybox:1.28', command: ['true'] }] },
        },
      },
    }),
    document('v1', 'PersistentVolumeClaim', 'data', {
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    }),
    document('v1', 'ResourceQuota', 'quota', { spec: { hard: { pods: '50' } } }),
    document('v1', 'LimitRange', 'limits', {
      spec: { limits: [{ type: 'Container', defaultRequest: { cpu: '10m' } }] },
    }),
  ]
  return {
    count: documents.length,
    text: (without = []) =>
      documents
        .filter(({ kind, metadata }) => !without.includes(`${kind}/${metadata.name}`))
        .map((one) => `---\n${JSON.stringify(one)}\n`)
        .join(''),
  }
}

function workload(index: number): object {
  const app = `app-${index}`
  const container = {
    name: 'main',
    image: 'busybox:1.28',
    command: ['sh', '-c', `echo began ${app}; mkdir /www; touch /www/index.html; exec httpd -f -h /www -p 8080`],
    ports: [{ name: 'http', containerPort: 8080 }],
    env: [{ name: 'PASSWORD', valueFrom: { secretKeyRef: { name: `secret-${index}`, key: 'password' } } }],
    envFrom: [{ configMapRef: { name: `config-${index}` } }],
    readinessProbe: { httpGet: { path: '/', port: 'http' }, periodSeconds: 1 },
    volumeMounts: [{ name: 'config', mountPath: '/config' }],
  }
  const spec = {
    terminationGracePeriodSeconds: 1,
    serviceAccountName: `account-${index}`,
    containers: [container],
    volumes: [{ name: 'config', configMap: { name: `config-${index}` } }],
  }
  return {
    replicas: 1,
    ...(index === 0 ? { serviceName: app } : {}),
    selector: { matchLabels: { app } },
    template: { metadata: { labels: { app } }, spec },
  }
}
