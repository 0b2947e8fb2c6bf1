/** On pods and revisions: which template they were made from. */
export const REVISION_LABEL = 'controller-revision-hash'

/** On pods: the template's own generation, for old clients. */
export const GENERATION_LABEL = 'pod-template-generation'

/** Where a set keeps that generation. */
export const GENERATION_ANNOTATION = 'deprecated.daemonset.template.generation'
