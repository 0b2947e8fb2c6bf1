import { type AdmissionPlugin, isAbout } from './admission.ts'

/** A claim that does not name a class gets the default one, if there is any. */
export const defaultStorageClass: AdmissionPlugin = {
  name: 'DefaultStorageClass',
  admit(attributes, { defaultStorageClass: byDefault }) {
    if (!isAbout(attributes, '', 'persistentvolumeclaims') || attributes.operation !== 'CREATE') return
    const { spec, metadata } = attributes.object
    const asked = spec.storageClassName ?? metadata['annotations']?.['volume.beta.kubernetes.io/storage-class']
    if (asked !== undefined) return
    const found = byDefault()
    if (found !== undefined) spec.storageClassName = found.metadata.name
  },
}
