import type { Pod } from './types.ts'

/** The objects of its namespace that a pod is made with, by name. */
export interface PodReferences {
  readonly configMaps: ReadonlySet<string>
  readonly secrets: ReadonlySet<string>
  readonly claims: ReadonlySet<string>
}

/** Everything that whoever runs the pod has to read. */
export function podReferences({ metadata, spec }: Pod): PodReferences {
  const configMaps = new Set<string>()
  const secrets = new Set<string>()
  const claims = new Set<string>()
  const add = (names: Set<string>, name: string | undefined) => {
    if (name) names.add(name)
  }
  for (const volume of spec.volumes ?? []) {
    for (const source of [volume, ...(volume.projected?.sources ?? [])]) {
      add(configMaps, source.configMap?.name)
      add(secrets, (source.secret as { secretName?: string; name?: string } | undefined)?.secretName)
      add(secrets, (source.secret as { secretName?: string; name?: string } | undefined)?.name)
    }
    add(claims, volume.persistentVolumeClaim?.claimName)
    if (volume.ephemeral !== undefined) add(claims, `${metadata.name}-${volume.name}`)
  }
  const containers = [...(spec.initContainers ?? []), ...spec.containers, ...(spec.ephemeralContainers ?? [])]
  for (const { env = [], envFrom = [] } of containers) {
    for (const { valueFrom } of env) {
      add(configMaps, valueFrom?.configMapKeyRef?.name)
      add(secrets, valueFrom?.secretKeyRef?.name)
    }
    for (const { configMapRef, secretRef } of envFrom) {
      add(configMaps, configMapRef?.name)
      add(secrets, secretRef?.name)
    }
  }
  for (const { name } of spec.imagePullSecrets ?? []) add(secrets, name)
  return { configMaps, secrets, claims }
}
