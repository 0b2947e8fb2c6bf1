import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seededRandom } from '../../base/random.ts'
import { decodeObject } from '../decode.ts'
import type { MutableObject, RuleContext } from '../kind_rules.ts'
import { decodeMessage, encodeProtobuf, openEnvelope } from '../protobuf.ts'
import { allResources, type ResourceFacts, typeNameOf } from '../schema/table.ts'
import type { KubeObject } from '../types.ts'
import { rulesOf } from './registry.ts'
import { randomValue } from './testing/suite_random_object.ts'
import { validateChange, validateNew } from './validate.ts'

const OBJECTS_PER_KIND = 40

const context = (): RuleContext => ({
  now: Date.UTC(2026, 0, 1),
  random: seededRandom(1),
  user: { name: 'admin', groups: [] },
  featureGates: new Map([['MaxUnavailableStatefulSet', false]]),
})

const kinds = allResources().filter(({ verbs }) => verbs.includes('update'))

/** What decoding makes of a random body. */
function randomObject({ ref }: ResourceFacts, seed: number): { typeName: string; draft: MutableObject } {
  const typeName = typeNameOf(ref.group, ref.version, ref.kind)
  assert.ok(typeName !== undefined)
  const body = {
    ...(randomValue(typeName, seededRandom(seed)) as object),
    apiVersion: ref.group === '' ? ref.version : `${ref.group}/${ref.version}`,
    kind: ref.kind,
    metadata: { name: 'x', ...(ref.namespaced ? { namespace: 'd' } : {}), uid: 'u', generation: 1 },
  }
  return { typeName, draft: decodeObject(typeName, body).object as MutableObject }
}

const labelOf = ({ ref }: ResourceFacts): string => `${ref.group}/${ref.version} ${ref.kind}`

test('whatever the body, rules answer with faults and do not fail', () => {
  for (const kind of kinds) {
    const rules = rulesOf(kind.ref.group, kind.ref.resource)
    for (let seed = 1; seed <= OBJECTS_PER_KIND; seed++) {
      const { draft } = randomObject(kind, seed)
      try {
        rules.defaults?.(draft)
        const old = structuredClone(draft) as unknown as KubeObject
        rules.prepareCreate?.(draft, context())
        const object = draft as unknown as KubeObject
        validateNew(rules, object, context())
        rules.warnings?.(object, undefined)
        validateChange(rules, object, old, context())
        rules.cells?.(object, 0)
        rules.selectableFields?.(object)
      } catch (error) {
        assert.fail(`${labelOf(kind)}, seed ${seed}: ${error instanceof Error ? error.stack : String(error)}`)
      }
    }
  }
})

test('defaults that are in stay as they are', () => {
  for (const kind of kinds) {
    const rules = rulesOf(kind.ref.group, kind.ref.resource)
    for (let seed = 1; seed <= OBJECTS_PER_KIND; seed++) {
      const { draft } = randomObject(kind, seed)
      rules.defaults?.(draft)
      const once = structuredClone(draft)
      rules.defaults?.(draft)
      assert.deepEqual(draft, once, `${labelOf(kind)}, seed ${seed}`)
    }
  }
})

/** These upstream serves without protobuf. */
const ONLY_JSON = new Set(['apiextensions.k8s.io', 'apiregistration.k8s.io'])

test('every kind survives the way through protobuf', () => {
  for (const kind of kinds.filter(({ ref }) => !ONLY_JSON.has(ref.group))) {
    for (let seed = 1; seed <= OBJECTS_PER_KIND; seed++) {
      const { typeName, draft } = randomObject(kind, seed)
      const { raw } = openEnvelope(encodeProtobuf(typeName, draft))
      const { apiVersion, kind: name } = draft
      const back = decodeObject(typeName, { apiVersion, kind: name, ...decodeMessage(typeName, raw) }).object
      assert.deepEqual(back, draft, `${labelOf(kind)}, seed ${seed}`)
    }
  }
})
