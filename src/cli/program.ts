import { Command, CommanderError } from 'commander'
import { UsageError, UserError } from '../main/options.ts'
import { doctorCommand } from './doctor.ts'
import { downCommand } from './down.ts'
import { imageCommand } from './image.ts'
import { statusCommand } from './status.ts'
import { tutorialCommand } from './tutorial.ts'
import { upCommand } from './up.ts'

/** Exit codes: done, failed, wrong usage. */
const [DONE, FAILED, WRONG_USAGE] = [0, 1, 2]

/** Runs one command line (without the program's name) and answers the exit code. */
export async function runProgram(args: readonly string[], version: string): Promise<number> {
  const program = new Command('berth')
    .description('Stateful workloads the way the Kubernetes documents describe them')
    .version(version)
    .exitOverride()
    .configureHelp({ sortSubcommands: false })
    .showHelpAfterError('(run with --help for what there is)')
  for (const command of [
    upCommand(),
    downCommand(),
    statusCommand(),
    doctorCommand(),
    imageCommand(),
    tutorialCommand(),
  ]) {
    program.addCommand(command)
  }
  for (const command of program.commands) inheritExit(command)
  try {
    await program.parseAsync(args, { from: 'user' })
    return DONE
  } catch (thrown) {
    return exitCodeOf(thrown)
  }
}

function inheritExit(command: Command): void {
  command.exitOverride().showHelpAfterError('(run with --help for what there is)')
  for (const inner of command.commands) inheritExit(inner)
}

function exitCodeOf(thrown: unknown): number {
  if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? DONE : WRONG_USAGE
  if (thrown instanceof UsageError) {
    console.error(`berth: ${thrown.message}`)
    return WRONG_USAGE
  }
  const error = thrown instanceof Error ? thrown : new Error(String(thrown))
  console.error(`berth: ${isForUsers(error) ? error.message : (error.stack ?? error.message)}`)
  return FAILED
}

/** What the system refused (a path, a permission, a full disk) says enough by itself; a stack is for our own mistakes. */
function isForUsers(error: Error): boolean {
  return error instanceof UserError || typeof (error as NodeJS.ErrnoException).code === 'string'
}
