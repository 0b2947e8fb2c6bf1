import { program } from './support/berth.ts'

/** Plays the documents on real containers; each is one test. Also what `npm run demo` shows. */
const tutorials = ['web', 'replicated-mysql']
let failed = 0
for (const name of tutorials) {
  const code = await program('bin/berth', ['tutorial', name])
  if (code !== 0) failed += 1
}
console.log(`${tutorials.length - failed} passed, ${failed} failed`)
process.exit(failed > 0 ? 1 : 0)
