import { Command } from 'commander'
import { messageOf } from '../base/log.ts'
import { imageStore } from '../main/images.ts'
import { UsageError, UserError } from '../main/options.ts'
import { type Progress, startProgress } from './progress.ts'

interface ImageFlags {
  readonly data?: string
  readonly all?: true
}

export function imageCommand(): Command {
  const image = new Command('image').description('the images that nodes can run without a network')
  image
    .command('load')
    .description('take in an OCI or Docker archive')
    .argument('<file>', 'what `docker save` wrote')
    .option('--data <dir>', 'the data directory that is given to up')
    .action((file: string, flags: ImageFlags) =>
      withProgress(async (progress) => {
        const names = await imageStore(flags.data, progress.step).loadImage(file)
        return names.map((name) => `loaded ${name}`)
      }),
    )
  image
    .command('build')
    .description('build an image from Debian packages by its recipe')
    .argument('[name]', 'such as mysql:5.7')
    .option('--all', 'everything there is a recipe for')
    .option('--data <dir>', 'the data directory that is given to up')
    .action((name: string | undefined, flags: ImageFlags) => withProgress((progress) => build(name, flags, progress)))
  image
    .command('ls')
    .description('what is there, and what it stands in for')
    .option('--data <dir>', 'the data directory that is given to up')
    .action((flags: ImageFlags) => {
      for (const { reference, standsInFor } of imageStore(flags.data, () => {}).listImages()) {
        console.log(standsInFor === undefined ? reference : `${reference.padEnd(48)} ${standsInFor}`)
      }
    })
  return image
}

async function build(name: string | undefined, flags: ImageFlags, progress: Progress): Promise<readonly string[]> {
  const store = imageStore(flags.data, progress.step)
  if ((name === undefined) !== (flags.all === true)) throw new UsageError('image build: give a name, or --all')
  const names = name === undefined ? store.buildable() : [name]
  const lines: string[] = []
  for (const each of names) {
    const present = store.find(each) !== undefined
    if (!present) progress.step(`building ${each}`)
    const { reference } = await store.buildImage(each)
    lines.push(`${present ? 'is there' : 'built'} ${reference}`)
  }
  return lines
}

async function withProgress(run: (progress: Progress) => Promise<readonly string[]>): Promise<void> {
  const progress = startProgress()
  try {
    const lines = await run(progress)
    progress.end()
    for (const line of lines) console.log(line)
  } catch (thrown) {
    // An archive, a package or the network is at fault: the sentence is enough.
    throw thrown instanceof UsageError ? thrown : new UserError(messageOf(thrown))
  } finally {
    progress.end()
  }
}
