import { spinner } from '@clack/prompts'

/** Shows on standard error what takes its time: a spinner on a terminal, plain lines elsewhere. */
export interface Progress {
  step(what: string): void
  end(): void
}

export function startProgress(): Progress {
  return process.stderr.isTTY && process.env['NO_COLOR'] === undefined ? spinningProgress() : linesProgress()
}

function spinningProgress(): Progress {
  const shown = spinner({ output: process.stderr })
  let spinning = false
  return {
    step: (what) => {
      if (spinning) shown.message(what)
      else shown.start(what)
      spinning = true
    },
    end: () => {
      if (spinning) shown.clear()
      spinning = false
    },
  }
}

function linesProgress(): Progress {
  return { step: (what) => process.stderr.write(`${what}\n`), end: () => {} }
}
