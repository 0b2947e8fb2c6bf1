import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Pod } from '../../types.ts'
import { podSpecDefaults } from './pod_defaults.ts'
import { podUpdateErrors } from './pod_update.ts'
import { podErrors } from './pod_validation.ts'
import { podWarnings } from './pod_warnings.ts'

/** A pod with one container, and what a row of a table adds to its spec. */
function podWith(spec: object): Pod {
  const draft = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p' },
    spec: { serviceAccountName: 'default', containers: [{ name: 'c', image: 'i' }], ...spec },
  }
  podSpecDefaults(draft.spec)
  return draft as unknown as Pod
}

const container = (fields: object): object => ({ containers: [{ name: 'c', image: 'i', ...fields }] })
const volume = (source: object): object => ({ volumes: [{ name: 'v', ...source }] })

/** What stands in the spec, and the faults that v1.36 finds in it. */
const FAULTS: readonly (readonly [string, object, readonly string[]])[] = [
  [
    'restart rules need a policy',
    container({ restartPolicyRules: [{ action: 'Restart', exitCodes: { operator: 'In', values: [1] } }] }),
    ['spec.containers[0].restartPolicy: Required value: must specify restartPolicy when restart rules are used'],
  ],
  [
    'a claim must be one of the pod',
    container({ resources: { claims: [{ name: 'x' }] } }),
    [
      'spec.containers[0].resources.claims[0]: Not found: "x": must be one of the names in pod.spec.resourceClaims which is empty',
    ],
  ],
  [
    'huge pages need memory or cpu',
    container({ resources: { limits: { 'hugepages-2Mi': '4Mi' } } }),
    ['spec.containers[0].resources: Forbidden: HugePages require cpu or memory'],
  ],
  [
    'seccomp shows the whole profile',
    { securityContext: { seccompProfile: { type: 'RuntimeDefault', localhostProfile: 'p' } } },
    [
      'spec.securityContext.seccompProfile.localhostProfile: Invalid value: {"Type":"RuntimeDefault","LocalhostProfile":"p"}: can only be set when seccomp type is Localhost',
    ],
  ],
  [
    'Windows knows no users by number',
    { os: { name: 'windows' }, securityContext: { runAsUser: 1 } },
    ['spec.securityContext.runAsUser: Forbidden: cannot be set for a windows pod'],
  ],
  [
    'own users and the host’s processes',
    { hostUsers: false, hostPID: true },
    ['spec.HostPID: Forbidden: when `hostUsers` is false'],
  ],
  [
    'a disk is reported under another name',
    volume({ gcePersistentDisk: { pdName: '' } }),
    ['spec.volumes[0].persistentDisk.pdName: Required value'],
  ],
  [
    'files of a projected volume collide',
    volume({
      projected: {
        sources: [
          { secret: { name: 's', items: [{ key: 'a', path: 'p' }] } },
          { configMap: { name: 'c', items: [{ key: 'a', path: 'p' }] } },
        ],
      },
    }),
    ['spec.volumes[0].projected: Invalid value: "c": conflicting duplicate paths'],
  ],
  [
    'keys to match need a selector',
    {
      topologySpreadConstraints: [
        { maxSkew: 1, topologyKey: 'z', whenUnsatisfiable: 'DoNotSchedule', matchLabelKeys: ['k'] },
      ],
    },
    [
      'spec.topologySpreadConstraints[0].matchLabelKeys: Forbidden: must not be specified when labelSelector is not set',
    ],
  ],
  [
    'a pod asks for at least what its containers do',
    {
      resources: { requests: { cpu: '1' } },
      containers: [{ name: 'c', image: 'i', resources: { requests: { cpu: '2' } } }],
    },
    [
      'spec.resources.requests[cpu]: Invalid value: "1": must be greater than or equal to aggregate container requests of 2',
    ],
  ],
]

for (const [name, spec, expected] of FAULTS) {
  test(`pod: ${name}`, () => {
    const found = podErrors(podWith(spec)).map(({ field, message }) => `${field}: ${message}`)
    assert.deepEqual(found, expected)
  })
}

test('fields behind closed gates are dropped', () => {
  const { spec } = podWith({
    schedulingGroup: { podGroupName: 'g' },
    ...container({ lifecycle: { stopSignal: 'SIGTERM' } }),
    ...volume({ projected: { sources: [{ clusterTrustBundle: { name: 'x', path: 'p' } }] } }),
  })
  assert.equal('schedulingGroup' in spec, false)
  assert.equal(spec.containers[0]?.lifecycle, undefined)
  assert.deepEqual(spec.volumes?.[0]?.projected?.sources, [{}])
  assert.deepEqual(podWith(container({ lifecycle: {} })).spec.containers[0]?.lifecycle, {})
})

test('an update may narrow a gated pod, and tells an empty struct from none', () => {
  const term = (...keys: string[]) => ({ matchExpressions: keys.map((key) => ({ key, operator: 'Exists' })) })
  const gatedWith = (...keys: string[]) =>
    podWith({
      schedulingGates: [{ name: 'a.example/wait' }],
      affinity: {
        nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [term(...keys)] } },
      },
    })
  assert.deepEqual(podUpdateErrors(gatedWith('a', 'b'), gatedWith('a')), [])
  assert.match(podUpdateErrors(gatedWith('b'), gatedWith('a'))[0]?.message ?? '', /only additions are allowed/)
  const changed = podUpdateErrors(podWith({ affinity: {} }), podWith({}))
  assert.match(changed[0]?.message ?? '', /\+ "Affinity": \{/)
  assert.deepEqual(podUpdateErrors(podWith({ nodeSelector: {} }), podWith({})), [])
})

test('what is hardly meant is told', () => {
  const port = { containerPort: 80, protocol: 'TCP' }
  const pod = podWith({
    ...container({
      ports: [port, port],
      env: [
        { name: 'A', value: 'x' },
        { name: 'A', value: 'y' },
      ],
    }),
    ...volume({ glusterfs: { endpoints: 'e', path: 'p' } }),
    nodeSelector: { 'beta.kubernetes.io/os': 'linux' },
  })
  assert.deepEqual(podWarnings(pod, undefined), [
    'spec.nodeSelector[beta.kubernetes.io/os]: deprecated since v1.14; use "kubernetes.io/os" instead',
    'spec.volumes[0].glusterfs: deprecated in v1.25, non-functional in v1.26+',
    'spec.containers[0].env[1]: hides previous definition of "A", which may be dropped when using apply',
    'spec.containers[0].ports[1]: duplicate port definition with spec.containers[0].ports[0]',
  ])
})
