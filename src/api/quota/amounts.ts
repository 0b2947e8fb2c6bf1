import { addQuantities, nanosOf } from '../quantity.ts'

/** Quantities by resource name: `{ 'requests.cpu': '500m', pods: '1' }`. */
export type Amounts = Readonly<Record<string, string>>

/** The sum of both, name by name. */
export function addAmounts(one: Amounts, other: Amounts): Amounts {
  const sum = new Map(Object.entries(one))
  for (const [name, amount] of Object.entries(other)) sum.set(name, addQuantities(sum.get(name) ?? '0', amount))
  return Object.fromEntries(sum)
}

const negated = (amount: string): string => (amount.startsWith('-') ? amount.slice(1) : `-${amount}`)

/** What the first has more than the second; names in which they are equal are left out. */
export function amountsBeyond(one: Amounts, other: Amounts): Amounts {
  const opposite = Object.fromEntries(Object.entries(other).map(([name, amount]) => [name, negated(amount)]))
  return amountsWhere(addAmounts(one, opposite), (_name, amount) => nanosOf(amount) !== 0n)
}

/** The entries that a test chooses. */
export function amountsWhere(amounts: Amounts, isWanted: (name: string, amount: string) => boolean): Amounts {
  return Object.fromEntries(Object.entries(amounts).filter(([name, amount]) => isWanted(name, amount)))
}

/** `pods=1,requests.memory=2Gi`, by name. */
export function amountsText(amounts: Amounts): string {
  const sorted = Object.entries(amounts).sort(([one], [other]) => (one < other ? -1 : 1))
  return sorted.map(([name, amount]) => `${name}=${amount}`).join(',')
}
