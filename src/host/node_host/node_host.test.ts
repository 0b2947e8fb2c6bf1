import assert from 'node:assert/strict'
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { mayMount } from '../machine/surroundings.ts'
import { createNodeHost } from './node_host.ts'
import { openBelow } from './sub_path.ts'

const host = createNodeHost({ cgroupParent: '/berth-test-of-node-host' })
const isRoot = process.getuid?.() === 0 && mayMount()
const rootOnly = { skip: isRoot ? false : 'needs root with CAP_SYS_ADMIN' }

async function inFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'berth-node-host-'))
  try {
    await run(folder)
  } finally {
    await host.mounts.unmountBelow(folder)
    rmSync(folder, { recursive: true, force: true })
  }
}

test('a file is replaced in one step, with the mode that was asked for', () =>
  inFolder(async (folder) => {
    const path = join(folder, 'file')
    await host.files.writeFile(path, Buffer.from('one'), { mode: 0o600 })
    await host.files.writeFile(path, Buffer.from('two two'), { mode: 0o666 })
    assert.equal(readFileSync(path, 'utf8'), 'two two')
    assert.equal(lstatSync(path).mode & 0o777, 0o666)
    const tail = await host.files.readFile(path, { offset: -3, bytesMax: 10 })
    assert.equal(Buffer.from(tail ?? []).toString(), 'two')
    assert.equal(await host.files.readFile(join(folder, 'none'), { bytesMax: 1 }), undefined)
    assert.deepEqual(await host.files.list(folder), [{ name: 'file', kind: 'file' }])
  }))

test('a subPath never leaves the volume', () =>
  inFolder(async (folder) => {
    const volume = join(folder, 'volume')
    mkdirSync(join(volume, 'real'), { recursive: true })
    symlinkSync(folder, join(volume, 'link'))
    symlinkSync('/etc/passwd', join(volume, 'real', 'last'))
    for (const path of ['link', 'link/x', 'real/last', '../volume', '/etc', 'real/../../x']) {
      await assert.rejects(openBelow(volume, path, 0o750), /subPath/, path)
    }
    const opened = await openBelow(volume, 'real/new/deep', 0o751)
    await opened.close()
    assert.equal(lstatSync(join(volume, 'real/new')).mode & 0o777, 0o751)
    chmodSync(volume, 0o2777)
    const shared = await openBelow(volume, 'shared', 0o777)
    await shared.close()
    assert.equal(lstatSync(join(volume, 'shared')).mode & 0o7777, 0o2777, 'it belongs to the group of its volume')
  }))

test('a subPath is bound, read-only binds refuse writes, and a mounted tree is not removed', rootOnly, () =>
  inFolder(async (folder) => {
    const [volume, target] = [join(folder, 'volume'), join(folder, 'target')]
    mkdirSync(volume)
    const bound = { volumeRoot: volume, subPath: 'mysql', target, createMode: 0o755 }
    await host.mounts.bindSubPath(bound)
    await host.mounts.bindSubPath(bound)
    writeFileSync(join(target, 'data'), 'kept')
    assert.equal(readFileSync(join(volume, 'mysql', 'data'), 'utf8'), 'kept')
    await assert.rejects(host.files.removeTree(target), /still mounted/)
    const locked = join(folder, 'locked')
    mkdirSync(locked)
    await host.mounts.bind(volume, locked, { readonly: true })
    assert.throws(() => writeFileSync(join(locked, 'x'), ''), /read-only/i)
    await host.mounts.unmountBelow(folder)
    assert.equal(existsSync(join(target, 'data')), false)
    assert.equal(readFileSync(join(volume, 'mysql', 'data'), 'utf8'), 'kept')
  }),
)

test('a volume is given to a group, and its symlinks are not followed', rootOnly, () =>
  inFolder(async (folder) => {
    const volume = join(folder, 'volume')
    mkdirSync(join(volume, 'inner'), { recursive: true })
    writeFileSync(join(folder, 'outside'), '', { mode: 0o600 })
    writeFileSync(join(volume, 'inner', 'file'), '', { mode: 0o600 })
    symlinkSync('../outside', join(volume, 'link'))
    await host.files.setGroup(volume, { gid: 4321, readonly: false, onRootMismatch: true })
    assert.equal(lstatSync(join(volume, 'inner', 'file')).mode & 0o777, 0o660)
    assert.equal(lstatSync(join(volume, 'inner')).mode & 0o7777, 0o2775)
    assert.equal(lstatSync(join(volume, 'inner', 'file')).gid, 4321)
    assert.equal(lstatSync(join(folder, 'outside')).gid, process.getgid?.())
  }),
)

test('an HTTP probe sees status, body and redirect, and runs out of time', async () => {
  const server = createServer((request, response) => {
    if (request.url === '/slow') return
    response.writeHead(302, { location: '/elsewhere' }).end(String(request.headers['x-probe']))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  const probe = { scheme: 'http', host: '127.0.0.1', port, headers: [{ name: 'X-Probe', value: 'yes' }] } as const
  try {
    const answer = await host.dial.httpGet({ ...probe, path: '/', timeoutMs: 1000 })
    assert.deepEqual([answer.status, answer.location, Buffer.from(answer.body).toString()], [302, '/elsewhere', 'yes'])
    await assert.rejects(host.dial.httpGet({ ...probe, path: '/slow', timeoutMs: 50 }), /deadline exceeded/)
    await host.dial.tcpConnect('127.0.0.1', port, 1000)
  } finally {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  await assert.rejects(host.dial.tcpConnect('127.0.0.1', port, 1000), /connection refused/)
})

test('a change of a file is told, also when the file is replaced', () =>
  inFolder(async (folder) => {
    const path = join(folder, 'log')
    writeFileSync(path, '')
    const changed = Promise.withResolvers<void>()
    const watch = host.files.watchFile(path, changed.resolve)
    await host.files.writeFile(path, Buffer.from('x'), { mode: 0o600 })
    await changed.promise
    watch.stop()
  }))
