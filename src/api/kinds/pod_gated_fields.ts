import { items, type Loose } from './draft.ts'

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
    for (const container of items(list)) dropStopSignal(container, spec)
  }
}

/** A lifecycle of which nothing is left goes too, unless the pod names its operating system. */
function dropStopSignal(container: Loose, { os }: Loose): void {
  if (!container.lifecycle) return
  delete container.lifecycle.stopSignal
  if (!os && Object.keys(container.lifecycle).length === 0) delete container.lifecycle
}
