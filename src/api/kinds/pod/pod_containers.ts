import type { Container, PodSpec } from '../../types.ts'

/** A container of any sort and where it stands. */
export interface PlacedContainer {
  readonly container: Container
  readonly field: string
}

/** Init containers, regular and ephemeral ones, in the order in which upstream visits them. */
export const eachContainer = (spec: PodSpec, at: string): PlacedContainer[] =>
  (['initContainers', 'containers', 'ephemeralContainers'] as const).flatMap((list) =>
    ((spec[list] ?? []) as readonly Container[]).map((container, index) => ({
      container,
      field: `${at}.${list}[${index}]`,
    })),
  )
