import { duplicate, type FieldError, forbidden, notFound } from '../../field_error.ts'
import type { Container, PodSpec } from '../../types.ts'
import { type ContainerContext, containerErrors, imagePaddingErrors } from './pod_validation_containers.ts'
import { forbiddenForEphemeral } from './pod_validation_restarts.ts'

type Ephemeral = NonNullable<PodSpec['ephemeralContainers']>[number]

/** Containers for looking into a running pod. */
export function ephemeralContainersErrors(context: ContainerContext, field: string): FieldError[] {
  const { containers, initContainers = [], ephemeralContainers = [] } = context.spec
  const others = new Set([...(containers ?? []), ...initContainers].map(({ name }) => name))
  const names = new Set(others)
  return ephemeralContainers.flatMap((container, index) => {
    const at = `${field}[${index}]`
    const taken = names.has(container.name)
    names.add(container.name)
    return [
      ...containerErrors(container as Container, context, at),
      ...imagePaddingErrors([container as Container], field),
      ...(taken ? [duplicate(`${at}.name`, container.name)] : []),
      ...targetErrors(container, others, at),
      ...forbiddenForEphemeral(container as Container, at),
      ...subPathErrors(container, at),
    ]
  })
}

const targetErrors = ({ targetContainerName: target }: Ephemeral, others: ReadonlySet<string>, at: string) =>
  target && !others.has(target) ? [notFound(`${at}.targetContainerName`, target)] : []

const subPathErrors = ({ volumeMounts = [] }: Ephemeral, at: string): FieldError[] =>
  volumeMounts.flatMap((mount, index) =>
    (['subPath', 'subPathExpr'] as const)
      .filter((path) => mount[path])
      .map((path) => forbidden(`${at}.volumeMounts[${index}].${path}`, 'cannot be set for an Ephemeral Container')),
  )
