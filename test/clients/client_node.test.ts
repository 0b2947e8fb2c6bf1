import assert from 'node:assert/strict'
import { PassThrough, Readable } from 'node:stream'
import { before, test } from 'node:test'
import * as k8s from '@kubernetes/client-node'
import { eventually, giveImages, testCluster } from '../support/test_cluster.ts'

/** The JavaScript client, as its documents use it, with the kubeconfig that `up` writes. */

const START_MS_MAX = 60_000
const POD = {
  metadata: { name: 'web', labels: { app: 'web' } },
  spec: {
    terminationGracePeriodSeconds: 1,
    containers: [
      {
        name: 'web',
        image: 'busybox:1.28',
        command: [
          'sh',
          '-c',
          'mkdir /www; echo served > /www/index.html; echo began; exec httpd -f -v -h /www -p 8080',
        ],
        readinessProbe: { httpGet: { path: '/', port: 8080 }, periodSeconds: 1 },
      },
    ],
  },
}
const namespace = 'default'
const cluster = testCluster()
const config = new k8s.KubeConfig()
let core: k8s.CoreV1Api

before(async () => {
  await giveImages(cluster, 'busybox:1.28')
  await cluster.up('--nodes', '1')
  config.loadFromFile(cluster.kubeconfig)
  core = config.makeApiClient(k8s.CoreV1Api)
  await eventually('the namespace has its account', () =>
    core.readNamespacedServiceAccount({ name: 'default', namespace }),
  )
  await core.createNamespacedPod({ namespace, body: POD })
})

const isReady = async () => {
  const pod = await core.readNamespacedPod({ name: 'web', namespace })
  assert.equal(pod.status?.conditions?.find(({ type }) => type === 'Ready')?.status, 'True')
}

test('objects are made, read, replaced, patched, listed and deleted', async () => {
  const body = { metadata: { name: 'one', labels: { kind: 'crud' } }, data: { a: '1' } }
  const made = await core.createNamespacedConfigMap({ namespace, body })
  assert.ok(made.metadata?.creationTimestamp instanceof Date)
  await assert.rejects(core.createNamespacedConfigMap({ namespace, body }), { code: 409 })
  await core.replaceNamespacedConfigMap({ namespace, name: 'one', body: { ...made, data: { a: '2' } } })
  await assert.rejects(core.replaceNamespacedConfigMap({ namespace, name: 'one', body: made }), { code: 409 })
  const patched = await core.patchNamespacedConfigMap(
    { namespace, name: 'one', body: { data: { b: '3' } } },
    k8s.setHeaderOptions('Content-Type', k8s.PatchStrategy.MergePatch),
  )
  assert.deepEqual(patched.data, { a: '2', b: '3' })
  const found = await core.listNamespacedConfigMap({ namespace, labelSelector: 'kind=crud' })
  assert.deepEqual(
    found.items.map((item) => item.metadata?.name),
    ['one'],
  )
  await core.deleteNamespacedConfigMap({ namespace, name: 'one' })
  await assert.rejects(core.readNamespacedConfigMap({ namespace, name: 'one' }), { code: 404 })
})

test('a watch and an informer see what happens', async () => {
  const seen: string[] = []
  const watch = new k8s.Watch(config)
  const path = `/api/v1/namespaces/${namespace}/configmaps`
  const note = (type: string, object: { metadata: { name: string } }) => seen.push(`${type} ${object.metadata.name}`)
  const watching = await watch.watch(path, { labelSelector: 'kind=watched' }, note, () => {})
  const informer = k8s.makeInformer(
    config,
    path,
    () => core.listNamespacedConfigMap({ namespace, labelSelector: 'kind=watched' }),
    'kind=watched',
  )
  for (const verb of ['add', 'update', 'delete'] as const) {
    informer.on(verb as 'add', (object) => seen.push(`${verb} ${object.metadata?.name}`))
  }
  await informer.start()
  const body = { metadata: { name: 'two', labels: { kind: 'watched' } } }
  await core.createNamespacedConfigMap({ namespace, body })
  await core.replaceNamespacedConfigMap({ namespace, name: 'two', body: { ...body, data: { a: '1' } } })
  await core.deleteNamespacedConfigMap({ namespace, name: 'two' })
  const wanted = ['ADDED two', 'DELETED two', 'MODIFIED two', 'add two', 'delete two', 'update two']
  await eventually('both have seen it', () => assert.deepEqual(seen.toSorted(), wanted))
  watching.abort()
  await informer.stop()
})

test('objects of any kind are applied by the server, and conflicts are told', async () => {
  const objects = k8s.KubernetesObjectApi.makeApiClient(config)
  const apply = (replicas: number, manager: string, force?: boolean) =>
    objects.patch(
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'applied', namespace },
        spec: {
          replicas,
          selector: { matchLabels: { app: 'applied' } },
          template: {
            metadata: { labels: { app: 'applied' } },
            spec: { containers: [{ name: 'c', image: 'busybox:1.28' }] },
          },
        },
      } as k8s.KubernetesObject,
      undefined,
      undefined,
      manager,
      force,
      k8s.PatchStrategy.ServerSideApply,
    )
  await apply(0, 'one')
  await assert.rejects(apply(1, 'two'), (error: { code: number; body: string }) => {
    assert.equal(error.code, 409)
    assert.match(JSON.stringify(error.body), /conflict with \\*"one\\*"[^}]*\.spec\.replicas/)
    return true
  })
  await apply(0, 'two', true)
  const read = await objects.read({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'applied', namespace },
  })
  assert.deepEqual(
    read.metadata?.managedFields?.map(({ manager }) => manager).filter((manager) => manager === 'two'),
    ['two'],
  )
  await objects.delete(read)
})

test('a command runs in a container, with input, output and its exit code', async () => {
  await eventually('the pod is ready', isReady, START_MS_MAX)
  const { said, status } = await run(['sh', '-c', 'cat; echo done >&2; exit 3'], 'hello\n')
  assert.equal(said.stdout, 'hello\n')
  assert.equal(said.stderr, 'done\n')
  assert.equal(status.status, 'Failure')
  assert.deepEqual(status.details?.causes, [{ reason: 'ExitCode', message: '3' }])
})

async function run(command: readonly string[], input: string) {
  const said = { stdout: '', stderr: '' }
  const stream = (name: 'stdout' | 'stderr') => new PassThrough().on('data', (chunk) => (said[name] += chunk))
  const exec = new k8s.Exec(config)
  const status = await new Promise<k8s.V1Status>((resolve, reject) => {
    const stdin = Readable.from([input])
    exec
      .exec(namespace, 'web', 'web', [...command], stream('stdout'), stream('stderr'), stdin, false, resolve)
      .catch(reject)
  })
  return { said, status }
}

test('a log is read, and followed', async () => {
  assert.match(await core.readNamespacedPodLog({ name: 'web', namespace }), /^began\n/)
  const followed = new PassThrough()
  let printed = ''
  followed.on('data', (chunk) => (printed += chunk))
  // It ends by its own bound: this client does not survive that somebody breaks off a log that it follows.
  const options = { follow: true, tailLines: 1, limitBytes: 400 }
  await new k8s.Log(config).log(namespace, 'web', 'web', followed, options)
  await eventually('it has ended, after later requests', () => assert.ok(followed.readableEnded, printed))
  assert.match(printed, /(response:200[\s\S]*){2}/)
})

test('a port is forwarded, over the channels of its WebSocket', async () => {
  const [output, input] = [new PassThrough(), new PassThrough()]
  let heard = ''
  output.on('data', (chunk) => (heard += chunk))
  const forward = new k8s.PortForward(config)
  const socket = await forward.portForward(namespace, 'web', [8080], output, null, input)
  input.write('GET / HTTP/1.0\r\n\r\n')
  await eventually('the page', () => assert.match(heard, /^HTTP\/1\.1 200 OK[\s\S]*\r\n\r\nserved\n$/))
  if (typeof socket !== 'function') socket.close()
})

test('versions, access reviews and metrics are there under their own clients', async () => {
  const version = await config.makeApiClient(k8s.VersionApi).getCode()
  assert.match(version.gitVersion, /^v1\.36\./)
  const review = await config.makeApiClient(k8s.AuthorizationV1Api).createSelfSubjectAccessReview({
    body: { spec: { resourceAttributes: { verb: 'delete', resource: 'nodes' } } },
  })
  assert.equal(review.status?.allowed, true)
  const nodes = await k8s.topNodes(core)
  assert.ok(Number(nodes[0]?.CPU.Capacity) > 0)
})
