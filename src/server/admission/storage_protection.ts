import type { AdmissionPlugin } from './admission.ts'

const FINALIZERS: Readonly<Record<string, string>> = {
  persistentvolumeclaims: 'kubernetes.io/pvc-protection',
  persistentvolumes: 'kubernetes.io/pv-protection',
  volumeattributesclasses: 'kubernetes.io/vac-protection',
}

/** Claims and volumes are not removed while they are in use: a controller takes the finalizer away. */
export const storageProtection: AdmissionPlugin = {
  name: 'StorageObjectInUseProtection',
  admit({ operation, facts, object, subresource }) {
    const finalizer = FINALIZERS[facts.ref.resource]
    if (operation !== 'CREATE' || finalizer === undefined || subresource !== undefined) return
    const present: string[] = object.metadata['finalizers'] ?? []
    if (!present.includes(finalizer)) object.metadata['finalizers'] = [...present, finalizer]
  },
}
