/** How a quantity was written, and so how it is written again. */
export type QuantityFormat = 'decimal' | 'binary' | 'exponent'

/** An exact amount: `nanos` is the value times 10^9, rounded away from zero as upstream does. */
export interface Quantity {
  readonly nanos: bigint
  readonly format: QuantityFormat
}

const NANO = 1_000_000_000n
const THOUSAND = 1000n
const BINARY_STEP = 1024n
const DIGITS_MAX = 60
const EXPONENT_MAX = 60

/** Upstream's regular expression, which its error message shows. */
const SHAPE = /^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$/
const NUMBER = /^([+-]?)([0-9]*)(?:\.([0-9]*))?$/

const DECIMAL_SUFFIXES = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E']
const BINARY_SUFFIXES = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei']

/** What decoding says of a text that is no quantity. */
export const QUANTITY_FORM = `quantities must match the regular expression '${SHAPE.source}'`

interface Scale {
  readonly format: QuantityFormat
  readonly base: 2 | 10
  readonly exponent: number
}

function scaleOf(suffix: string): Scale | undefined {
  const decimal = DECIMAL_SUFFIXES.indexOf(suffix)
  if (decimal >= 0) return { format: 'decimal', base: 10, exponent: decimal * 3 - 9 }
  const binary = BINARY_SUFFIXES.indexOf(suffix)
  if (binary >= 0) return { format: 'binary', base: 2, exponent: binary * 10 }
  const exponent = /^[eE]([-+]?[0-9]+)$/.exec(suffix)?.[1]
  if (exponent === undefined || Math.abs(Number(exponent)) > EXPONENT_MAX) return undefined
  return { format: 'exponent', base: 10, exponent: Number(exponent) }
}

/** The quantity that a text spells, `undefined` if none: `parseQuantity('0.5Gi')`. */
export function parseQuantity(text: string): Quantity | undefined {
  const [, number = '', suffix = ''] = SHAPE.exec(text) ?? []
  const [, sign, whole = '', fraction = ''] = NUMBER.exec(number) ?? []
  const digits = whole + fraction
  const scale = scaleOf(suffix)
  if (sign === undefined || digits === '' || digits.length > DIGITS_MAX || scale === undefined) return undefined
  const numerator = BigInt(digits) * NANO * (scale.base === 2 ? 2n ** BigInt(scale.exponent) : 1n)
  const shift = (scale.base === 10 ? scale.exponent : 0) - fraction.length
  const nanos = shift >= 0 ? numerator * 10n ** BigInt(shift) : divideUp(numerator, 10n ** BigInt(-shift))
  return { nanos: sign === '-' ? -nanos : nanos, format: scale.format }
}

/** Rounds up; both are positive. */
const divideUp = (a: bigint, b: bigint): bigint => (a + b - 1n) / b

/** The canonical spelling: the largest suffix of the same family that leaves no fraction. */
export function formatQuantity(quantity: Quantity): string {
  const { nanos, format } = quantity
  if (nanos === 0n) return '0'
  const magnitude = nanos < 0n ? -nanos : nanos
  const sign = nanos < 0n ? '-' : ''
  if (format === 'binary' && magnitude >= BINARY_STEP * NANO && magnitude % NANO === 0n) {
    const [amount, steps] = divideOut(magnitude / NANO, BINARY_STEP, BINARY_SUFFIXES.length - 1)
    return `${sign}${amount}${BINARY_SUFFIXES[steps]}`
  }
  const exponential = format === 'exponent'
  const [amount, steps] = divideOut(magnitude, THOUSAND, exponential ? EXPONENT_MAX : DECIMAL_SUFFIXES.length - 1)
  if (!exponential) return `${sign}${amount}${DECIMAL_SUFFIXES[steps]}`
  return steps === 3 ? `${sign}${amount}` : `${sign}${amount}e${steps * 3 - 9}`
}

/** Divides by `step` as often as it goes without a rest, at most `times`. */
function divideOut(value: bigint, step: bigint, times: number): readonly [bigint, number] {
  let [rest, count] = [value, 0]
  while (count < times && rest % step === 0n) {
    rest /= step
    count += 1
  }
  return [rest, count]
}

/** `canonicalQuantity('0.5Gi')` is `'512Mi'`, `'1e3'` stays; `undefined` if the text is no quantity. */
export function canonicalQuantity(text: string): string | undefined {
  const quantity = parseQuantity(text)
  return quantity === undefined ? undefined : formatQuantity(quantity)
}

/** The value times 10^9; a text that is no quantity counts as nothing. */
export const nanosOf = (text: string | undefined): bigint =>
  text === undefined ? 0n : (parseQuantity(text)?.nanos ?? 0n)

/** Negative, zero or positive, as for `sort`. */
export function compareQuantities(a: string | undefined, b: string | undefined): number {
  const [left, right] = [nanosOf(a), nanosOf(b)]
  return left < right ? -1 : left > right ? 1 : 0
}

/** The sum, spelled in the first one's family. */
export function addQuantities(a: string, b: string): string {
  const first = parseQuantity(a)
  const second = parseQuantity(b)
  const format = first === undefined || first.nanos === 0n ? (second?.format ?? 'decimal') : first.format
  return formatQuantity({ nanos: (first?.nanos ?? 0n) + (second?.nanos ?? 0n), format })
}

/** The value in whole units, rounded up: `2` for `'1500m'`. */
export function wholeUnits(text: string | undefined): bigint {
  const nanos = nanosOf(text)
  return nanos > 0n ? divideUp(nanos, NANO) : nanos / NANO
}

/** The value in thousandths, rounded up: `1500` for `'1.5'`. */
export function milliUnits(text: string | undefined): bigint {
  const nanos = nanosOf(text)
  return nanos > 0n ? divideUp(nanos, 1_000_000n) : nanos / 1_000_000n
}

/** A value that has no fraction. */
export const isWhole = (text: string): boolean => nanosOf(text) % NANO === 0n
