import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { parseTutorial } from './document.ts'
import { type PlayReport, type PlayResult, playTutorial } from './play.ts'
import { screenReport } from './screen.ts'

/** Documents of plain shell commands, played on real terminals. */

const directory = mkdtempSync(join(tmpdir(), 'berth-play-test-'))
after(() => rmSync(directory, { recursive: true }))

interface Played extends PlayResult {
  readonly screen: string
}

async function play(lines: readonly string[], options: { startOver?: boolean; signal?: AbortSignal } = {}) {
  let screen = ''
  const report: PlayReport = screenReport({ transcript: undefined, output: { write: (text) => (screen += text) } })
  const result = await playTutorial(
    parseTutorial(lines.join('\n'), 'test.md'),
    { directory, env: {} },
    {
      name: 'test.md',
      report,
      startOver: options.startOver ?? false,
      signal: options.signal ?? new AbortController().signal,
    },
  )
  return { ...result, screen } satisfies Played
}

const block = (opening: string, ...lines: string[]) => [`\`\`\`${opening}`, ...lines, '```']

test('files, commands, captured values and a second terminal play as a reader would', async () => {
  const { failures, screen, checks, sections } = await play([
    '# A document',
    '## Files',
    ...block('yaml file=sub/a.yaml', 'a: 1'),
    ...block('shell', 'cat sub/a.yaml; echo to-stderr >&2'),
    ...block('output', 'a: 1', 'to-stderr'),
    ...block('shell capture=where', 'pwd'),
    ...block('shell', 'test "$where" = "$PWD" && test -t 1 || echo no terminal'),
    ...block('output', 'no terminal'),
    '## Terminals',
    ...block('shell tty', 'test -t 0 && test -t 1 && echo a terminal'),
    ...block('output', 'a terminal'),
    ...block('shell terminal=watch', 'tail -n 0 -F log & wait'),
    ...block('shell', 'for i in 1 2 3; do echo line $i >> log; done'),
    ...block('output terminal=watch within=5', 'line 1', 'line 2'),
    ...block('output terminal=watch within=5', 'line 3'),
    ...block('output terminal=watch absent=1', 'line <number>'),
    ...block('shell terminal=watch', 'echo still $((40 + 2))'),
    ...block('output terminal=watch within=5', 'still 42'),
  ])
  assert.deepEqual(failures, [])
  assert.equal(checks, 9)
  assert.deepEqual(
    sections.map(({ title, checks }) => [title, checks]),
    [
      ['Files', 3],
      ['Terminals', 6],
    ],
  )
  assert.match(screen, /\[watch\] line 3/)
})

test('a difference ends the play and stands side by side', async () => {
  const { failures, screen } = await play([
    ...block('shell', 'printf "NAME READY\\nweb-0 0/1\\n"'),
    ...block('output', 'NAME READY', 'web-0 1/1'),
    ...block('shell', 'touch never'),
  ])
  assert.deepEqual(failures, ['test.md:1: line 2: expected "web-0 1/1", printed "web-0 0/1"'])
  assert.match(screen, /^ {4}- web-0 1\/1 +\|$/m)
  assert.match(screen, /^ {4}\+ +\| web-0 0\/1$/m)
  assert.equal(existsSync(join(directory, 'never')), false)
})

test('every wait has a limit that the message names', async () => {
  const slow = await play([...block('shell timeout=1', 'sleep 60')])
  assert.deepEqual(slow.failures, ['test.md:1: not done after 1 s'])
  const silent = await play([
    ...block('shell terminal=t', 'echo one'),
    ...block('output terminal=t within=1', 'one', 'two'),
  ])
  assert.deepEqual(silent.failures, ['test.md:4: terminal "t" did not show within 1 s: two'])
})

test('retry runs a command until its output is right, start-over only after a cut', async () => {
  const lines = [
    ...block('shell start-over', 'rm -f tries; echo cleared > cleared'),
    ...block('shell retry=5', 'echo x >> tries; wc -l < tries'),
    ...block('output', '3'),
  ]
  assert.deepEqual((await play(lines)).failures, [])
  assert.equal(existsSync(join(directory, 'cleared')), false)
  assert.deepEqual((await play(lines, { startOver: true })).failures, [])
  assert.equal(existsSync(join(directory, 'cleared')), true)
})

test('Ctrl-C is pressed again when a program goes on behind it, as a reader would', async () => {
  const catchesOne = `bash -c 'trap "trap \\"echo left; exit\\" INT" INT; while :; do echo tick; sleep 0.2; done'`
  const { failures } = await play([
    ...block('shell terminal=deaf', catchesOne),
    ...block('output terminal=deaf within=5', 'tick'),
    ...block('input terminal=deaf', '^C'),
    ...block('output terminal=deaf within=10', 'left'),
  ])
  assert.deepEqual(failures, [])
})

test('a terminal takes what is typed into a shell inside it, and at a prompt for a password', async () => {
  const asks = `bash -c 'read -r -s -p "Enter password: " word; echo; echo "\${#word} letters"; cat'`
  const { failures, screen } = await play([
    ...block('shell terminal=inside', 'bash --norc'),
    ...block('input terminal=inside', 'cd / && pwd'),
    ...block('output terminal=inside within=5', '/'),
    ...block('input terminal=inside', asks),
    ...block('output terminal=inside within=5', 'Enter password:'),
    ...block('input terminal=inside', 'mysqlroot'),
    ...block('output terminal=inside within=5', '9 letters'),
    ...block('input terminal=inside', 'echoed', '^D', 'exit', 'echo outside'),
    ...block('output terminal=inside within=5', 'echoed', 'outside'),
  ])
  assert.deepEqual(failures, [])
  assert.doesNotMatch(screen, /\[inside\] mysqlroot/)
})

test('an interrupted play ends what runs in its terminals', async () => {
  const token = `7${process.pid}`
  const aborting = new AbortController()
  const playing = play([...block('shell terminal=other', `sleep ${token}`), ...block('shell', `sleep ${token}`)], {
    signal: aborting.signal,
  })
  const interrupted = assert.rejects(playing, /interrupted/)
  await begun(`sleep ${token}`, 2)
  aborting.abort(new Error('interrupted'))
  await interrupted
  assert.deepEqual(await endedWithin(2000, `sleep ${token}`), [])
})

test('a terminal ends with the process that opened it, also when that is killed', async () => {
  const token = `8${process.pid}`
  const opened = [
    `import { Terminal } from '${new URL('./terminal.ts', import.meta.url)}'`,
    `new Terminal({ directory: '${directory}', env: {} }).type('sleep ${token}')`,
    `setInterval(() => {}, 1000)`,
  ]
  const opener = spawn(process.execPath, ['--input-type=module', '-e', opened.join('\n')], { stdio: 'ignore' })
  try {
    await begun(`sleep ${token}`, 1)
  } finally {
    opener.kill('SIGKILL')
  }
  assert.deepEqual(await endedWithin(2000, `sleep ${token}`), [])
})

const BEGIN_MS_MAX = 20_000

/** Resolves when so many processes have this command line. */
async function begun(command: string, count: number): Promise<void> {
  for (const until = Date.now() + BEGIN_MS_MAX; commandLines().filter((line) => line === command).length < count; ) {
    assert.ok(Date.now() < until, `${count} times ${command} has not begun`)
    await wait(50)
  }
}

/** What still runs with these words after at most so long. */
async function endedWithin(milliseconds: number, words: string): Promise<readonly string[]> {
  for (let waited = 0; ; waited += 100) {
    const left = commandLines().filter((line) => line.includes(words))
    if (left.length === 0 || waited >= milliseconds) return left
    await wait(100)
  }
}

const commandLines = (): string[] =>
  execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' })
    .split('\n')
    .map((line) => line.trimEnd())
