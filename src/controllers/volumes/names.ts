/** The built-in provisioner, and the class that every new cluster has. */
export const LOCAL_PROVISIONER = 'berth.dev/local'
export const DEFAULT_CLASS = 'standard'
export const DEFAULT_CLASS_ANNOTATION = 'storageclass.kubernetes.io/is-default-class'
/** On a StorageClass that names another provisioner: `local` lets the built-in one serve it in its stead. */
export const SERVED_BY_ANNOTATION = 'berth.dev/served-by'

export const CLAIM_PROTECTION_FINALIZER = 'kubernetes.io/pvc-protection'
export const VOLUME_PROTECTION_FINALIZER = 'kubernetes.io/pv-protection'
export const ATTRIBUTES_CLASS_PROTECTION_FINALIZER = 'kubernetes.io/vac-protection'
/** On a volume that was made for a claim: what lies below it must go before the object does. */
export const PROVISIONER_FINALIZER = 'external-provisioner.volume.kubernetes.io/finalizer'
