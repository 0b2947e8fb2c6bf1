import { type ChildProcess, spawn } from 'node:child_process'

/** A helper of the display: says nothing of its own on the screen, and ends with this process. */
export function startQuietly(command: readonly string[], env: NodeJS.ProcessEnv): ChildProcess {
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', ...command], {
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'ignore'],
    // Ctrl-C on the terminal is for the document.
    detached: true,
  })
  child.on('error', () => {})
  child.stdin?.on('error', () => {})
  return child
}
