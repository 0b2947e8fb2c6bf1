import { spawn } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Mutant } from './mutants.ts'

const root = new URL('../..', import.meta.url).pathname
const RUN_MS_MAX = 240_000

/** A copy of the source with one bad change in it; `remove` when done. @throws Error if the place is not found exactly once */
export function mutatedCopy(mutant: Mutant): { readonly folder: string; remove(): void } {
  const folder = mkdtempSync(join(root, 'dist.mutant-'))
  const remove = () => rmSync(folder, { recursive: true, force: true })
  try {
    for (const part of ['src', 'simulation', 'package.json'])
      cpSync(join(root, part), join(folder, part), { recursive: true })
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
    const file = join(folder, mutant.file)
    const text = readFileSync(file, 'utf8')
    const places = text.split(mutant.from).length - 1
    if (places !== 1)
      throw new Error(`mutant ${mutant.name}: its place stands ${places} times in ${mutant.file}, not once`)
    writeFileSync(file, text.replace(mutant.from, mutant.to))
  } catch (error) {
    remove()
    throw error
  }
  return { folder, remove }
}

/** Runs seeds 0, 1, … on the copy until a promise is broken; answers what was printed. */
export function hunt(folder: string, seeds: number): Promise<{ readonly found: boolean; readonly printed: string }> {
  const args = ['simulation/soak.ts', '--seeds', String(seeds), '--stop-at-first']
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'], timeout: RUN_MS_MAX })
    let printed = ''
    child.stdout.on('data', (chunk: Buffer) => (printed += chunk))
    child.stderr.on('data', (chunk: Buffer) => (printed += chunk))
    child.on('error', reject)
    child.on('close', () => resolve({ found: /^seed \d+: /m.test(printed), printed }))
  })
}
