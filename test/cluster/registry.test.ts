import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { blobPath, CONFIG_TYPE, MANIFEST_TYPE, writeJsonBlob } from '../../src/host/images/blobs.ts'
import { indexDocument, readIndex } from '../../src/host/images/image_index.ts'
import { type LayoutRegistry, serveLayout } from '../../src/host/images/testing/layout_registry.ts'
import { projectRoot } from '../support/berth.ts'
import { eventually, giveImages, testCluster } from '../support/test_cluster.ts'

/** Images come from registries: with credentials, through a mirror, once for all nodes. The registry is one of ours, on loopback. */

describe('images from a registry', () => {
  const cluster = testCluster()
  const { kubectl } = cluster
  let open: LayoutRegistry
  let guarded: LayoutRegistry
  const run = (name: string, image: string, spec = '{}') =>
    kubectl([
      'run',
      name,
      `--image=${image}`,
      '--restart=Never',
      `--overrides={"spec":${spec}}`,
      '--command',
      '--',
      'true',
    ])
  const done = (name: string) =>
    eventually(`${name} has ended`, async () =>
      assert.equal(await kubectl(`get pod ${name} -o jsonpath={.status.phase}`), 'Succeeded'),
    )
  const eventsOf = (name: string) =>
    kubectl(`get events --field-selector involvedObject.name=${name} -o jsonpath={.items[*].message}`)

  before(async () => {
    await giveImages(cluster, 'busybox:1.28')
    const layout = join(projectRoot, '.berth/test-images/images')
    open = await serveLayout(layout)
    guarded = await serveLayout(layout, 'ann:secret')
    await cluster.up('--runtime', 'containerd', '--nodes', '2')
  })
  after(async () => {
    await Promise.all([open?.close(), guarded?.close()])
  })

  test('are fetched once a machine, and are the same image as there', async () => {
    const image = `${open.address}/library/busybox:1.28`
    await run('first', image, '{"nodeName":"node-0"}')
    await done('first')
    const fetched = open.requests.filter((line) => line.includes('/blobs/')).length
    assert.ok(fetched > 0)
    await run('second', image, '{"nodeName":"node-1"}')
    await done('second')
    assert.equal(open.requests.filter((line) => line.includes('/blobs/')).length, fetched)
    assert.match(await kubectl('get pod first -o jsonpath={.status.containerStatuses[0].imageID}'), /^sha256:|@sha256:/)
  })

  test('need the pull secret where the registry asks for a password', async () => {
    const image = `${guarded.address}/library/busybox:1.28`
    await run('stranger', image)
    await eventually('the refusal is told', async () =>
      assert.match(await eventsOf('stranger'), /Failed to pull image .*(unauthorized|authentication required)/i),
    )
    const login = `--docker-server=${guarded.address} --docker-username=ann --docker-password=secret`
    await kubectl(`create secret docker-registry login ${login}`)
    await run('known', image, '{"imagePullSecrets":[{"name":"login"}]}')
    await done('known')
  })

  test('are those that the machine has now, also where a node has an older one', async () => {
    const image = `${open.address}/library/busybox:1.28`
    const idOf = (pod: string) => kubectl(`get pod ${pod} -o jsonpath={.status.containerStatuses[0].imageID}`)
    const archive = join(cluster.data, 'other.tar')
    writeVariant(join(cluster.data, 'other'), archive, image)
    await cluster.berth('image', 'load', archive)
    await run('third', image, '{"nodeName":"node-0"}')
    await done('third')
    assert.notEqual(await idOf('third'), await idOf('first'))
  })

  test('come through a mirror that the machine is told of, instead of a stand-in', async () => {
    const mirror = `[[registry]]\nprefix = "docker.io"\nlocation = "${open.address}"\ninsecure = true\n`
    mkdirSync(join(cluster.data, 'images'), { recursive: true })
    writeFileSync(join(cluster.data, 'images/registries.conf'), mirror)
    await cluster.up('--images', 'originals')
    await run('mirrored', 'docker.io/library/busybox:1.28')
    await done('mirrored')
    assert.doesNotMatch(await eventsOf('mirrored'), /stand-in/)
  })
})

/** An archive of the same image with another configuration, and so another id. */
function writeVariant(scratch: string, archive: string, reference: string): void {
  const from = join(projectRoot, '.berth/test-images/images')
  const image = readIndex(from).find((one) => one.reference === 'docker.io/library/busybox:1.28')
  assert.ok(image)
  const read = (digest: string) => JSON.parse(readFileSync(blobPath(from, digest), 'utf8'))
  const manifest = read(image.manifest.digest)
  const { config, ...facts } = read(manifest.config.digest)
  const changed = writeJsonBlob(scratch, CONFIG_TYPE, { ...facts, config: { ...config, Env: ['OTHER=1'] } })
  for (const { digest } of manifest.layers) cpSync(blobPath(from, digest), blobPath(scratch, digest))
  const newer = writeJsonBlob(scratch, MANIFEST_TYPE, { ...manifest, config: changed })
  writeFileSync(join(scratch, 'index.json'), indexDocument([{ reference, manifest: newer, standsInFor: undefined }]))
  execFileSync('tar', ['-C', scratch, '-cf', archive, '.'])
}
