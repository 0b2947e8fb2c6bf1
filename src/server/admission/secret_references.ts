import type { Container, Pod, ServiceAccount } from '../../api/types.ts'

/** Which part of a pod is looked at: all of a new one, or the ephemeral containers that are added to one. */
export type Extent = 'new' | 'ephemeral'

/** The first secret that a pod names and its account does not list. */
export function secretFault({ spec }: Pod, account: ServiceAccount, extent: Extent): string | undefined {
  const { name } = account.metadata
  const listed = new Set((account.secrets ?? []).map((one) => one.name ?? ''))
  const because = `is not allowed because service account ${name} does not reference that`
  const ofContainers = (containers: readonly Container[], role: string): string[] =>
    containers.flatMap((one) =>
      secretsOf(one)
        .filter(({ secret }) => !listed.has(secret))
        .map(
          ({ secret, where }) => `${role} ${one.name} with ${where} secret.secretName="${secret}" ${because} secret`,
        ),
    )
  if (extent === 'ephemeral') {
    return ofContainers((spec.ephemeralContainers ?? []) as readonly Container[], 'ephemeral container')[0]
  }
  const pulls = new Set((account.imagePullSecrets ?? []).map((one) => one.name ?? ''))
  const volumes = (spec.volumes ?? []).flatMap(({ secret }) => (secret === undefined ? [] : [secret.secretName ?? '']))
  const [first] = [
    ...volumes
      .filter((one) => !listed.has(one))
      .map((one) => `volume with secret.secretName="${one}" ${because} secret`),
    ...ofContainers(spec.initContainers ?? [], 'init container'),
    ...ofContainers(spec.containers, 'container'),
    ...(spec.imagePullSecrets ?? []).flatMap((one, at) =>
      pulls.has(one.name ?? '') ? [] : [`imagePullSecrets[${at}].name="${one.name ?? ''}" ${because} imagePullSecret`],
    ),
  ]
  return first
}

interface Named {
  readonly secret: string
  readonly where: string
}

const secretsOf = ({ env = [], envFrom = [] }: Container): Named[] => [
  ...env.flatMap(({ name, valueFrom }) => {
    const secret = valueFrom?.secretKeyRef
    return secret === undefined ? [] : [{ secret: secret.name ?? '', where: `envVar ${name} referencing` }]
  }),
  ...envFrom.flatMap(({ secretRef }) =>
    secretRef === undefined ? [] : [{ secret: secretRef.name ?? '', where: 'envFrom referencing' }],
  ),
]

/** What a pod that a node made itself may not name: the node alone knows it, and it has no account. */
export function mirrorPodFault({ spec }: Pod): string | undefined {
  if (spec.serviceAccountName) return 'a mirror pod may not reference service accounts'
  if (namesSecrets(spec)) return 'a mirror pod may not reference secrets'
  const hasToken = (spec.volumes ?? []).some(({ projected }) =>
    projected?.sources?.some(({ serviceAccountToken }) => serviceAccountToken !== undefined),
  )
  return hasToken ? 'a mirror pod may not use ServiceAccountToken volume projections' : undefined
}

function namesSecrets({ containers, initContainers = [], imagePullSecrets = [], volumes = [] }: Pod['spec']): boolean {
  if (imagePullSecrets.length > 0) return true
  if ([...initContainers, ...containers].some((one) => secretsOf(one).length > 0)) return true
  return volumes.some((volume) => JSON.stringify(volume).includes('"secret'))
}
