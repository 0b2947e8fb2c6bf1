import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Pod } from '../../api/types.ts'
import { containerSecurity, sandboxSecurity } from '../../node/preparation/security.ts'
import type { ContainerConfig, RuntimeImage, Sandbox, SandboxConfig } from '../../node/runtime.ts'
import { containerRequest, sandboxRequest } from './requests.ts'

interface Wire {
  readonly linux: { readonly security_context: Readonly<Record<string, unknown>> }
}

const IMAGE: RuntimeImage = { reference: 'i', id: 'sha256:0', pulled: false, user: 0 }
const FACTS = {
  hostname: 'web-0',
  hostNetwork: false,
  shareProcessNamespace: false,
  logDirectory: '/l',
  cgroupParent: '',
}
const podWith = (spec: object) => ({ metadata: {}, spec: { containers: [], ...spec } }) as unknown as Pod

function containerSecurityOf(securityContext: object, podSecurity: object = {}): Readonly<Record<string, unknown>> {
  const pod = podWith({ securityContext: podSecurity })
  const security = containerSecurity(pod, { name: 'c', securityContext } as Pod['spec']['containers'][number], IMAGE)
  const config = { name: 'c', image: IMAGE, env: [], mounts: [], resources: {}, security } as unknown as ContainerConfig
  const request = containerRequest({ id: 's', pod: {} } as unknown as Sandbox, FACTS, config) as {
    readonly config: Wire
  }
  return request.config.linux.security_context
}

test("a container's seccomp profile goes before its pod's, and none at all leaves it to the runtime", () => {
  const runtimeDefault = { seccompProfile: { type: 'RuntimeDefault' } }
  assert.deepEqual(containerSecurityOf({}, runtimeDefault)['seccomp'], { profile_type: 'RuntimeDefault' })
  assert.deepEqual(containerSecurityOf({ seccompProfile: { type: 'Unconfined' } }, runtimeDefault)['seccomp'], {
    profile_type: 'Unconfined',
  })
  const local = { seccompProfile: { type: 'Localhost', localhostProfile: 'mine.json' } }
  assert.deepEqual(containerSecurityOf(local)['seccomp'], {
    profile_type: 'Localhost',
    localhost_ref: '/var/lib/kubelet/seccomp/mine.json',
  })
  assert.equal(containerSecurityOf({})['seccomp'], undefined)
})

test('procMount decides what of /proc is hidden', () => {
  assert.notDeepEqual(containerSecurityOf({})['masked_paths'], [])
  assert.deepEqual(containerSecurityOf({ procMount: 'Unmasked' })['masked_paths'], [])
})

test("a pod that shares the node's processes does so from its sandbox on", () => {
  const pod = podWith({ hostPID: true, securityContext: { seccompProfile: { type: 'RuntimeDefault' } } })
  const config = { pod: {}, labels: {}, ...FACTS, ...sandboxSecurity(pod) } as unknown as SandboxConfig
  const { namespace_options, seccomp } = (sandboxRequest(config) as Wire).linux.security_context
  assert.deepEqual(namespace_options, { network: 'POD', pid: 'NODE', ipc: 'POD' })
  assert.deepEqual(seccomp, { profile_type: 'RuntimeDefault' })
})

test("a privileged container's sandbox is said to be so each time, and one in the node's network has no name of its own", () => {
  const pod = podWith({ containers: [{ name: 'c', securityContext: { privileged: true } }] })
  const config = {
    pod: {},
    labels: {},
    ...FACTS,
    hostNetwork: true,
    ...sandboxSecurity(pod),
  } as unknown as SandboxConfig
  const sandbox = sandboxRequest(config) as Wire & { readonly hostname: string }
  assert.deepEqual([sandbox.hostname, sandbox.linux.security_context['privileged']], ['', true])
  const asked = {
    name: 'c',
    image: IMAGE,
    env: [],
    mounts: [],
    resources: {},
    security: {},
  } as unknown as ContainerConfig
  const request = containerRequest({ id: 's', pod: {} } as unknown as Sandbox, { ...FACTS, privileged: true }, asked)
  const { sandbox_config } = request as { readonly sandbox_config: Wire }
  assert.equal(sandbox_config.linux.security_context['privileged'], true)
})
