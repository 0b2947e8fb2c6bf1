import type { SchedulingContext } from './framework.ts'

/** Works something out once for each context, however many nodes ask for it. */
export function perContext<T>(compute: (context: SchedulingContext) => T): (context: SchedulingContext) => T {
  const known = new WeakMap<SchedulingContext, { readonly value: T }>()
  return (context) => {
    const found = known.get(context) ?? { value: compute(context) }
    known.set(context, found)
    return found.value
  }
}
