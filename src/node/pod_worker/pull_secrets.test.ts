import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ApiError } from '../../api/error.ts'
import type { Pod } from '../../api/types.ts'
import { textToBase64 } from '../../base/base64.ts'
import type { ReadClient } from '../../client/client.ts'
import { pullCredentials } from './pull_secrets.ts'

const secrets: Record<string, Record<string, unknown>> = {
  newer: { '.dockerconfigjson': { auths: { 'a.example': { auth: 'one' } }, credsStore: 'none' } },
  older: { '.dockercfg': { 'a.example': { auth: 'two' }, 'b.example': { auth: 'three' } } },
  other: { password: 'secret' },
}
const client = {
  async get(_resource: unknown, { name }: { readonly name: string }) {
    const content = secrets[name]
    if (content === undefined) throw new ApiError({ code: 404, reason: 'NotFound', message: name })
    const data = Object.entries(content).map(([key, value]) => [key, textToBase64(JSON.stringify(value))])
    return { metadata: { name }, data: Object.fromEntries(data) }
  },
} as unknown as ReadClient
const podWith = (...names: string[]) =>
  ({ metadata: { namespace: 'n' }, spec: { imagePullSecrets: names.map((name) => ({ name })) } }) as unknown as Pod

test('the first secret that names a registry decides over it, in either form', async () => {
  const { document, missing } = await pullCredentials(client, podWith('newer', 'older'))
  assert.deepEqual(JSON.parse(document ?? ''), {
    auths: { 'a.example': { auth: 'one' }, 'b.example': { auth: 'three' } },
  })
  assert.deepEqual(missing, [])
})

test('what is not there, or is no such secret, is named', async () => {
  assert.deepEqual(await pullCredentials(client, podWith('gone', 'other')), { missing: ['gone', 'other'] })
})
