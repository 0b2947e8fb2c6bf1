/** What each suffix of a quantity multiplies with, as a fraction in whole numbers. */
const DECIMAL_EXPONENTS: Readonly<Record<string, number>> = {
  n: -9,
  u: -6,
  m: -3,
  '': 0,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
}
const BINARY_EXPONENTS: Readonly<Record<string, bigint>> = { Ki: 10n, Mi: 20n, Gi: 30n, Ti: 40n, Pi: 50n, Ei: 60n }
const QUANTITY = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3})|([KMGTPE]i)|([numkMGTPE]?))$/
const NANO_DIGITS = 9

/** The value of a quantity in billionths, rounded up; 0 for what is no quantity. Example: `100m` is 100,000,000n. */
export function nanoValue(quantity: string | number | undefined): bigint {
  const match = QUANTITY.exec(String(quantity ?? '0'))
  if (match === null) return 0n
  const [, sign, whole = '', fraction = '', exponent, binary = '', decimal = ''] = match
  const digits = BigInt(`${whole}${fraction}` || '0')
  const power = BINARY_EXPONENTS[binary]
  const scaled = power === undefined ? digits : digits << power
  const tens =
    (exponent === undefined ? (DECIMAL_EXPONENTS[decimal] ?? 0) : Number(exponent)) - fraction.length + NANO_DIGITS
  const value = tens >= 0 ? scaled * 10n ** BigInt(tens) : divideUp(scaled, 10n ** BigInt(-tens))
  return sign === '-' ? -value : value
}

const divideUp = (value: bigint, by: bigint): bigint => (value + by - 1n) / by

/** The value in thousandths, rounded up: how CPUs are counted. */
export const milliValue = (quantity: string | number | undefined): number =>
  Number(divideUp(nanoValue(quantity), 1_000_000n))

/** The value in whole units, rounded up: how bytes and pods are counted. */
export const unitValue = (quantity: string | number | undefined): number =>
  Number(divideUp(nanoValue(quantity), 1_000_000_000n))

/** Negative, zero or positive as `a` is smaller than, equal to or greater than `b`. */
export function compareQuantities(a: string | undefined, b: string | undefined): number {
  const difference = nanoValue(a) - nanoValue(b)
  return difference < 0n ? -1 : difference > 0n ? 1 : 0
}
