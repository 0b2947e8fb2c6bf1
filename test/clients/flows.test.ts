import assert from 'node:assert/strict'
import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { before, describe, test } from 'node:test'
import { capture } from '../support/berth.ts'
import { kubectls } from '../support/kubectls.ts'
import { giveImages, type TestCluster, testCluster } from '../support/test_cluster.ts'
import { chart } from './chart.ts'

/** What people and packagers do with a release of sixty objects, by each kubectl. */

const whole = testCluster()

before(async () => {
  await giveImages(whole, 'busybox:1.28')
  await whole.up('--nodes', '1')
})

for (const { version, program } of await kubectls()) {
  const minor = Number(version.split('.')[1])
  describe(`kubectl ${version}`, () => flows(whole.with(program), { program, namespace: `release-${minor}`, minor }))
}

interface Flow {
  readonly program: string
  readonly namespace: string
  readonly minor: number
}

function flows(cluster: TestCluster, { program, namespace, minor }: Flow): void {
  const release = chart(namespace)
  const inIt = (args: string) => cluster.kubectl(`-n ${namespace} ${args}`)
  const says = async (args: string, expected: RegExp, input?: string) =>
    assert.match(await cluster.kubectl(`-n ${namespace} ${args}`, input), expected)
  const fails = async (args: string, expected: RegExp, input?: string) => {
    const { code, printed } = await cluster.tryKubectl(`-n ${namespace} ${args}`, input)
    assert.notEqual(code, 0, printed)
    assert.match(printed, expected)
  }

  test('a release of sixty objects is applied, waited for and applied again', async () => {
    const first = await cluster.kubectl('apply -f -', release.text())
    assert.equal(first.match(/ created$/gm)?.length, release.count)
    await says(
      'wait --for=condition=Available deployment --all --timeout=60s',
      /app-1 condition met[\s\S]*app-2 condition met/,
    )
    await says('wait --for=condition=complete job/migrate --timeout=60s', /condition met/)
    await says('rollout status statefulset/app-0 --timeout=60s', /roll out complete/)
    if (minor >= 23) await says('wait --for=jsonpath={.status.readyReplicas}=1 statefulset/app-0', /condition met/)
    const again = await cluster.kubectl('apply -f -', release.text())
    assert.doesNotMatch(again, / created$/m)
    assert.match(again, /deployment.apps\/app-1 unchanged/)
  })

  test('a new version of it keeps what others have changed', async () => {
    await inIt('annotate deployment app-1 note=mine')
    await inIt('set env deployment/app-1 EXTRA=1')
    await inIt('scale deployment app-1 --replicas=2')
    const next = release.text().replace('began app-1', 'began anew')
    const diff = await cluster.tryKubectl('diff -f -', next)
    assert.equal(diff.code, 1)
    assert.match(diff.printed, /^-.*began app-1[\s\S]*^\+.*began anew/m)
    await cluster.kubectl('apply -f -', next)
    const path =
      'jsonpath={.spec.replicas}/{.metadata.annotations.note}/{.spec.template.spec.containers[0].env[*].name}'
    assert.equal(await inIt(`get deployment app-1 -o ${path}`), '1/mine/PASSWORD EXTRA')
    await inIt('rollout status deployment/app-1 --timeout=60s')
    await says('rollout undo deployment/app-1', /rolled back/)
    await says('rollout restart deployment/app-1', /restarted/)
    await inIt('rollout status deployment/app-1 --timeout=60s')
  })

  test('what is no more in the release is pruned', async () => {
    // The list of kinds that 1.20 prunes by itself holds versions that are gone.
    const kinds = minor < 25 ? ' --prune-whitelist=core/v1/ConfigMap' : ''
    const args = `apply --prune -l app.kubernetes.io/instance=${namespace}${kinds} -n ${namespace} -f -`
    assert.match(await cluster.kubectl(args, release.text(['ConfigMap/config-9'])), /^configmap\/config-9 pruned$/m)
    await fails('get configmap config-9', /NotFound/)
    await says('get configmap config-8', /config-8/)
  })

  test('the server applies, tells conflicts, is forced, and takes over what the client applied', async () => {
    const map = (value: string) =>
      `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"owned"},"data":{"kept":"1","changed":"${value}"}}`
    await inIt('create configmap before')
    await says('apply -f -', /configmap\/owned created/, map('1'))
    await says('apply --server-side -f -', /owned serverside-applied/, map('1'))
    await says('apply --server-side --field-manager=other --force-conflicts -f -', /serverside-applied/, map('2'))
    await fails('apply --server-side -f -', /conflict with "other": \.data\.changed/, map('3'))
    await says('apply --server-side --force-conflicts -f -', /serverside-applied/, map('3'))
    assert.equal(await inIt('get configmap owned -o jsonpath={.data.changed}'), '3')
    await says('replace --force -f -', /deleted[\s\S]*replaced/, map('4'))
  })

  test('edit: a change, no change, and one that is refused', async () => {
    const editor = join(cluster.data, `editor-${minor}`)
    const edit = async (script: string, what: string) => {
      writeFileSync(editor, `#!/bin/sh\n${script}\n`)
      chmodSync(editor, 0o755)
      const env = { KUBECONFIG: cluster.kubeconfig, EDITOR: editor }
      return (await capture(program, ['-n', namespace, 'edit', ...what.split(' ')], { env })).printed
    }
    assert.match(await edit(`sed -i 's/value-1/value-edited/' "$1"`, 'configmap config-1'), /config-1 edited/)
    assert.match(await edit('true', 'configmap config-1'), /Edit cancelled, no changes made/)
    const once = `test -e ${editor}.done && exit 0; touch ${editor}.done; sed -i 's/replicas: 1/replicas: -1/' "$1"`
    assert.match(await edit(once, 'statefulset app-0'), /"app-0" is invalid/)
  })

  test('lists in every form', async () => {
    const pods = (await inIt('get pods -o name --sort-by=.metadata.name')).trim().split('\n')
    assert.deepEqual(pods, pods.toSorted())
    const chunked = await inIt('get configmaps -o custom-columns=N:.metadata.name --no-headers --chunk-size=3')
    assert.ok(chunked.trim().split('\n').length >= 9, chunked)
    await says('get pods --field-selector=status.phase=Succeeded -o name', /^pod\/migrate-\w+$/m)
    await says(
      'get all,ingress,networkpolicy,pdb,pvc,quota -o wide',
      /statefulset.apps\/app-0[\s\S]*resourcequota\/quota/,
    )
    await says('get deployment app-1 -o yaml', /kind: Deployment[\s\S]*readyReplicas: 1/)
    await says('get deployment app-1 -o go-template={{.metadata.name}}', /^app-1$/)
    await says('auth can-i --list --as=system:serviceaccount:none:none', /selfsubjectaccessreviews/)
    await says('api-resources --api-group=batch', /cronjobs +cj +batch\/v1 +true +CronJob/)
  })

  test('a certificate is asked for, approved and good for its owner', async () => {
    const [key, request, certificate] = ['key', 'csr', 'crt'].map((end) =>
      join(cluster.data, `jane-${minor}.${end}`),
    ) as [string, string, string]
    await capture('openssl', [
      'req',
      '-new',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-keyout',
      key,
      '-out',
      request,
      '-subj',
      `/O=dev/CN=jane-${minor}`,
    ])
    const manifest = {
      apiVersion: 'certificates.k8s.io/v1',
      kind: 'CertificateSigningRequest',
      metadata: { name: `jane-${minor}` },
      spec: {
        request: readFileSync(request).toString('base64'),
        signerName: 'kubernetes.io/kube-apiserver-client',
        usages: ['client auth'],
      },
    }
    await cluster.kubectl('apply -f -', JSON.stringify(manifest))
    await says(`get csr jane-${minor}`, /kubernetes-admin +<none> +Pending/)
    await says(`certificate approve jane-${minor}`, /approved/)
    await says(`wait --for=condition=Approved csr/jane-${minor}`, /condition met/)
    let issued = ''
    for (let tries = 0; issued === '' && tries < 50; tries++) {
      issued = await cluster.kubectl(`get csr jane-${minor} -o jsonpath={.status.certificate}`)
    }
    writeFileSync(certificate, Buffer.from(issued, 'base64'))
    // Written by hand, because Debian's 1.20 does not survive writing a kubeconfig.
    const config = JSON.parse(await cluster.kubectl('config view --raw -o json'))
    config.users = [{ name: 'jane', user: { 'client-certificate': certificate, 'client-key': key } }]
    const janes = join(cluster.data, `jane-${minor}.kubeconfig`)
    writeFileSync(janes, JSON.stringify(config))
    const { printed } = await cluster.tryKubectl(`--kubeconfig=${janes} get pods --user=jane`)
    assert.match(printed, new RegExp(`User "jane-${minor}" cannot list resource "pods"`))
  })
}
