/** The pod's own name, so that a Service can select one pod. */
export const POD_NAME_LABEL = 'statefulset.kubernetes.io/pod-name'

/** The pod's ordinal. */
export const POD_INDEX_LABEL = 'apps.kubernetes.io/pod-index'

/** On pods: the name of the revision from which they were made. */
export const REVISION_LABEL = 'controller-revision-hash'

/** On revisions: the hash that ends their name. */
export const HASH_LABEL = 'controller.kubernetes.io/hash'
