import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { before, describe, test } from 'node:test'
import { capture } from '../support/berth.ts'
import { kubectls } from '../support/kubectls.ts'
import { eventually, giveImages, type TestCluster, testCluster } from '../support/test_cluster.ts'

/** The commands that a reader of the documents types, by each kubectl, on real containers. */

const MANIFEST = `
apiVersion: v1
kind: Service
metadata: {name: web, labels: {app: web}}
spec: {clusterIP: None, ports: [{port: 80, name: http}], selector: {app: web}}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: web}
spec:
  serviceName: web
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      terminationGracePeriodSeconds: 1
      containers:
      - name: web
        image: busybox:1.28
        command: [sh, -c, 'trap "exit 0" TERM; mkdir /www; hostname > /www/index.html; httpd -h /www -p 80; while :; do echo tick; sleep 1; done']
        ports: [{containerPort: 80, name: http}]
        readinessProbe: {httpGet: {path: /, port: 80}, periodSeconds: 1}
        livenessProbe: {tcpSocket: {port: 80}}
`
const COMMAND_MS_MAX = 30_000
const whole = testCluster()

before(async () => {
  await giveImages(whole, 'busybox:1.28')
  await whole.up('--runtime', 'containerd')
})

for (const { version, program } of await kubectls()) {
  describe(`kubectl ${version}`, () => smoke(whole.with(program), program, Number(version.split('.')[1])))
}

function smoke(cluster: TestCluster, program: string, minor: number): void {
  const { kubectl, tryKubectl } = cluster
  const says = async (args: string | readonly string[], expected: RegExp, input?: string) =>
    assert.match(await kubectl(args, input), expected)

  test('apply, diff and rollout status', async () => {
    await says('apply -f -', /service\/web created\nstatefulset.apps\/web created/, MANIFEST)
    await says('apply -f -', /statefulset.apps\/web (unchanged|configured)/, MANIFEST)
    await says('rollout status statefulset/web --timeout=60s', /roll out complete: 1 new pods/)
    assert.equal((await tryKubectl('diff -f -', MANIFEST)).code, 0)
    const changed = await tryKubectl('diff -f -', MANIFEST.replace('replicas: 1', 'replicas: 2'))
    assert.equal(changed.code, 1)
    assert.match(changed.printed, /^- {2}replicas: 1\n\+ {2}replicas: 2$/m)
    const hasty = MANIFEST.replace('terminationGracePeriodSeconds: 1', 'terminationGracePeriodSeconds: 0')
    await says('apply --dry-run=server -f -', /^Warning: best practice: .*terminationGracePeriodSeconds: 0 /m, hasty)
  })

  test('exec, with its output, its errors, its exit code, its input and a terminal', async () => {
    assert.equal(await kubectl('exec web-0 -- hostname'), 'web-0\n')
    const failed = await tryKubectl(['exec', 'web-0', '--', 'sh', '-c', 'echo told >&2; exit 3'])
    assert.equal(failed.code, 3)
    assert.match(failed.printed, /^told$/m)
    const much = 'x'.repeat(300_000)
    assert.equal(await kubectl('exec -i web-0 -- md5sum', much), await md5(much))
    const shell = `${program} exec -it web-0 -- sh -c 'test -t 0 && echo a terminal'`
    const env = { KUBECONFIG: cluster.kubeconfig }
    assert.match(
      (await capture('script', ['-qec', shell, '/dev/null'], { env, timeoutMs: COMMAND_MS_MAX })).printed,
      /a terminal/,
    )
  })

  test('logs, also as they come, and of the last lines only', async () => {
    await eventually('the last line is there', () => says('logs web-0 --tail=1', /^tick\n$/), 5_000)
    const followed = await following(program, cluster, ['logs', '-f', 'web-0'], /(tick\n){3}/)
    assert.match(followed, /tick/)
  })

  test('attach shows what a container prints', async () => {
    assert.match(await following(program, cluster, ['attach', 'web-0'], /tick\n/), /tick/)
  })

  test('cp there and back', async () => {
    const [there, back] = [join(cluster.data, 'there'), join(cluster.data, 'back')]
    writeFileSync(there, 'carried\n'.repeat(10_000))
    await kubectl(['cp', there, 'web-0:/tmp/file'])
    await kubectl(['cp', 'web-0:/tmp/file', back])
    assert.equal(readFileSync(back, 'utf8'), readFileSync(there, 'utf8'))
  })

  test('port-forward', async () => {
    const forwarding = spawn(program, ['port-forward', 'web-0', ':80'], {
      env: { ...process.env, KUBECONFIG: cluster.kubeconfig },
      timeout: COMMAND_MS_MAX,
    })
    try {
      let printed = ''
      forwarding.stdout.on('data', (chunk: Buffer) => (printed += chunk))
      const port = await eventually('a port is forwarded', () => {
        const found = /127\.0\.0\.1:(\d+) -> 80/.exec(printed)?.[1]
        assert.ok(found, printed)
        return found
      })
      for (let asked = 0; asked < 3; asked++) {
        assert.equal(await (await fetch(`http://127.0.0.1:${port}/`)).text(), 'web-0\n')
      }
    } finally {
      forwarding.kill()
    }
  })

  test('run -i --rm gives back what a container says', async () => {
    const args = 'run piped -i --rm --restart=Never --image=busybox:1.28 -- tr a-z A-Z'
    await says(args, /^HELLO$/m, 'hello\n')
    await eventually('the pod is gone', async () => assert.equal((await tryKubectl('get pod piped')).code, 1))
  })

  test('scale, patch, rollout history and undo', async () => {
    await says('scale statefulset web --replicas=2', /scaled/)
    await kubectl('rollout status statefulset/web --timeout=60s')
    const patch = '{"spec":{"template":{"metadata":{"annotations":{"note":"second"}}}}}'
    await says(['patch', 'statefulset', 'web', '-p', patch], /patched/)
    await kubectl('rollout status statefulset/web --timeout=60s')
    await says('rollout history statefulset/web', /^1 +<none>\n2 +<none>$/m)
    await says('rollout history statefulset/web --revision=2', /Annotations:\s+note: second/)
    await says('rollout undo statefulset/web', /rolled back/)
    await kubectl('rollout status statefulset/web --timeout=60s')
    await says(['get', 'pod', 'web-0', '-o', 'jsonpath={.metadata.annotations}'], /^$/)
  })

  test('get -w, describe, events and custom columns', async () => {
    const watched = following(program, cluster, ['get', 'pods', '-w', '-l', 'app=web'], /web-1[^\n]*Terminating/)
    await new Promise((resolve) => setTimeout(resolve, 1000))
    await kubectl('delete pod web-1')
    assert.match(await watched, /web-1 +1\/1 +Terminating/)
    await says('describe statefulset web', /SuccessfulCreate[\s\S]*Create Pod web-0 in StatefulSet web successful/)
    await says('describe pod web-0', /Containers:\n {2}web:[\s\S]*Normal +Started +/)
    await says('get pods web-0 -o custom-columns=N:.metadata.name,I:.spec.containers[0].image', /web-0 +busybox:1.28/)
    await says('get pods -o wide', /NODE[\s\S]*10\.244\.0\.\d+ +node-0/)
  })

  test('wait, auth, explain, api-resources and top', async () => {
    await says('wait --for=condition=Ready pod/web-0 --timeout=30s', /condition met/)
    await says('auth can-i delete pods', /^yes$/m)
    await says('explain statefulset.spec.replicas', /replicas\s+<integer>/)
    await says('api-resources --api-group=apps', /statefulsets +sts +apps\/v1 +true +StatefulSet/)
    await eventually('top knows the pod', () => says('top pods', /^web-0 +\d+m +\d+Mi/m))
    await says('top node', /^node-0 +\d+m +\d+% +\d+Mi/m)
  })

  test('a drain that only says what it would do', async () => {
    const { code, printed } = await tryKubectl('drain node-0 --dry-run=client --force --ignore-daemonsets')
    assert.equal(code, 0, printed)
    assert.match(printed, /cordoned \((client )?dry run\)[\s\S]*evicting pod default\/web-0/)
    await says('get nodes', /^node-0 +Ready /m)
  })

  test('an image that nobody has shows in the pod and in its events', async () => {
    await kubectl('run lost --image=registry.invalid/nothing:1 --restart=Never')
    await eventually('the pod says so', async () => {
      assert.match(await kubectl('get pod lost'), /(ErrImagePull|ImagePullBackOff)/)
      assert.match(await kubectl('describe pod lost'), /Failed to pull image "registry.invalid\/nothing:1"/)
    })
    await kubectl('delete pod lost --now')
  })

  test('delete --cascade=orphan leaves pods, which a new set adopts', async () => {
    await says(
      minor < 20 ? 'delete statefulset web --cascade=false' : 'delete statefulset web --cascade=orphan',
      /deleted/,
    )
    const uid = () => kubectl('get pod web-0 -o jsonpath={.metadata.uid}')
    const before = await uid()
    await kubectl('apply -f -', MANIFEST)
    await kubectl('rollout status statefulset/web --timeout=60s')
    assert.equal(await uid(), before)
    await says('delete -f -', /statefulset.apps "web" deleted/, MANIFEST)
    await eventually('the pods are gone', async () => assert.match(await kubectl('get pods'), /No resources found/))
  })
}

/** Runs until its output matches, then ends it; answers the output. */
async function following(
  program: string,
  cluster: TestCluster,
  args: readonly string[],
  until: RegExp,
): Promise<string> {
  const child = spawn(program, args, {
    env: { ...process.env, KUBECONFIG: cluster.kubeconfig },
    timeout: COMMAND_MS_MAX,
  })
  let printed = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (printed += chunk))
  try {
    return await eventually(`${args.join(' ')} shows it`, () => {
      assert.match(printed, until)
      return printed
    })
  } finally {
    child.kill()
  }
}

const md5 = async (text: string) => (await capture('md5sum', [], { input: text })).printed
