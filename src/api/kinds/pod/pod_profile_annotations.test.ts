import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { MutableObject } from '../../kind_rules.ts'
import type { PodSpec } from '../../types.ts'
import { adoptAppArmor, profileAnnotationErrors, profileMatchErrors } from './pod_profile_annotations.ts'

const KEY = 'container.apparmor.security.beta.kubernetes.io/a'
const spec = (more: object = {}, context?: object) =>
  ({ containers: [{ name: 'a', ...(context && { securityContext: context }) }], ...more }) as unknown as PodSpec

test('an annotation of AppArmor becomes the field, and that is told', () => {
  const pod = { metadata: { annotations: { [KEY]: 'localhost/x' } }, spec: spec() } as unknown as MutableObject
  const told: string[] = []
  adoptAppArmor(pod, (text) => told.push(text))
  assert.deepEqual(pod['spec'].containers[0].securityContext, {
    appArmorProfile: { type: 'Localhost', localhostProfile: 'x' },
  })
  assert.deepEqual(told, [
    `metadata.annotations[${KEY}]: deprecated since v1.30; use the "appArmorProfile" field instead`,
  ])
  adoptAppArmor(pod, () => assert.fail('the field is there already'))
})

test('texts that mean no profile, and containers that are not there', () => {
  const errors = profileAnnotationErrors(
    { [`${KEY}b`]: 'strict', 'container.seccomp.security.alpha.kubernetes.io/a': 'x' },
    spec(),
    'metadata.annotations',
  )
  assert.deepEqual(
    errors.map(({ message }) => message),
    [
      'Invalid value: "x": must be a valid seccomp profile',
      'Invalid value: "ab": container not found',
      'Invalid value: "strict": invalid AppArmor profile name: "strict"',
    ],
  )
})

test('an annotation and a field that differ are refused', () => {
  const context = {
    appArmorProfile: { type: 'RuntimeDefault' },
    seccompProfile: { type: 'Localhost', localhostProfile: 'p' },
  }
  const annotations = { [KEY]: 'unconfined', 'container.seccomp.security.alpha.kubernetes.io/a': 'localhost/q' }
  assert.deepEqual(
    profileMatchErrors(annotations, spec({}, context), 'spec').map(({ field }) => field),
    [
      'spec.containers[0].securityContext.seccompProfile.localhostProfile',
      'spec.containers[0].securityContext.appArmorProfile.type',
    ],
  )
  assert.deepEqual(profileMatchErrors({ [KEY]: 'runtime/default' }, spec({}, context), 'spec'), [])
})
