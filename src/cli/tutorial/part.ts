import { UserError } from '../../main/options.ts'
import type { TutorialDocument, TutorialStep } from './document.ts'

/**
 * The document up to and including the block that runs this line, without its further terminals: what a reader has
 * done when that command is done.
 * @throws UserError if no block runs it
 */
export function partUntil(document: TutorialDocument, line: string): TutorialDocument {
  const runs = (step: TutorialStep) => step.kind === 'run' && step.script.split('\n').includes(line)
  const last = document.steps.findIndex((step) => runs(step) && isOfMainTerminal(step))
  if (last < 0) throw new UserError(`no block of "${document.title}" runs \`${line}\``)
  return { ...document, steps: document.steps.slice(0, last + 1).filter(isOfMainTerminal) }
}

/** The document without its end, from the first block that clears up what was built. */
export function partToKeep(document: TutorialDocument): TutorialDocument {
  const end = document.steps.findIndex((step) => step.kind === 'run' && step.cleanUp)
  return end < 0 ? document : { ...document, steps: document.steps.slice(0, end) }
}

const isOfMainTerminal = (step: TutorialStep) => !('terminal' in step) || step.terminal === undefined
