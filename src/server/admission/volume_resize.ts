import { compareQuantities } from '../../api/quantity.ts'
import type { PersistentVolumeClaim, StorageClass } from '../../api/types.ts'
import { forbidden } from '../api_errors.ts'
import { headObject } from '../storage.ts'
import { type AdmissionPlugin, isAbout } from './admission.ts'

/** A bound claim may grow only if its class says that its volumes can. */
export const volumeResize: AdmissionPlugin = {
  name: 'PersistentVolumeClaimResize',
  validate(attributes, { store }) {
    const { old, object, operation, facts, name } = attributes
    if (operation !== 'UPDATE' || !isAbout(attributes, '', 'persistentvolumeclaims')) return
    const before = old as PersistentVolumeClaim
    const wanted: string | undefined = object['spec']?.resources?.requests?.storage
    const had = before.spec.resources?.requests?.['storage']
    if (wanted === undefined || had === undefined || compareQuantities(wanted, had) <= 0) return
    if (before.status?.phase !== 'Bound') return
    const className = before.spec.storageClassName
    const found = className
      ? headObject<StorageClass>(store, 'storageclasses.storage.k8s.io', '', className)
      : undefined
    if (found?.allowVolumeExpansion === true) return
    const why =
      'only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize'
    throw forbidden(facts.ref, name, why)
  },
}
