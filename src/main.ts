import { enableCompileCache } from 'node:module'

/**
 * The composition root. `berth daemon` and `berth agent` are started by `berth up`, not by users;
 * everything else is a command of `src/cli/`.
 * What the engine compiled is kept beside the bundle, and goes with it.
 */
if (import.meta.url.endsWith('.js')) enableCompileCache(new URL('./.compiled', import.meta.url).pathname)
const [command, ...args] = process.argv.slice(2)

if (command === 'daemon') {
  const { runDaemon } = await import('./main/daemon.ts')
  await runDaemon(args[1] ?? '')
} else if (command === 'agent') {
  const { runAgent } = await import('./main/agent.ts')
  await runAgent(args[0] ?? '')
} else {
  const { runProgram } = await import('./cli/program.ts')
  const { VERSION } = await import('./main/version.ts')
  process.exitCode = await runProgram(process.argv.slice(2), VERSION)
}
