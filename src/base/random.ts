import { randomFillSync, randomUUID } from 'node:crypto'

/** Chance as a parameter. */
export interface Random {
  /** A whole number from 0 up to, but not including, `below`. */
  integer(below: number): number
  /** A fraction from 0 up to, but not including, 1. */
  fraction(): number
  /** A version-4 uuid in lower case. */
  uuid(): string
  /** A generator of its own for one purpose, so that a draw added there does not shift the others. */
  fork(purpose: string): Random
}

/** Letters and digits that Kubernetes uses for generated name endings: no vowels, nothing that looks alike. */
const NAME_LETTERS = 'bcdfghjklmnpqrstvwxz2456789'

/** The ending that a `generateName` gets: `length` letters, five by default. */
export function nameSuffix(random: Random, length = 5): string {
  return Array.from({ length }, () => NAME_LETTERS[random.integer(NAME_LETTERS.length)]).join('')
}

/** Real chance, from the operating system. */
export const systemRandom: Random = {
  integer: (below) => Math.floor(systemRandom.fraction() * below),
  fraction: () => nextDraw() / 2 ** 32,
  uuid: () => randomUUID(),
  fork: () => systemRandom,
}

/** Draws are fetched many at a time: each visit to the system costs a hundred times what a draw does. */
const draws = new Uint32Array(512)
let used = draws.length

function nextDraw(): number {
  if (used === draws.length) {
    randomFillSync(draws)
    used = 0
  }
  return draws[used++] ?? 0
}

/** The same seed gives the same draws, on every machine (sfc32 over a hashed seed). */
export function seededRandom(seed: string | number): Random {
  const next = sfc32(String(seed))
  const random: Random = {
    integer: (below) => Math.floor((next() / 2 ** 32) * below),
    fraction: () => next() / 2 ** 32,
    uuid: () => uuidOf(next),
    fork: (purpose) => seededRandom(`${seed}/${purpose}`),
  }
  return random
}

function sfc32(seed: string): () => number {
  let [a, b, c, counter] = [hash32(`${seed}a`), hash32(`${seed}b`), hash32(`${seed}c`), 1]
  const next = () => {
    const sum = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + sum) | 0
    return sum >>> 0
  }
  for (let round = 0; round < 12; round++) next()
  return next
}

/** FNV-1a with a final mix. */
function hash32(text: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) | 0
}

function uuidOf(next: () => number): string {
  const hex = Array.from({ length: 4 }, () => next().toString(16).padStart(8, '0')).join('')
  const variant = '89ab'[Number.parseInt(hex[16] as string, 16) & 3]
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
