import { Command } from 'commander'
import { examine } from '../main/doctor.ts'
import { UserError } from '../main/options.ts'

export function doctorCommand(): Command {
  return new Command('doctor')
    .description('what this machine lacks, with the command that mends it')

    .action(async () => {
      const findings = await examine()
      for (const { ok, what, mend } of findings)
        console.log(`${ok ? 'ok     ' : 'missing'} ${what}${mend ? `\n          ${mend}` : ''}`)
      const missing = findings.filter((finding) => !finding.ok).length
      if (missing > 0) throw new UserError(`${missing} of ${findings.length} checks found something missing`)
    })
}
