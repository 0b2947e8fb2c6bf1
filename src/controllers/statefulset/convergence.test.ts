import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { ViewPlayer } from './testing/play_views.ts'

const commands = fc.oneof(
  fc.nat(5).map((replicas) => `set replicas=${replicas}`),
  fc.nat(3).map((version) => `set image=app:${version}`),
  fc.nat(4).map((partition) => `set partition=${partition}`),
  fc.nat(3).map((start) => `set start=${start}`),
  fc.constantFrom('set policy=Parallel', 'set policy=OrderedReady', 'set maxUnavailable=2', 'gate on', 'gate off'),
  fc.constantFrom('set whenScaled=Delete whenDeleted=Delete', 'set whenScaled=Retain whenDeleted=Retain'),
  fc.constantFrom('act', 'act', 'act', 'wait 5'),
  fc
    .tuple(fc.nat(6), fc.constantFrom('ready', 'unready', 'failed', 'succeeded', 'ending', 'unlabelled'))
    .map(([ordinal, state]) => `pod web-${ordinal} ${state}`),
)

/** The ordinals that the set wants after these commands. */
function wantedNames(history: readonly string[]): string[] {
  const last = (name: string, otherwise: number) => {
    const found = history.findLast((command) => command.startsWith(`set ${name}=`))
    return found === undefined ? otherwise : Number(found.split('=')[1])
  }
  const [start, replicas] = [last('start', 0), last('replicas', 1)]
  return Array.from({ length: replicas }, (_, index) => `web-${start + index}`)
}

test('whatever happens, the set comes to rest with exactly its pods, all at one revision', () => {
  fc.assert(
    fc.property(fc.array(commands, { maxLength: 25 }), (history) => {
      const player = new ViewPlayer()
      for (const command of ['set claims=data', ...history]) player.run(command)
      for (const command of ['set partition=0', 'settle']) player.run(command)
      const shown = player.run('show')
      const pods = shown.filter((line) => /: (Running|Pending)/.test(line))
      assert.deepEqual(pods.map((line) => line.split(':')[0]).sort(), wantedNames(history).sort())
      assert.ok(new Set(pods.map((line) => line.split(', ').at(-1))).size <= 1, shown.join('\n'))
    }),
    { numRuns: 300 },
  )
})

test('an ordered set makes or deletes one pod at a time', () => {
  fc.assert(
    fc.property(fc.array(commands, { maxLength: 25 }), (history) => {
      const player = new ViewPlayer()
      player.run('gate off')
      for (const command of history) {
        if (command.startsWith('gate') || command.includes('Parallel')) continue
        player.run(command)
        const plan = player.run('decide')
        const creations = plan.filter((line) => line.startsWith('create-pod'))
        const deletions = plan.filter((line) => line.startsWith('delete-pod'))
        assert.ok(creations.length + deletions.length <= 1, plan.join('\n'))
      }
    }),
    { numRuns: 300 },
  )
})
