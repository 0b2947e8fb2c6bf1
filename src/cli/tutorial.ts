import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { Command } from 'commander'
import { down } from '../main/down.ts'
import { UserError } from '../main/options.ts'
import { findTutorials } from '../main/project_files.ts'
import { up } from '../main/up.ts'
import { startProgress } from './progress.ts'
import { parseTutorial } from './tutorial/document.ts'
import { type PlayResult, playTutorial } from './tutorial/play.ts'
import { screenReport } from './tutorial/screen.ts'

interface TutorialFlags {
  readonly lang?: string
  readonly keep?: true
  readonly data?: string
  readonly transcript?: string
}

/** Documents may be played by kubectl of any age; this is what is looked for when none is in PATH. */
const KUBECTL_PLACES = ['/usr/bin', '/usr/local/bin']

export function tutorialCommand(): Command {
  return new Command('tutorial')
    .description('play a document: run its commands, show and check what they print')
    .argument('[name]', 'which one; without a name: what there is')
    .option('--lang <language>', 'a translation, such as zh-CN')
    .option('--keep', 'leave the cluster running afterwards')
    .option('--data <dir>', 'the cluster to play on; started if it does not run')
    .option('--transcript <file>', 'write what is shown to a file as well')
    .action(async (name: string | undefined, flags: TutorialFlags) => {
      if (name === undefined) return listTutorials(flags.lang)
      await play(name, flags)
    })
}

function listTutorials(lang: string | undefined): void {
  for (const file of readdirSync(findTutorials(lang))
    .filter((entry) => entry.endsWith('.md'))
    .sort()) {
    const { title } = parseTutorial(readFileSync(join(findTutorials(lang), file), 'utf8'), file)
    console.log(`${file.slice(0, -'.md'.length).padEnd(20)} ${title}`)
  }
}

async function play(name: string, flags: TutorialFlags): Promise<void> {
  const file = join(findTutorials(flags.lang), `${name}.md`)
  if (!existsSync(file)) throw new UserError(`there is no tutorial "${name}"; \`berth tutorial\` lists them`)
  const document = parseTutorial(readFileSync(file, 'utf8'), `${name}.md`)
  if (flags.transcript !== undefined) writeFileSync(flags.transcript, '')
  const reader = mkdtempSync(join(tmpdir(), 'berth-tutorial-'))
  try {
    const kubeconfig = await ensureCluster(flags.data)
    const result = await playTutorial(document, placeFor(reader, kubeconfig), {
      name: `${name}.md`,
      report: screenReport({ transcript: flags.transcript }),
    })
    summarize(document.title, result, flags.transcript)
    if (flags.keep) console.log(`the cluster runs on: export KUBECONFIG=${kubeconfig}`)
    if (result.failures.length > 0)
      throw new UserError(`${name} differs from what it says: ${result.failures.join('; ')}`)
  } finally {
    rmSync(reader, { recursive: true, force: true })
    if (!flags.keep) await down({ data: flags.data, purge: false, report: () => {} })
  }
}

async function ensureCluster(data: string | undefined): Promise<string> {
  const progress = startProgress()
  try {
    const { kubeconfig, line } = await up({
      data,
      kubeconfig: undefined,
      foreground: false,
      wanted: {},
      report: (step) => progress.step(step),
    })
    progress.end()
    console.log(line)
    return kubeconfig
  } finally {
    progress.end()
  }
}

/** The reader's folder, with `berth` itself and a kubectl in PATH. */
function placeFor(directory: string, kubeconfig: string) {
  const tools = join(directory, '.bin')
  mkdirSync(tools)
  const berth = join(findTutorials(undefined), '..', 'bin', 'berth')
  if (existsSync(berth)) symlinkSync(berth, join(tools, 'berth'))
  const path = [tools, process.env['PATH'] ?? '', ...KUBECTL_PLACES].join(delimiter)
  return { directory, env: { KUBECONFIG: kubeconfig, PATH: path, NO_COLOR: '1' } }
}

function summarize(title: string, result: PlayResult, transcript: string | undefined): void {
  const verdict =
    result.failures.length === 0 ? 'all as the document says' : `${result.failures.length} not as the document says`
  console.log(`\n${title}: ${result.steps} steps, ${result.checks} checks, ${verdict}, ${result.seconds.toFixed(1)} s`)
  if (transcript !== undefined) console.log(`transcript: ${transcript}`)
}
