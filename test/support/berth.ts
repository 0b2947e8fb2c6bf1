import { spawn } from 'node:child_process'
import { join } from 'node:path'

/** The clone's folder. */
export const projectRoot = new URL('../..', import.meta.url).pathname
const COMMAND_MS_MAX = 240_000

/** Runs `./bin/berth` as a user would. @throws Error with what it printed, when it fails */
export async function berth(args: readonly string[]): Promise<string> {
  const { code, printed } = await capture(join(projectRoot, 'bin/berth'), args)
  if (code !== 0) throw new Error(`berth ${args.join(' ')} ended with ${code}:\n${printed}`)
  return printed
}

/** Runs a program with its output in one text. */
export function capture(
  file: string,
  args: readonly string[],
  options: { readonly env?: NodeJS.ProcessEnv; readonly input?: string; readonly timeoutMs?: number } = {},
): Promise<{ readonly code: number; readonly printed: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      cwd: projectRoot,
      env: { ...process.env, ...options.env },
      // A group of its own, so that what it started ends with it and no pipe stays open.
      detached: true,
    })
    const limitMs = options.timeoutMs ?? COMMAND_MS_MAX
    const tooLong = setTimeout(() => {
      printed += `\nnot done after ${limitMs / 1000} s`
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
    }, limitMs)
    let printed = ''
    child.stdout.on('data', (chunk: Buffer) => (printed += chunk))
    child.stderr.on('data', (chunk: Buffer) => (printed += chunk))
    child.on('error', (error) => {
      clearTimeout(tooLong)
      reject(error)
    })
    child.on('close', (code) => {
      clearTimeout(tooLong)
      resolve({ code: code ?? 1, printed })
    })
    // A program that ends without reading what it was given is no mistake of ours.
    child.stdin.on('error', () => {})
    child.stdin.end(options.input ?? '')
  })
}

/** Runs a program with our own output; answers its exit code. */
export function program(file: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      cwd: projectRoot,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'inherit', 'inherit'],
    })
    child.on('error', reject)
    child.on('close', (code) => resolve(code ?? 1))
  })
}
