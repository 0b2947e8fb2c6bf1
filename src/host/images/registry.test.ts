import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { findTool } from '../machine/surroundings.ts'
import { CONFIG_TYPE, MANIFEST_TYPE, writeJsonBlob } from './blobs.ts'
import { addToIndex, blobsOf } from './image_index.ts'
import { createImageStore } from './image_store.ts'
import { createOriginChoice, type ImageChoice } from './origin.ts'
import { serveLayout } from './testing/layout_registry.ts'

const scratch = mkdtempSync(join(tmpdir(), 'berth-registry-'))
after(() => rmSync(scratch, { recursive: true, force: true }))

/** An image without layers, with a config of its own. */
function addImage(layout: string, reference: string, text: string): void {
  const rootfs = { type: 'layers', diff_ids: [] }
  const architecture = process.arch === 'x64' ? 'amd64' : process.arch
  const config = writeJsonBlob(layout, CONFIG_TYPE, { architecture, os: 'linux', config: { Env: [text] }, rootfs })
  const manifest = writeJsonBlob(layout, MANIFEST_TYPE, {
    schemaVersion: 2,
    mediaType: MANIFEST_TYPE,
    config,
    layers: [],
  })
  addToIndex(layout, { reference, manifest, standsInFor: undefined })
}

describe('an image from a registry', { skip: findTool('skopeo') === undefined && 'skopeo is missing' }, () => {
  test('is fetched once, kept for the machine, and fetched again when the registry has another one', async () => {
    const there = join(scratch, 'there')
    addImage(there, 'docker.io/shop/app:1', 'A=1')
    const registry = await serveLayout(there)
    try {
      const store = createImageStore({ layout: join(scratch, 'here') })
      const request = { reference: `${registry.address}/shop/app:1` }
      const first = await store.pullImage(request)
      assert.equal(store.find(request.reference)?.manifest.digest, first.manifest.digest)
      const idOfFirst = blobsOf(store.layout, first)[1]
      const fetched = registry.requests.filter((line) => line.includes('/blobs/')).length
      assert.equal((await store.pullImage(request)).manifest.digest, first.manifest.digest)
      assert.equal(registry.requests.filter((line) => line.includes('/blobs/')).length, fetched)
      addImage(there, 'docker.io/shop/app:1', 'A=2')
      const second = await store.pullImage(request)
      assert.notEqual(blobsOf(store.layout, second)[1], idOfFirst)
      await assert.rejects(store.pullImage({ reference: `${registry.address}/shop/other:1` }), /manifest unknown/)
    } finally {
      await registry.close()
    }
  })

  test('needs the right credentials where the registry asks for them', async () => {
    const there = join(scratch, 'guarded')
    addImage(there, 'docker.io/shop/app:1', 'A=1')
    const registry = await serveLayout(there, 'ann:secret')
    try {
      const store = createImageStore({ layout: join(scratch, 'mine') })
      const reference = `${registry.address}/shop/app:1`
      await assert.rejects(store.pullImage({ reference }), /unauthorized|authentication required/i)
      const auths = { [registry.address]: { auth: Buffer.from('ann:secret').toString('base64') } }
      const image = await store.pullImage({ reference, credentials: JSON.stringify({ auths }) })
      assert.equal(image.reference, reference)
    } finally {
      await registry.close()
    }
  })
})

describe('where an image comes from', () => {
  const recipe = 'docker.io/library/busybox:1.28'
  const originWith = (images: ImageChoice, registryAnswers: boolean) => {
    let asked = 0
    const lookUp = async () => {
      asked++
      if (!registryAnswers) throw new Error('no such host')
      return 'sha256:0'
    }
    const store = { ...createImageStore({ layout: join(scratch, 'empty') }), lookUp }
    const originOf = createOriginChoice({ store, images })
    return { of: (reference: string) => originOf({ reference, policy: 'IfNotPresent' }), asked: () => asked }
  }

  test('the original goes before a stand-in when its registry answers', async () => {
    assert.equal(await originWith('auto', true).of(recipe), 'registry')
    const alone = originWith('auto', false)
    assert.deepEqual([await alone.of(recipe), await alone.of('docker.io/library/busybox:latest')], ['recipe', 'recipe'])
    assert.equal(alone.asked(), 1)
  })

  test('somebody may insist on one or the other; the pause image is always our own', async () => {
    const [standIns, originals] = [originWith('stand-ins', true), originWith('originals', true)]
    assert.deepEqual([await standIns.of(recipe), await originals.of(recipe)], ['recipe', 'registry'])
    assert.equal(await standIns.of('docker.io/library/no-recipe:1'), 'registry')
    assert.equal(await originals.of('registry.k8s.io/pause:3.10'), 'recipe')
    assert.deepEqual([standIns.asked(), originals.asked()], [0, 0])
  })
})
