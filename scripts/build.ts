import { globSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { build } from 'esbuild'

/** Bundles `dist/`: one file for the program, one for each worker, and the data files they read. */
const root = new URL('..', import.meta.url).pathname
const target = join(root, 'dist')
const fresh = join(root, `dist.new-${process.pid}`)

/** Parts of earlier builds go after a day. */
const OLD_PARTS_MS = 24 * 60 * 60 * 1000

const began = performance.now()
mkdirSync(fresh, { recursive: true })
const workers = globSync(join(root, 'src/host/**/*_worker.ts'))
await build({
  entryPoints: {
    berth: join(root, 'src/main.ts'),
    ...Object.fromEntries(workers.map((file) => [basename(file, '.ts'), file])),
  },
  outdir: fresh,
  bundle: true,
  platform: 'node',
  format: 'esm',
  mainFields: ['module', 'main'],
  target: 'node24',
  splitting: true,
  minifySyntax: true,
  sourcemap: 'linked',
  sourcesContent: false,
  legalComments: 'none',
  logLevel: 'warning',
  // CommonJS packages inside an ESM bundle still call require for Node's own modules.
  banner: {
    js: "import { createRequire as berthRequire } from 'node:module'; const require = berthRequire(import.meta.url);",
  },
})

// A running daemon still loads parts of its own build (their names carry a hash), so those stay for a while;
// the entry points go last, so that a program that starts meanwhile finds everything that they name.
mkdirSync(target, { recursive: true })
const made = readdirSync(fresh).sort((a, b) => Number(isEntry(a)) - Number(isEntry(b)))
for (const name of made) renameSync(join(fresh, name), join(target, name))
rmSync(fresh, { recursive: true })
for (const name of readdirSync(target)) {
  const file = statSync(join(target, name))
  if (file.isFile() && !made.includes(name) && Date.now() - file.mtimeMs > OLD_PARTS_MS) rmSync(join(target, name))
}
console.log(`built dist/ in ${Math.round(performance.now() - began)} ms`)

function isEntry(name: string): boolean {
  return !/-[A-Z0-9]{8}\.js(\.map)?$/.test(name)
}
