/** A number, or a percentage of the whole, rounded up or down. */
export function portion(value: unknown, whole: number, rounded: 'up' | 'down'): number {
  const text = String(value)
  if (!text.endsWith('%')) return Number(text)
  const exact = (Number(text.slice(0, -1)) * whole) / 100
  return rounded === 'up' ? Math.ceil(exact) : Math.floor(exact)
}
