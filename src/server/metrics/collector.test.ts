import assert from 'node:assert/strict'
import { test } from 'node:test'
import { silentLog } from '../../base/log.ts'
import { VirtualClock } from '../../base/virtual_clock.ts'
import { createUsageCollector } from './collector.ts'

function collectorOf(answers: (node: string) => boolean = () => true, nodes = async () => ['one', 'two']) {
  const clock = new VirtualClock()
  const began = clock.now()
  const asked: string[] = []
  const collector = createUsageCollector({
    clock,
    log: silentLog,
    nodes,
    port: {
      async summary(nodeName) {
        asked.push(nodeName)
        if (!answers(nodeName)) throw new Error('gone')
        const time = new Date(clock.now()).toISOString()
        const cpu = { time, usageCoreNanoSeconds: (clock.now() - began) * 1e6 }
        return { node: { nodeName, cpu, memory: { time, usageBytes: 1, workingSetBytes: 1 } }, pods: [] }
      },
    },
  })
  return { clock, asked, collector }
}

test('nobody looks before somebody asks; the first asker gets a rate', async () => {
  const { clock, asked, collector } = collectorOf()
  await clock.advance(60_000)
  assert.deepEqual(asked, [])
  const first = collector.figures()
  await clock.advance(1_000)
  assert.deepEqual(
    [...(await first).values()].map(({ node }) => [node?.windowMs, node?.cpuNanoCores]),
    [
      [1000, 1e9],
      [1000, 1e9],
    ],
  )
})

test('looks go on while they are wanted, and end soon after', async () => {
  const { clock, asked, collector } = collectorOf()
  void collector.figures()
  await clock.advance(1_000)
  for (let look = 0; look < 10; look++) {
    await clock.advance(15_000)
    assert.equal((await collector.figures()).get('one')?.node?.windowMs, 15_000)
  }
  await clock.advance(600_000)
  const looks = asked.length
  assert.ok(looks <= 2 * (2 + 10 + 8), `${looks} looks`)
  await clock.advance(600_000)
  assert.equal(asked.length, looks)
  const again = collector.figures()
  await clock.advance(1_000)
  assert.equal((await again).get('two')?.node?.windowMs, 1_000)
})

test('a node that does not answer has no figures', async () => {
  const { clock, collector } = collectorOf((node) => node === 'two')
  const figures = collector.figures()
  await clock.advance(1_000)
  assert.deepEqual([...(await figures).keys()], ['two'])
})

test('what fails once is tried again', async () => {
  let tried = 0
  const { clock, collector } = collectorOf(undefined, async () => {
    tried++
    if (tried === 1 || tried === 4) throw new Error('no list')
    return ['one']
  })
  await assert.rejects(collector.figures(), /no list/)
  const figures = collector.figures()
  await clock.advance(1_000)
  assert.equal((await figures).size, 1)
  await clock.advance(30_000)
  assert.equal(tried, 5)
})
