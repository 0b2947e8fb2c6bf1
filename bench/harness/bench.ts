import { median } from './statistics.ts'

/** What a figure has to reach. */
export interface Must {
  readonly compare: 'at most' | 'at least'
  readonly value: number
}

export const atMost = (value: number): Must => ({ compare: 'at most', value })
export const atLeast = (value: number): Must => ({ compare: 'at least', value })

/** One round of a bench: the figure itself, and what else was seen on the way (latencies, times in between). */
export interface Round {
  readonly value: number
  readonly also?: Readonly<Record<string, number>>
}

/** What one bench measures. Its file in `benches/` exports one of these. */
export interface Bench {
  readonly name: string
  /** One line: what is measured, from when to when. */
  readonly about: string
  readonly unit: string
  /** None for a figure that is only shown beside others. */
  readonly must?: Must
  /** What `also` figures have to reach, by their name. */
  readonly alsoMust?: Readonly<Record<string, Must>>
  /** How many rounds the median is taken of; five unless a round takes minutes. */
  readonly rounds?: number
  /** Rounds before those, which do not count: V8 compiles code that runs often, and the figures beside come from a compiler. */
  readonly warmUp?: number
  /** Sets up, hands over what runs one round and what runs one round of the yardstick, and removes everything. */
  run(use: (rounds: Rounds) => Promise<void>): Promise<void>
}

export interface Rounds {
  readonly berth: () => Promise<Round>
  /** The same work on a bare `node:https` server over SQLite. */
  readonly yardstick: () => Promise<Round>
}

export interface Figure {
  readonly name: string
  readonly unit: string
  readonly value: number
  readonly must?: Must
  readonly holds: boolean
  readonly yardstick: number
  /** Berth's figure divided by the yardstick's. */
  readonly ratio: number
  readonly also: readonly AlsoFigure[]
  readonly rounds: readonly number[]
}

export interface AlsoFigure {
  readonly name: string
  readonly value: number
  readonly yardstick?: number
  readonly must?: Must
  readonly holds: boolean
}

const ROUNDS = 5

/** Runs a bench; Berth's rounds and the yardstick's take turns, so that both see the same machine. */
export async function measure(bench: Bench): Promise<Figure> {
  const own: Round[] = []
  const bare: Round[] = []
  await bench.run(async ({ berth, yardstick }) => {
    for (let round = -(bench.warmUp ?? 0); round < (bench.rounds ?? ROUNDS); round++) {
      const [bareRound, ownRound] = [await yardstick(), await berth()]
      if (round < 0) continue
      bare.push(bareRound)
      own.push(ownRound)
    }
  })
  const [value, yardstick] = [medianOf(own), medianOf(bare)]
  return {
    name: bench.name,
    unit: bench.unit,
    value,
    ...(bench.must === undefined ? {} : { must: bench.must }),
    holds: holds(value, bench.must),
    yardstick,
    ratio: value / yardstick,
    also: alsoFigures(bench, own, bare),
    rounds: own.map((round) => round.value),
  }
}

const medianOf = (rounds: readonly Round[]) => median(rounds.map((round) => round.value))

function alsoFigures(bench: Bench, own: readonly Round[], bare: readonly Round[]): AlsoFigure[] {
  return Object.keys(own[0]?.also ?? {}).map((name) => {
    const value = medianOfAlso(own, name)
    const yardstick = medianOfAlso(bare, name)
    const must = bench.alsoMust?.[name]
    return {
      name,
      value,
      ...(Number.isNaN(yardstick) ? {} : { yardstick }),
      ...(must === undefined ? {} : { must }),
      holds: holds(value, must),
    }
  })
}

const medianOfAlso = (rounds: readonly Round[], name: string) =>
  median(rounds.flatMap(({ also }) => (also?.[name] === undefined ? [] : [also[name]])))

function holds(value: number, must: Must | undefined): boolean {
  if (must === undefined) return true
  return must.compare === 'at most' ? value <= must.value : value >= must.value
}
