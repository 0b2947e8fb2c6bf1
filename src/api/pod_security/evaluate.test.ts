import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PodSpec } from '../types.ts'
import { detailsText, reasonsText, violationsOf } from './evaluate.ts'
import { type LevelVersion, levelText, policyOf } from './policy.ts'

const container = (name: string, securityContext?: object) => ({
  name,
  image: 'i',
  ...(securityContext && { securityContext }),
})
const pod = (spec: object) => ({ spec: { containers: [container('a')], ...spec } as unknown as PodSpec })
const against = (level: LevelVersion['level'], spec: object, version: LevelVersion['version'] = 'latest') =>
  detailsText(violationsOf({ level, version }, pod(spec)))
const labels = (modes: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(modes).map(([mode, value]) => [`pod-security.kubernetes.io/${mode}`, value]))

const HARDENED = {
  securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
  containers: [container('a', { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } })],
}

test('baseline names what reaches the node, with its containers', () => {
  const bad = {
    hostNetwork: true,
    hostPID: true,
    volumes: [{ name: 'h', hostPath: { path: '/' } }],
    containers: [
      container('a', { privileged: true }),
      container('b', { capabilities: { add: ['SYS_ADMIN', 'CHOWN'] } }),
    ],
  }
  assert.equal(
    against('baseline', bad),
    'non-default capabilities (container "b" must not include "SYS_ADMIN" in securityContext.capabilities.add), host namespaces (hostNetwork=true, hostPID=true), hostPath volumes (volume "h"), privileged (container "a" must not set securityContext.privileged=true)',
  )
  assert.equal(against('baseline', {}), '')
  assert.equal(against('privileged', bad), '')
})

test('restricted asks for hardening, and takes the place of the baseline checks that it repeats', () => {
  assert.equal(against('restricted', HARDENED), '')
  assert.equal(
    reasonsText(
      violationsOf({ level: 'restricted', version: 'latest' }, pod({ volumes: [{ name: 'n', hostPath: {} }] })),
    ),
    'allowPrivilegeEscalation != false, unrestricted capabilities, restricted volume types, runAsNonRoot != true, seccompProfile',
  )
})

test('older versions know less', () => {
  const own = { hostUsers: false, securityContext: { runAsUser: 0 } }
  assert.match(against('restricted', own, 34), /runAsUser=0/)
  assert.doesNotMatch(against('restricted', own), /runAs/)
  assert.doesNotMatch(against('restricted', {}, 7), /allowPrivilegeEscalation|capabilities/)
  const sysctl = { securityContext: { sysctls: [{ name: 'net.ipv4.tcp_rmem', value: '1' }] } }
  assert.equal(against('baseline', sysctl, 31), 'forbidden sysctls (net.ipv4.tcp_rmem)')
  assert.equal(against('baseline', sysctl, 99), '')
})

test('who enforces a level and says nothing of warnings is warned at that level', () => {
  const { policy, errors } = policyOf(labels({ enforce: 'baseline', 'enforce-version': 'v1.30' }))
  assert.deepEqual(
    [levelText(policy.warn), levelText(policy.audit), errors.length],
    ['baseline:v1.30', 'privileged:latest', 0],
  )
  assert.equal(
    levelText(policyOf(labels({ enforce: 'baseline', warn: 'privileged' })).policy.warn),
    'privileged:latest',
  )
})

test('unknown words refuse pods, and are told for each label', () => {
  const { policy, errors } = policyOf(labels({ enforce: 'strict', 'warn-version': '1.30' }))
  assert.equal(policy.enforce.level, 'restricted')
  assert.equal(policy.warn.level, 'privileged')
  assert.deepEqual(
    errors.map(({ field, message }) => `${field}: ${message}`),
    [
      'metadata.labels[pod-security.kubernetes.io/enforce]: Invalid value: "strict": must be one of privileged, baseline, restricted',
      'metadata.labels[pod-security.kubernetes.io/warn-version]: Invalid value: "1.30": must be "latest" or "v1.x"',
    ],
  )
})
