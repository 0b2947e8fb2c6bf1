import { items, type Loose } from '../draft.ts'

/** Fields behind feature gates that v1.36 ships off: they are dropped without a word, as upstream does. */
export function dropGatedPodFields(spec: Loose): void {
  delete spec.schedulingGroup
  for (const volume of items(spec.volumes)) {
    for (const source of items(volume.projected?.sources)) {
      delete source.clusterTrustBundle
      delete source.podCertificate
    }
  }
  for (const list of [spec.initContainers, spec.containers, spec.ephemeralContainers]) {
    for (const container of items(list)) dropStopSignal(container)
  }
}

/** A lifecycle that said nothing else goes too; one that is empty from the start stays. */
function dropStopSignal(container: Loose): void {
  const { lifecycle } = container
  if (lifecycle?.stopSignal === undefined) return
  delete lifecycle.stopSignal
  if (Object.keys(lifecycle).length === 0) delete container.lifecycle
}
