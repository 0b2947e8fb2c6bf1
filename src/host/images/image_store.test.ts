import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { mustRun } from '../processes.ts'
import { blobPath } from './blobs.ts'
import { blobsOf } from './image_index.ts'
import { createImageStore, type ImageStore } from './image_store.ts'
import { withLock } from './lock.ts'

async function withStore(run: (store: ImageStore, folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'berth-store-'))
  try {
    await run(createImageStore({ layout: join(folder, 'images') }), folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const digest = (text: string) => `sha256:${createHash('sha256').update(text).digest('hex')}`

async function archive(folder: string, files: Readonly<Record<string, string>>): Promise<string> {
  const content = mkdtempSync(join(folder, 'content-'))
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(content, name, '..'), { recursive: true })
    writeFileSync(join(content, name), text)
  }
  await mustRun(['tar', '-C', content, '-cf', `${content}.tar`, '.'])
  return `${content}.tar`
}

test("a Docker archive's images are stored under their full names, a shared layer once", () =>
  withStore(async (store, folder) => {
    const images = ['one', 'two'].map((name) => ({
      Config: `${name}.json`,
      RepoTags: [`${name}:1`],
      Layers: ['l/layer.tar'],
    }))
    const tar = await archive(folder, {
      'manifest.json': JSON.stringify(images),
      'one.json': '{"os":"linux"}',
      'two.json': '{"os":"linux","variant":"two"}',
      'l/layer.tar': 'the layer',
    })
    assert.deepEqual(await store.loadImage(tar), ['docker.io/library/one:1', 'docker.io/library/two:1'])
    const found = store.find('two:1')
    assert.ok(found)
    assert.deepEqual(blobsOf(store.layout, found).slice(1), [
      digest('{"os":"linux","variant":"two"}'),
      digest('the layer'),
    ])
    assert.equal(store.find('two:2'), undefined)
    assert.equal(store.standInFor('two:1'), undefined)
  }))

test('a damaged blob is refused, and a name without an image too', () =>
  withStore(async (store, folder) => {
    const manifest = JSON.stringify({ config: { digest: digest('config') }, layers: [] })
    const entry = { mediaType: 'application/vnd.oci.image.manifest.v1+json', digest: digest(manifest), size: 1 }
    const named = { ...entry, annotations: { 'org.opencontainers.image.ref.name': 'a:1' } }
    const blobs = {
      [blobPath('', digest(manifest))]: manifest,
      [blobPath('', digest('config'))]: 'changed',
    }
    const withIndex = (index: object) =>
      archive(folder, { 'index.json': JSON.stringify({ manifests: [index] }), ...blobs })
    await assert.rejects(store.loadImage(await withIndex(named)), /damaged/)
    await assert.rejects(store.loadImage(await withIndex(entry)), /names no image/)
    await assert.rejects(
      store.loadImage(await archive(folder, { file: '' })),
      /neither an OCI layout nor a Docker archive/,
    )
    await assert.rejects(store.buildImage('no/recipe:1'), /there is no recipe for no\/recipe:1/)
  }))

test('each name that the recipes serve says what it stands for', () =>
  withStore(async (store) => {
    for (const name of [
      'mysql:5.7',
      'gcr.io/google-samples/xtrabackup:1.0',
      'registry.k8s.io/nginx-slim:0.24',
      'busybox',
    ]) {
      assert.ok(store.canBuild(name), name)
      assert.match(store.standInFor(name) ?? '', /Debian/)
    }
    assert.equal(store.canBuild('mysql:5.5'), false)
  }))

test('a lock is passed on, and one whose holder has died is free', () =>
  withStore(async (_store, folder) => {
    const file = join(folder, 'lock')
    writeFileSync(file, JSON.stringify({ pid: 1, startTime: 'another process' }))
    const order: string[] = []
    const hold = (name: string) =>
      withLock(file, async () => {
        order.push(`${name} in`)
        await Promise.resolve()
        order.push(`${name} out`)
      })
    await Promise.all([hold('a'), hold('b')])
    assert.deepEqual(
      order.map((entry) => entry.split(' ')[1]),
      ['in', 'out', 'in', 'out'],
    )
    assert.equal(existsSync(file), false)
  }))
