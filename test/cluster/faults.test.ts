import assert from 'node:assert/strict'
import {
  chmodSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { capture, projectRoot } from '../support/berth.ts'
import { eventually, isRunning, testCluster } from '../support/test_cluster.ts'

/** What a user is told when something is in the way; each case ends with the exit code that scripts rely on. */

const program = join(projectRoot, 'bin/berth')
/** The clone may lie where only root reads: whoever is nobody here may at least read it. */
const READS_ALL = ['--inh-caps=+dac_read_search', '--ambient-caps=+dac_read_search']
const berth = (...args: readonly string[]) => capture(program, args)

describe('wrong usage ends with 2 and a hint', () => {
  for (const [args, words] of [
    ['frob', /unknown command 'frob'[\s\S]*--help/],
    ['up --bogus', /unknown option '--bogus'/],
    ['up extra', /too many arguments/],
    ['up --nodes x', /--nodes: must be a whole number from 0 to \d+, not "x"/],
    ['up --port 0', /--port: must be a whole number from 1 to 65535/],
    ['up --runtime docker', /--runtime: must be containerd or simulated, not "docker"/],
    ['up --store mysql', /--store: must be sqlite, memory or etcd/],
    ['up --feature-gates Nope=true', /unrecognized feature gate: Nope/],
    ['up --feature-gates MaxUnavailableStatefulSet=maybe', /must be true or false, not "maybe"/],
    ['up --node-size cpu=banana', /cpu must be a quantity such as 4 or 8Gi, not "banana"/],
    ['image build', /give a name, or --all/],
  ] as const) {
    test(args, async () => {
      const { code, printed } = await berth(...args.split(' '))
      assert.equal(code, 2, printed)
      assert.match(printed, words)
      assert.doesNotMatch(printed, /^ {4}at /m, 'no stack')
    })
  }
})

describe('what is in the way is said in one sentence', () => {
  const cluster = testCluster()
  let taken: Server
  let port = 0
  before(async () => {
    taken = createServer()
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
    port = (taken.address() as { port: number }).port
    await cluster.up('--runtime', 'simulated')
  })
  after(() => taken.close())

  const fails = async (words: RegExp, ...args: readonly string[]) => {
    const { code, printed } = await cluster.berth(...args)
    assert.equal(code, 1, printed)
    assert.match(printed, words)
    assert.doesNotMatch(printed, /^ {4}at /m, 'no stack')
  }

  test('a port that is in use, while the cluster runs on', async () => {
    const pid = cluster.pidOf('berthd.json')
    await fails(new RegExp(`port ${port} on 127.0.0.1 is in use`), 'up', '--port', String(port))
    assert.ok(isRunning(pid))
  })

  test('an image without a recipe, an archive that is not there', async () => {
    await fails(/there is no recipe for nope:1/, 'image', 'build', 'nope:1')
    await fails(/No such file/, 'image', 'load', '/nonexistent.tar')
  })

  test('a kubeconfig that cannot be written', () =>
    fails(/the kubeconfig cannot be written/, 'up', '--kubeconfig', '/nonexistent/file'))

  test('a data directory that is a file', async () => {
    const { code, printed } = await berth('up', '--data', join(cluster.data, 'cluster.json'))
    assert.equal(code, 1)
    assert.match(printed, /cannot be the data directory/)
  })

  test('a data directory of a newer format, and a damaged one', async () => {
    await cluster.berth('down')
    const file = join(cluster.data, 'cluster.json')
    const good = readFileSync(file, 'utf8')
    writeFileSync(file, good.replace('"format": 1', '"format": 7'))
    await fails(/was written by a newer Berth \(data format 7/, 'up')
    writeFileSync(file, good.slice(0, 40))
    await fails(/is not a file that Berth wrote/, 'up')
    await fails(/is not a file that Berth wrote/, 'status')
    assert.equal((await cluster.berth('down')).code, 0, 'a damaged cluster can be stopped')
    writeFileSync(file, good)
    await cluster.up()
  })

  test('a run file whose number belongs to somebody else by now', async () => {
    const file = join(cluster.run, 'berthd.json')
    process.kill(cluster.pidOf('berthd.json'), 'SIGKILL')
    const stale = JSON.parse(readFileSync(file, 'utf8'))
    writeFileSync(file, JSON.stringify({ ...stale, pid: process.pid }))
    const { code, printed } = await cluster.berth('status')
    assert.equal(code, 1)
    assert.match(printed, /not running/)
    await cluster.up()
    assert.notEqual(cluster.pidOf('berthd.json'), process.pid)
  })

  test('the port of the last start, taken by now, is replaced', async () => {
    const { port: old } = JSON.parse(readFileSync(join(cluster.data, 'cluster.json'), 'utf8')).options
    await cluster.berth('down')
    const squatter = createServer()
    await new Promise<void>((resolve) => squatter.listen(old, '127.0.0.1', resolve))
    try {
      assert.match(await cluster.up(), new RegExp(`port ${old} is in use now`))
      await cluster.kubectl('get nodes')
    } finally {
      squatter.close()
    }
  })
})

describe('a machine without what containers need', () => {
  const cluster = testCluster()
  const bare = mkdtempSync(join(tmpdir(), 'berth-bare-'))
  after(() => rmSync(bare, { recursive: true }))

  test('without containerd the doctor names the command that mends it', async () => {
    const env = { PATH: pathWithout(bare, 'containerd', 'ctr') }
    const inBare = (...args: readonly string[]) => capture(program, args, { env })
    const doctor = await inBare('doctor')
    assert.equal(doctor.code, 1)
    assert.match(doctor.printed, /The program containerd is missing\.\n +apt-get install .*containerd/)
    const up = await inBare('up', '--data', cluster.data, '--runtime', 'containerd')
    assert.equal(up.code, 1)
    assert.match(up.printed, /real containers cannot run here:[\s\S]*apt-get install[\s\S]*--runtime simulated/)
  })

  test('without root the runtime is simulated, and up says why', async () => {
    chmodSync(cluster.data, 0o755)
    const home = mkdtempSync(join(tmpdir(), 'berth-home-'))
    chmodSync(home, 0o777)
    const asNobody = (...args: readonly string[]) =>
      capture('setpriv', ['--reuid=65534', '--regid=65534', '--clear-groups', ...READS_ALL, program, ...args], {
        env: { HOME: home, XDG_STATE_HOME: '', XDG_RUNTIME_DIR: home },
      })
    try {
      const up = await asNobody('up', '--data', join(home, 'data'))
      assert.equal(up.code, 0, up.printed)
      assert.match(up.printed, /simulated containers, because: Not run as root/)
      const refused = await asNobody('up', '--data', join(home, 'data'), '--runtime', 'containerd')
      assert.equal(refused.code, 1)
      assert.match(refused.printed, /Not run as root/)
      assert.equal((await asNobody('status', '--data', join(home, 'data'))).code, 0)
      assert.equal((await asNobody('down', '--data', join(home, 'data'), '--purge')).code, 0)
    } finally {
      await asNobody('down', '--data', join(home, 'data'), '--purge')
      rmSync(home, { recursive: true, force: true })
    }
  })
})

describe('starting', () => {
  const [first, second] = [testCluster(), testCluster()]

  test('twice, also at the same moment, is starting once', async () => {
    const lines = await Promise.all([first.up('--runtime', 'simulated'), first.up('--runtime', 'simulated')])
    assert.equal(lines.filter((line) => /runs already/.test(line)).length, 1, lines.join(''))
    const pid = first.pidOf('berthd.json')
    assert.match(await first.up(), /runs already/)
    assert.equal(first.pidOf('berthd.json'), pid)
  })

  test('with other options restarts, and nodes that are too many go', async () => {
    await first.up('--nodes', '3')
    assert.equal((await first.kubectl('get nodes -o name')).trim().split('\n').length, 3)
    await first.up('--nodes', '1')
    assert.equal(await first.kubectl('get nodes -o name'), 'node/node-0\n')
  })

  test('a second data directory is a second cluster', async () => {
    await second.up('--runtime', 'simulated')
    await first.kubectl('create configmap only-here')
    const { code, printed } = await second.tryKubectl('get configmap only-here')
    assert.equal(code, 1)
    assert.equal(printed, 'Error from server (NotFound): configmaps "only-here" not found\n')
  })

  test('and an interrupted start is found again', async () => {
    await second.berth('down')
    const starting = capture('timeout', ['-s', 'KILL', '0.2', program, 'up', '--data', second.data])
    await starting
    assert.match(await second.up(), /https:\/\/127\.0\.0\.1/)
    await second.kubectl('get nodes')
  })

  test('the kubeconfig is for its owner only, and goes where it is asked for', async () => {
    const copy = join(second.data, 'copy')
    assert.match(await second.up('--kubeconfig', copy), new RegExp(`KUBECONFIG=${copy} `))
    for (const file of [copy, second.kubeconfig]) assert.equal(statSync(file).mode & 0o777, 0o600)
    assert.match(readFileSync(copy, 'utf8'), /client-certificate-data[\s\S]*client-key-data/)
  })

  test('prints plain lines where there is no terminal', async () => {
    const printed = await second.up('--nodes', '2')
    assert.ok(
      [...printed].every((character) => character === '\n' || character >= ' '),
      JSON.stringify(printed),
    )
  })

  test('in the foreground stays until it is told to end, and ends well', async () => {
    await second.berth('down')
    const stays = capture('timeout', ['-s', 'TERM', '3', program, 'up', '--foreground', '--data', second.data])
    await eventually('the API answers', () => second.kubectl('get nodes'), 10_000)
    const pid = second.pidOf('berthd.json')
    const { printed } = await stays
    assert.match(printed, /export KUBECONFIG=.*\n[\s\S]*"msg":"stopping"/)
    assert.equal(isRunning(pid), false)
  })
})

describe('status', () => {
  const cluster = testCluster()

  test('shows where everything is, the nodes, the pods and the memory', async () => {
    await cluster.up('--runtime', 'simulated', '--nodes', '2')
    await cluster.kubectl('run a --image=nginx')
    await cluster.kubectl('wait --for=condition=Ready pod/a --timeout=20s')
    const { code, printed } = await cluster.berth('status')
    assert.equal(code, 0)
    assert.match(printed, /^data +\S+ \(2 simulated nodes, sqlite store\)$/m)
    assert.match(printed, /^berthd +running, version .*, process \d+$/m)
    assert.match(printed, /^nodes +node-0 Ready, [01] pods?\n +node-1 Ready, [01] pods?$/m)
    assert.match(printed, /^pods +1 Running$/m)
    assert.match(printed, /^memory +\d+ MB: berthd \d+ MB$/m)
  })

  test('fails for a cluster that is stopped, and says what starts it', async () => {
    await cluster.berth('down')
    const { code, printed } = await cluster.berth('status')
    assert.equal(code, 1)
    assert.match(printed, /not running; `berth up` starts it/)
  })
})

/** A PATH in which these programs are missing. */
function pathWithout(folder: string, ...missing: readonly string[]): string {
  for (const directory of ['/usr/bin', '/bin']) {
    for (const name of readdirSync(directory).filter((name) => !missing.includes(name))) {
      if (lstatSync(join(folder, name), { throwIfNoEntry: false }) === undefined)
        symlinkSync(join(directory, name), join(folder, name))
    }
  }
  return folder
}
