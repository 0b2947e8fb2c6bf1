import { nanosOf } from '../quantity.ts'
import type { ClaimSpec } from './claim_validation.ts'

const NANO = 1_000_000_000n

/** There are no parts of bytes. */
export const claimSpecWarnings = ({ resources }: ClaimSpec, at: string): string[] =>
  (['requests', 'limits'] as const).flatMap((half) => {
    const amount = resources?.[half]?.['storage']
    if (amount === undefined || nanosOf(amount) % NANO === 0n) return []
    return [`${at}.resources.${half}[storage]: fractional byte value "${amount}" is invalid, must be an integer`]
  })
