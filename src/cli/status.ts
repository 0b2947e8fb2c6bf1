import { Command } from 'commander'
import { UserError } from '../main/options.ts'
import { clusterStatus } from '../main/status.ts'

export function statusCommand(): Command {
  return new Command('status')
    .description('what runs, and where')
    .option('--data <dir>', 'the data directory that was given to up')
    .action(async (flags: { readonly data?: string }) => {
      const { running, lines } = await clusterStatus(flags.data)
      for (const line of lines) console.log(line)
      if (!running) throw new UserError('not running; `berth up` starts it')
    })
}
