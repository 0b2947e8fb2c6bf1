import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { kubectls } from '../support/kubectls.ts'
import { type TestCluster, testCluster } from '../support/test_cluster.ts'

/** What a user reads after a mistake in a manifest or in a command: upstream's own words. */

const whole = testCluster()
before(() => whole.up('--nodes', '0'))

const set = (change: Readonly<Record<string, unknown>>, name = 'a') =>
  JSON.stringify({
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name },
    spec: {
      serviceName: 'a',
      selector: { matchLabels: { app: 'a' } },
      template: { metadata: { labels: { app: 'a' } }, spec: { containers: [{ name: 'a', image: 'x' }] } },
      ...change,
    },
  })

const LABEL_WORDS =
  "must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character"

for (const { version, program } of await kubectls()) {
  describe(`kubectl ${version}`, () => mistakes(whole.with(program), Number(version.split('.')[1])))
}

function mistakes(cluster: TestCluster, minor: number): void {
  const refused = async (args: string, words: string, input?: string) => {
    const { code, printed } = await cluster.tryKubectl(args, input)
    assert.equal(code, 1, printed)
    assert.ok(printed.includes(words), `${printed}\nholds\n${words}`)
  }

  test('an unknown field', () =>
    refused(
      'create -f -',
      // Old ones look at the OpenAPI document themselves, new ones let the server judge.
      minor < 25
        ? 'unknown field "replica" in io.k8s.api.apps.v1.StatefulSetSpec'
        : 'StatefulSet in version "v1" cannot be handled as a StatefulSet: strict decoding error: unknown field "spec.replica"',
      set({ replica: 3 }),
    ))

  test('a value of the wrong type', () =>
    refused(
      'create --validate=false -f -',
      'Error from server (BadRequest): error when creating "STDIN": StatefulSet in version "v1" cannot be handled as a StatefulSet: ' +
        'json: cannot unmarshal string into Go struct field StatefulSetSpec.spec.replicas of type int32',
      set({ replicas: 'three' }),
    ))

  test('a name that is none', () =>
    refused(
      'create -f -',
      `metadata.name: Invalid value: "A_b": a lowercase RFC 1123 label ${LABEL_WORDS}`,
      set({}, 'A_b'),
    ))

  test('a selector that does not match the template', () =>
    refused(
      'create -f -',
      'The StatefulSet "a" is invalid: spec.template.metadata.labels: Invalid value: {"app":"a"}: `selector` does not match template `labels`',
      set({ selector: { matchLabels: { app: 'b' } } }),
    ))

  test('a field that may not change', async () => {
    await cluster.kubectl('create -f -', set({}, 'fixed'))
    await refused(
      'apply -f -',
      "Forbidden: updates to statefulset spec for fields other than 'replicas'",
      set({ serviceName: 'other' }, 'fixed'),
    )
    await cluster.kubectl('delete statefulset fixed')
  })

  test('a kind that nobody knows', async () => {
    await refused(
      'create -f -',
      'no matches for kind "Frob" in version "v1"',
      '{"apiVersion":"v1","kind":"Frob","metadata":{"name":"a"}}',
    )
    await refused('get frobs', 'error: the server doesn\'t have a resource type "frobs"')
  })

  test('what is not there, and what is there already', async () => {
    await refused('get pod nope', 'Error from server (NotFound): pods "nope" not found')
    await refused('delete statefulset nope', 'Error from server (NotFound): statefulsets.apps "nope" not found')
    await refused('create namespace default', 'Error from server (AlreadyExists): namespaces "default" already exists')
    await refused('create configmap a --namespace nope', 'namespaces "nope" not found')
  })

  test('selectors that cannot be read', async () => {
    await refused('get pods --field-selector spec.foo=1', 'field label not supported: spec.foo')
    await refused('get pods -l a=b=c', "found '=', expected: ',' or 'end of string'")
  })

  test('a text that is no manifest', () =>
    refused('create -f -', 'error parsing STDIN', '{"apiVersion":"v1","kind":"Pod",'))
}
