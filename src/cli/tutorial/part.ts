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

const isOfMainTerminal = (step: TutorialStep) => !('terminal' in step) || step.terminal === undefined
