import { type FieldError, invalid } from '../field_error.ts'

/** How much a pod may do, from everything to almost nothing. */
export type Level = 'privileged' | 'baseline' | 'restricted'

const LEVELS: readonly Level[] = ['privileged', 'baseline', 'restricted']

/** A level as one minor version defined it; `latest` is whatever is newest. */
export interface LevelVersion {
  readonly level: Level
  readonly version: number | 'latest'
}

/** What a namespace refuses, notes in the audit log and warns of. */
export interface Policy {
  readonly enforce: LevelVersion
  readonly audit: LevelVersion
  readonly warn: LevelVersion
}

const PREFIX = 'pod-security.kubernetes.io/'
const VERSION = /^v1\.([0-9]|[1-9][0-9]*)$/

/** `baseline:latest`, `restricted:v1.30` */
export const levelText = ({ level, version }: LevelVersion): string =>
  `${level}:${version === 'latest' ? version : `v1.${version}`}`

/** Whether the first is stricter than the second. */
export const isStricter = (one: Level, other: Level): boolean => LEVELS.indexOf(one) > LEVELS.indexOf(other)

export const samePolicyOf = (one: LevelVersion, other: LevelVersion): boolean =>
  one.level === other.level && one.version === other.version

/** Whether nothing is refused, noted or warned of. */
export const isFullyPrivileged = (policy: Policy): boolean =>
  [policy.enforce, policy.audit, policy.warn].every(({ level }) => level === 'privileged')

type Labels = Readonly<Record<string, string>>
type Mode = 'enforce' | 'audit' | 'warn'

/** What one mode's labels say, and whether the level is one that was said and is known. */
interface Reading extends LevelVersion {
  readonly isKnownLevel: boolean
  readonly errors: readonly FieldError[]
}

/** The policy that a namespace's labels say, and what is wrong with them. */
export function policyOf(labels: Labels = {}): { readonly policy: Policy; readonly errors: readonly FieldError[] } {
  const enforce = readMode(labels, 'enforce', 'restricted')
  const audit = readMode(labels, 'audit', 'privileged')
  const warn = readMode(labels, 'warn', 'privileged')
  const errors = [...enforce.errors, ...audit.errors, ...warn.errors]
  return { policy: { enforce, audit, warn: warnOf(labels, enforce, warn) }, errors }
}

/** Who does not say what to warn of is warned of what is refused: workloads' templates are only warned of. */
function warnOf(labels: Labels, enforce: Reading, warn: Reading): LevelVersion {
  const follows = !(`${PREFIX}warn` in labels) && enforce.isKnownLevel && isStricter(enforce.level, warn.level)
  if (!follows) return warn
  return { level: enforce.level, version: `${PREFIX}warn-version` in labels ? warn.version : enforce.version }
}

/** An unknown level is the strictest when pods are refused, and none at all when they are only spoken of. */
function readMode(labels: Labels, mode: Mode, otherwise: Level): Reading {
  const key = `${PREFIX}${mode}`
  const [word, versionWord] = [labels[key], labels[`${key}-version`]]
  const level = LEVELS.find((one) => one === word)
  const version = versionWord === undefined ? 'latest' : versionOf(versionWord)
  return {
    level: level ?? (word === undefined ? 'privileged' : otherwise),
    version: version ?? 'latest',
    isKnownLevel: level !== undefined,
    errors: [
      ...(word !== undefined && level === undefined ? [fault(key, word, `must be one of ${LEVELS.join(', ')}`)] : []),
      ...(version === undefined ? [fault(`${key}-version`, versionWord, 'must be "latest" or "v1.x"')] : []),
    ],
  }
}

const fault = (label: string, value: unknown, detail: string): FieldError =>
  invalid(`metadata.labels[${label}]`, value, detail)

function versionOf(word: string): number | 'latest' | undefined {
  if (word === 'latest') return word
  const minor = Number(VERSION.exec(word)?.[1] ?? Number.NaN)
  return Number.isSafeInteger(minor) ? minor : undefined
}
