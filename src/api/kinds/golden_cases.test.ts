import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { seededRandom } from '../../base/random.ts'
import { decodeObject } from '../decode.ts'
import { invalidError } from '../field_error.ts'
import type { MutableObject, RuleContext } from '../kind_rules.ts'
import { parseGroupVersion, resourceFacts, typeNameOf } from '../schema/table.ts'
import type { KubeObject } from '../types.ts'
import { rulesOf } from './registry.ts'
import { validateNew } from './validate.ts'

/** What a recorded case says of one answer, as far as these tests look. */
interface Answer {
  readonly status?: number
  readonly body?: { readonly message?: string; readonly details?: { readonly causes?: readonly object[] } }
}
interface Step {
  readonly request?: { readonly method: string; readonly path: string; readonly body?: object; readonly text?: string }
  readonly fields?: readonly string[]
  readonly want?: Answer
}
interface Case {
  readonly case: string
  readonly steps: readonly Step[]
}

const CASES = new URL('../../../conformance/cases/', import.meta.url)
const FILES = [
  'kinds-statefulset',
  'kinds-pod-invalid',
  'kinds-config',
  'kinds-storage',
  'kinds-service',
  'kinds-workload',
  'kinds-net',
]
/** Refused by the server itself, not by the rules of the kind: decoding, admission, what is there already. */
const OF_THE_SERVER = /network does not match the current range/
/** Placeholders of uids, and an empty map, which decoding has dropped. */
const NOT_COMPARABLE = /<uid-|Unsupported value: \{\}/
const NAMESPACE = 'case'
const PATH = /^\/apis?\/(?:([^/]+)\/)??(v[^/]+)\/(?:namespaces\/\{ns\}\/)?([^/]+)$/

const context: RuleContext = {
  now: Date.UTC(2026, 0, 1),
  random: seededRandom(1),
  user: { name: 'admin', groups: [] },
  // As v1.36 ships it, and as the cases were recorded.
  featureGates: new Map([['MaxUnavailableStatefulSet', false]]),
}

/** The faults that the rules find in what a case creates, as the 422 that the server would answer. */
function refusalOf(path: string, body: object): { message: string; causes: readonly object[] } | undefined {
  const [, group = '', version = '', resource = ''] = PATH.exec(path) ?? []
  const facts = resourceFacts(group, version, resource)
  const typeName = typeNameOf(group, version, facts?.ref.kind ?? '')
  assert.ok(facts !== undefined && typeName !== undefined, `${path} names a resource`)
  const rules = rulesOf(group, resource)
  const draft = decodeObject(typeName, body).object as MutableObject
  if (facts.ref.namespaced) draft.metadata['namespace'] = NAMESPACE
  rules.defaults?.(draft)
  draft.metadata['uid'] = 'uid'
  // As the admission of pods does before they are validated.
  if (resource === 'pods') draft['spec'].serviceAccountName ??= 'default'
  rules.prepareCreate?.(draft, context)
  const object = draft as unknown as KubeObject
  const errors = validateNew(rules, object, context)
  if (errors.length === 0) return undefined
  const error = invalidError(facts.ref, object.metadata.name ?? '', errors)
  return { message: error.message, causes: error.details?.causes ?? [] }
}

/** A file of cases with words in the place of those that a player chooses. */
const textOf = (file: string): string =>
  readFileSync(new URL(`${file}.json`, CASES), 'utf8')
    .replaceAll('{run}', 'r1')
    .replaceAll(/(?<!namespaces\/)\{ns\}/g, NAMESPACE)

const isCreation = (step: Step): boolean =>
  step.request?.method === 'POST' && PATH.test(step.request.path) && step.request.body !== undefined

function checkStep(step: Step, name: string): void {
  const { request, want } = step
  if (request?.body === undefined || want?.status === undefined) return
  if (want.status !== 201 && want.status !== 422) return
  const refusal = refusalOf(request.path, request.body)
  if (want.status === 201) assert.equal(refusal?.message, undefined, name)
  if (want.body?.message === undefined || OF_THE_SERVER.test(want.body.message)) return
  if (NOT_COMPARABLE.test(want.body.message)) return
  assert.equal(refusal?.message, want.body.message, name)
  assert.deepEqual(refusal?.causes, want.body.details?.causes, name)
}

for (const file of FILES) {
  test(`creations of ${file} are taken or refused in upstream's words`, () => {
    const cases = JSON.parse(textOf(file)) as readonly Case[]
    let checked = 0
    for (const { case: name, steps } of cases) {
      for (const step of steps.filter(isCreation)) {
        checkStep(step, name)
        checked++
      }
    }
    assert.ok(checked > 0)
  })
}

test('every registered kind is one of the table and stands once', () => {
  const { group } = parseGroupVersion('apps/v1')
  assert.equal(rulesOf(group, 'statefulsets').resource.kind, 'StatefulSet')
  assert.equal(rulesOf('storage.k8s.io', 'volumeattachments').resource.kind, 'VolumeAttachment')
})
