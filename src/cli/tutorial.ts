import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Command } from 'commander'
import { parseImages, UserError } from '../main/options.ts'
import { findTutorials } from '../main/project_files.ts'
import { parseTutorial, type TutorialDocument } from './tutorial/document.ts'
import { connectLines } from './tutorial/members/connect_lines.ts'
import { memberFooter } from './tutorial/members/member_footer.ts'
import { MemberWatch } from './tutorial/members/member_watch.ts'
import { partToKeep } from './tutorial/part.ts'
import { playTutorial } from './tutorial/play.ts'
import { screenReport } from './tutorial/screen.ts'
import { openStage } from './tutorial/stage.ts'
import { summaryLines } from './tutorial/summary.ts'

interface TutorialFlags {
  readonly lang?: string
  readonly keep?: true
  readonly members?: string
  readonly data?: string
  readonly transcript?: string
  readonly images?: string
}

/** A folder with translations, such as `zh-CN`. */
const LANGUAGE = /^[a-z]{2}(-[A-Z]{2})?$/

export function tutorialCommand(): Command {
  return new Command('tutorial')
    .description('play a document: run its commands, show and check what they print')
    .argument('[name]', 'which one; without a name: what there is')
    .option('--lang <language>', 'a translation, such as zh-CN')
    .option('--keep', 'leave the cluster running afterwards, with what the document has built')
    .option('--members <selector>', 'show the members of a replicated MySQL below the text: pods with this label')
    .option('--data <dir>', 'the cluster to play on; started if it does not run')
    .option('--images <which>', 'auto, originals or stand-ins, as for `berth up`')
    .option('--transcript <file>', 'write what is shown to a file as well')
    .action(async (name: string | undefined, flags: TutorialFlags) => {
      if (name === undefined) listTutorials(flags.lang)
      else await play(name, flags)
    })
}

function listTutorials(lang: string | undefined): void {
  for (const file of readdirSync(tutorialFolder(lang)).sort()) {
    if (!file.endsWith('.md')) continue
    const { title } = readTutorial(file.slice(0, -'.md'.length), lang)
    console.log(`${file.slice(0, -'.md'.length).padEnd(20)} ${title}`)
  }
}

/** @throws UserError that names the languages that there are */
function tutorialFolder(lang: string | undefined): string {
  const languages = ['en', ...readdirSync(findTutorials(undefined)).filter((name) => LANGUAGE.test(name))]
  if (lang === undefined || languages.includes(lang)) return findTutorials(lang)
  throw new UserError(`no tutorial is written in "${lang}"; there are ${languages.join(', ')}`)
}

function readTutorial(name: string, lang: string | undefined): TutorialDocument {
  const file = join(tutorialFolder(lang), `${name}.md`)
  if (!existsSync(file)) throw new UserError(`there is no tutorial "${name}"; \`berth tutorial\` lists them`)
  return parseTutorial(readFileSync(file, 'utf8'), `${name}.md`)
}

async function play(name: string, flags: TutorialFlags): Promise<void> {
  const document = readTutorial(name, flags.lang)
  const part = flags.keep ? partToKeep(document) : document
  const interrupted = abortOnSignals()
  const stage = await openStage(name, document, {
    ...flags,
    images: flags.images === undefined ? undefined : parseImages(flags.images),
    signal: interrupted.signal,
  })
  const members = flags.members === undefined ? undefined : new MemberWatch(flags.members, stage.place.env)
  let nothingLeft = false
  try {
    const result = await playTutorial(part, stage.place, {
      name: `${name}.md`,
      report: screenReport({
        transcript: flags.transcript,
        ...(members && { footer: memberFooter(() => members.members) }),
      }),
      startOver: stage.startOver,
      signal: interrupted.signal,
    })
    const asSaid = result.failures.length === 0
    nothingLeft = asSaid && part === document
    for (const line of summaryLines(document.title, result)) console.log(line)
    if (flags.transcript !== undefined) console.log(`transcript: ${flags.transcript}`)
    if (!asSaid) throw new UserError(`${name} differs from what it says: ${result.failures.join('; ')}`)
  } catch (thrown) {
    throw interrupted.signal.aborted ? interrupted.signal.reason : thrown
  } finally {
    const shown = members?.members ?? []
    members?.close()
    await stage.close(nothingLeft)
    if (flags.keep) for (const line of connectLines(shown)) console.log(line)
    interrupted.dispose()
  }
}

/** The first Ctrl-C ends the play in good order; a second one ends the program. */
function abortOnSignals(): { readonly signal: AbortSignal; readonly dispose: () => void } {
  const aborting = new AbortController()
  const abort = () => {
    dispose()
    aborting.abort(new UserError('interrupted; the next play clears what this one left'))
  }
  const dispose = () => {
    process.off('SIGINT', abort)
    process.off('SIGTERM', abort)
  }
  process.on('SIGINT', abort)
  process.on('SIGTERM', abort)
  return { signal: aborting.signal, dispose }
}
