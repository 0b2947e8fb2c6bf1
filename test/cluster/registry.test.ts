import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
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
  const done = (name: string) => kubectl(`wait --for=jsonpath={.status.phase}=Succeeded --timeout=60s pod/${name}`)
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
