import { nanosOf } from '../quantity.ts'
import type { Pod, PodSpec } from '../types.ts'

const NANO = 1_000_000_000n

/** What is allowed, but hardly meant. */
export function podWarnings(pod: Pod, old: Pod | undefined): string[] {
  const dotted =
    "metadata.name: this is used in the Pod's hostname, which can result in surprising behavior; a DNS label is recommended: [must not contain dots]"
  return [
    ...(old === undefined && pod.metadata.name.includes('.') ? [dotted] : []),
    ...podSpecWarnings(pod.spec, 'spec'),
  ]
}

/** The same for the spec of a pod or of a template. */
export function podSpecWarnings(spec: PodSpec, at: string): string[] {
  const lists = ['initContainers', 'containers'] as const
  return lists.flatMap((list) =>
    (spec[list] ?? []).flatMap((container, index) => [
      ...fractionWarnings(container.resources?.limits, `${at}.${list}[${index}].resources.limits`),
      ...fractionWarnings(container.resources?.requests, `${at}.${list}[${index}].resources.requests`),
    ]),
  )
}

/** There are no parts of bytes. */
const fractionWarnings = (amounts: Readonly<Record<string, string>> | undefined, at: string): string[] =>
  ['memory', 'ephemeral-storage'].flatMap((name) => {
    const amount = amounts?.[name]
    if (amount === undefined || nanosOf(amount) % NANO === 0n) return []
    return [`${at}[${name}]: fractional byte value "${amount}" is invalid, must be an integer`]
  })
