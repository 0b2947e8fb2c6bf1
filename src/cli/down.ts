import { Command } from 'commander'
import { down } from '../main/down.ts'
import { startProgress } from './progress.ts'

export function downCommand(): Command {
  return new Command('down')
    .description('stop the cluster and leave nothing behind; the data stays')
    .option('--data <dir>', 'the data directory that was given to up')
    .option('--purge', 'remove the data as well')
    .action(async (flags: { readonly data?: string; readonly purge?: true }) => {
      const progress = startProgress()
      try {
        const said = await down({
          data: flags.data,
          purge: flags.purge === true,
          report: (step) => progress.step(step),
        })
        progress.end()
        console.log(said)
      } catch (thrown) {
        progress.end()
        throw thrown
      }
    })
}
