import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'

/** Bundles `dist/`: one file for the program, one for each worker, and the data files they read. */
const root = new URL('..', import.meta.url).pathname
const target = join(root, 'dist')
const fresh = join(root, `dist.new-${process.pid}`)

const began = performance.now()
mkdirSync(fresh, { recursive: true })
const workers = readdirSync(join(root, 'src/host')).filter((name) => name.endsWith('_worker.ts'))
await build({
  entryPoints: {
    berth: join(root, 'src/main.ts'),
    ...Object.fromEntries(workers.map((name) => [name.slice(0, -'.ts'.length), join(root, 'src/host', name)])),
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

// Replaced whole, so that a program that starts in between never sees half of it.
const old = join(root, `dist.old-${process.pid}`)
if (existsSync(target)) renameSync(target, old)
renameSync(fresh, target)
rmSync(old, { recursive: true, force: true })
console.log(`built dist/ in ${Math.round(performance.now() - began)} ms`)
