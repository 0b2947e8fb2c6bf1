import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { connect } from 'node:net'
import { before, test } from 'node:test'
import { capture } from '../support/berth.ts'
import { eventually, giveImages, testCluster } from '../support/test_cluster.ts'

/** How clients come to the API from inside a pod, and through the API to what lives inside nodes. */

const MANIFEST = `
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {ports: [{port: 80, name: http, targetPort: 8080}], selector: {app: web}}
---
apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web}}
spec:
  nodeName: node-1
  terminationGracePeriodSeconds: 1
  containers:
  - name: web
    image: busybox:1.28
    command:
    - sh
    - -c
    - |
      mkdir -p /www/deep /www/cgi-bin
      echo top > /www/index.html
      echo deep > /www/deep/index.html
      printf '#!/bin/sh\\necho Content-Type: text/plain\\necho\\necho $REQUEST_METHOD $QUERY_STRING\\nwc -c\\n' > /www/cgi-bin/told
      chmod +x /www/cgi-bin/told
      exec httpd -f -h /www -p 8080
    ports: [{containerPort: 8080}]
    readinessProbe: {httpGet: {path: /, port: 8080}, periodSeconds: 1}
  - name: chat
    image: busybox:1.28
    command:
    - sh
    - -c
    - |
      cat > /chat <<'END'
      #!/bin/sh
      while read -r line; do test \${#line} -le 1 && break; done
      printf 'HTTP/1.1 101 Switching Protocols\\r\\nConnection: Upgrade\\r\\nUpgrade: chat\\r\\n\\r\\n'
      exec cat
      END
      chmod +x /chat
      while :; do nc -l -p 9000 -e /chat; done
---
apiVersion: v1
kind: Pod
metadata: {name: inside}
spec:
  nodeName: node-0
  terminationGracePeriodSeconds: 1
  containers: [{name: kubectl, image: 'bitnami/kubectl:latest', command: [sleep, '3600']}]
`
const START_MS_MAX = 60_000
const NAMESPACE = '/api/v1/namespaces/default'
const cluster = testCluster()
const { kubectl, tryKubectl } = cluster
const raw = (path: string) => kubectl(['get', '--raw', path])

before(async () => {
  await giveImages(cluster, 'busybox:1.28', 'bitnami/kubectl:latest')
  await cluster.up('--nodes', '2')
  await kubectl('apply -f -', MANIFEST)
  await kubectl(['wait', '--for=condition=Ready', 'pod/web', 'pod/inside', `--timeout=${START_MS_MAX / 1000}s`])
})

test('kubectl in a pod comes in as its service account, and may do what that may', async () => {
  const refused = await tryKubectl('exec inside -- kubectl get pods')
  assert.equal(refused.code, 1)
  assert.match(
    refused.printed,
    /User "system:serviceaccount:default:default" cannot list resource "pods" in API group "" in the namespace "default"/,
  )
  await kubectl('create role reader --verb=get,list,watch --resource=pods')
  await kubectl('create rolebinding reader --role=reader --serviceaccount=default:default')
  const list = await eventually('the binding counts', () => kubectl('exec inside -- kubectl get pods'))
  assert.match(list, /^inside +1\/1 +Running[\s\S]*^web +2\/2 +Running/m)
  const watched = await kubectl(['exec', 'inside', '--', 'sh', '-c', 'timeout 2 kubectl get pod inside -w || true'])
  assert.match(watched, /^inside +1\/1/m)
  assert.equal((await tryKubectl('exec inside -- kubectl delete pod web')).code, 1)
})

test('the server is reached by its name and address in services', async () => {
  const mounted = '/var/run/secrets/kubernetes.io/serviceaccount'
  const shell = (script: string) => kubectl(['exec', 'inside', '--', 'sh', '-c', script])
  const ready = (host: string) =>
    shell(
      `kubectl --server=https://${host} --token=$(cat ${mounted}/token) --certificate-authority=${mounted}/ca.crt get --raw /readyz`,
    )
  assert.equal(await ready('kubernetes.default'), 'ok')
  assert.equal(await ready('$KUBERNETES_SERVICE_HOST'), 'ok')
  assert.equal(await shell(`cat ${mounted}/namespace`), 'default')
})

test('pods and services answer through the proxy, named in every form', async () => {
  assert.equal(await raw(`${NAMESPACE}/pods/web/proxy/`), 'top\n')
  assert.equal(await raw(`${NAMESPACE}/pods/http:web:8080/proxy/deep/`), 'deep\n')
  for (const name of ['web', 'web:80', 'web:http', 'http:web:http']) {
    if (name === 'web') assert.equal((await tryKubectl(['get', '--raw', `${NAMESPACE}/services/web/proxy/`])).code, 1)
    else assert.equal(await raw(`${NAMESPACE}/services/${name}/proxy/`), 'top\n')
  }
  const refused = await tryKubectl(['get', '--raw', `${NAMESPACE}/pods/web:81/proxy/`])
  assert.match(
    refused.printed,
    /\(ServiceUnavailable\): error trying to reach service: dial tcp [\d.]+:81: connect: connection refused/,
  )
})

test('nodes answer where upstream has the kubelet', async () => {
  assert.equal(await raw('/api/v1/nodes/node-1/proxy/healthz'), 'ok')
  const pods = JSON.parse(await raw('/api/v1/nodes/node-1:10250/proxy/pods'))
  assert.deepEqual(
    pods.items.map((pod: { metadata: { name: string } }) => pod.metadata.name),
    ['web'],
  )
  const summary = JSON.parse(await raw('/api/v1/nodes/node-0/proxy/stats/summary'))
  assert.equal(summary.node.nodeName, 'node-0')
})

test('kubectl proxy: a body, a redirection and an upgraded connection', async () => {
  const proxy = spawn('kubectl', ['proxy', '--port=0', '--reject-methods=^$', '--reject-paths=^$'], {
    env: { ...process.env, KUBECONFIG: cluster.kubeconfig },
    timeout: START_MS_MAX,
  })
  try {
    let printed = ''
    proxy.stdout.on('data', (chunk: Buffer) => (printed += chunk))
    const port = await eventually('kubectl proxy listens', () => {
      const found = /127\.0\.0\.1:(\d+)/.exec(printed)?.[1]
      assert.ok(found, printed)
      return Number(found)
    })
    const url = (path: string) => `http://127.0.0.1:${port}${NAMESPACE}${path}`
    const body = 'x'.repeat(5 * 1024 * 1024)
    const told = await fetch(url('/pods/web/proxy/cgi-bin/told?a=b%2Fc'), { method: 'POST', body })
    assert.equal(await told.text(), `POST a=b%2Fc\n${body.length}\n`)
    const bare = await fetch(url('/services/web:80/proxy/deep'))
    assert.equal(await bare.text(), 'deep\n')
    assert.equal(new URL(bare.url).pathname, `${NAMESPACE}/services/web:80/proxy/deep/`)
    assert.match(
      await chat(port, `${NAMESPACE}/pods/web:9000/proxy/`, 'are you there?'),
      /^HTTP\/1\.1 101 [\s\S]*are you there\?$/,
    )
  } finally {
    proxy.kill()
  }
})

/** Says something on an upgraded connection; answers what came until it was said back. */
function chat(port: number, path: string, said: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let heard = ''
    const socket = connect(port, '127.0.0.1', () =>
      socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: chat\r\n\r\n`),
    )
    socket.setTimeout(START_MS_MAX, () => socket.destroy(new Error(`heard only ${heard}`)))
    socket.on('data', (chunk) => {
      heard += chunk.toString()
      if (heard.endsWith('\r\n\r\n')) socket.write(said)
      if (heard.endsWith(said)) socket.destroy()
    })
    socket.on('error', reject)
    socket.on('close', () => resolve(heard))
  })
}

test('what came in from a pod is in the audit log under its own name', async () => {
  const { printed } = await capture('grep', [
    '-c',
    'system:serviceaccount:default:default',
    `${cluster.data}/log/audit.log`,
  ])
  assert.ok(Number(printed) > 0, printed)
})
