import { mustRun } from './processes.ts'

/**
 * Applies nftables rules in one transaction: all of them, or none. This process's own network
 * namespace gets them, which is the node's.
 *
 * @throws Error with the program's own words, when a rule is not understood
 */
export async function applyNftables(ruleset: string): Promise<void> {
  await mustRun(['nft', '-f', '-'], { input: ruleset })
}
